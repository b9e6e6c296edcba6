import { Injectable, Logger, type CanActivate, type ExecutionContext } from '@nestjs/common';

import { AuthError } from '../errors.js';
import type { UserIdentity } from '../identity/user-identity.js';
import { ResolvedAuthOptions } from '../options/auth-options.js';
import { AccessRules, missingPermissions, type AccessRule } from './access-rule.js';
import { AuthExceptions } from './auth-exception.js';
import { AuthStrategies, type Credential } from './auth-strategy.js';
import { Authenticator } from './authenticator.js';
import { hideCaller, leaveCaller } from './caller.js';
import { carrierOf, type Carrier } from './carrier.js';
import { credentialHeaders, parseCredentials, presumedCredential } from './credentials.js';
import { PathExceptions } from './path-exceptions.js';

/**
 * The gate: who is it, and may they? One instance in front of every handler on every transport.
 *
 * Lets a call pass, with the identity on its carrier, or throws the exception that the transport understands. For a
 * remembered credential it answers synchronously.
 */
@Injectable()
export class AuthGuard implements CanActivate {
  readonly #logger = new Logger(AuthGuard.name);

  constructor(
    private readonly options: ResolvedAuthOptions,
    private readonly rules: AccessRules,
    private readonly strategies: AuthStrategies,
    private readonly authenticator: Authenticator,
    private readonly exceptions: AuthExceptions,
    private readonly paths: PathExceptions,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const rule = this.rules.of(context.getClass(), context.getHandler());
    try {
      if (rule.access === 'public') return hideCaller(context);
      const carrier = carrierOf(context);
      if (!rule.isDecorated && this.#isException(carrier)) return true;
      const headers = credentialHeaders(carrier, this.strategies.all);
      const presumed = presumedCredential(headers, rule.schemes);
      const remembered = presumed && this.authenticator.remembered(presumed);
      if (remembered !== undefined) return this.#admit(rule, carrier, context, remembered);
      const credentials = this.#accepted(rule, parseCredentials(headers, presumed));
      if (credentials.length === 0) return this.#withoutCredential(rule, carrier, context);
      const identity = this.authenticator.authenticate(credentials);
      if (!(identity instanceof Promise)) return this.#admit(rule, carrier, context, identity);
      return identity
        .then((verified) => this.#admit(rule, carrier, context, verified))
        .catch((error: unknown) => this.#refuse(error, context));
    } catch (error) {
      return this.#refuse(error, context);
    }
  }

  #isException({ path, routerDecodes }: Carrier): boolean {
    return path !== undefined && this.paths.matches(path, routerDecodes);
  }

  #accepted({ schemes }: AccessRule, credentials: readonly Credential[]): readonly Credential[] {
    if (schemes === undefined || credentials.length === 0) return credentials;
    const accepted = credentials.filter(({ scheme }) => schemes.includes(scheme));
    if (accepted.length === 0) throw new AuthError('credentials_invalid', 'scheme not accepted here');
    return accepted;
  }

  #withoutCredential(rule: AccessRule, carrier: Carrier, context: ExecutionContext): true {
    const isOptional = rule.access === 'optional' || (!rule.isDecorated && !this.options.requireAuth);
    if (!isOptional) throw new AuthError('credentials_missing', 'no credential');
    return leaveCaller(carrier, context, undefined);
  }

  #admit(rule: AccessRule, carrier: Carrier, context: ExecutionContext, identity: UserIdentity): true {
    const permissions = missingPermissions(rule, identity);
    if (permissions.length > 0)
      throw new AuthError('permission_denied', 'permission lacking', { permissions });
    return leaveCaller(carrier, context, identity);
  }

  #refuse(error: unknown, context: ExecutionContext): Promise<never> {
    const refusal =
      error instanceof AuthError
        ? error
        : new AuthError('auth_unavailable', 'the guard threw', { cause: error });
    const level = refusal.code === 'auth_unavailable' ? 'error' : 'debug';
    this.#logger[level](`${refusal.code}: ${refusal.reason}${causeOf(refusal)}`);
    return this.exceptions.refuse(refusal, context);
  }
}

/** A name or code and nothing else: a library's message may quote what it was given. */
function causeOf({ cause }: AuthError): string {
  if (!(cause instanceof Error)) return '';
  const { code } = cause as NodeJS.ErrnoException;
  return ` (${typeof code === 'string' && /^[A-Z0-9_]{1,40}$/.test(code) ? code : cause.name.replace(/\W/g, '')})`;
}
