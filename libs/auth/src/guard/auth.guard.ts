import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';

import { AuthError } from '../errors.js';
import type { UserIdentity } from '../identity/user-identity.js';
import { ResolvedAuthOptions } from '../options/auth-options.js';
import { AccessPolicies } from './access-policies.js';
import { AccessRules, denialOf, type AccessRule } from './access-rule.js';
import { AuthExceptions } from './auth-exception.js';
import { Authenticator } from './authenticator.js';
import { CredentialTerms } from './call-terms.js';
import { hideCaller, leaveCaller } from './caller.js';
import { carrierOf, type Carrier } from './carrier.js';
import { PathExceptions } from './path-exceptions.js';
import { RefusalReport } from './refusal-report.js';

/** A promise only where something has to be waited for. */
type Entry = true | Promise<true>;

/**
 * The gate: who is it, and may they? One instance in front of every handler on every transport.
 *
 * Lets a call pass, with the identity on its carrier, or throws the exception that the transport understands. For a
 * remembered credential it answers synchronously.
 */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly options: ResolvedAuthOptions,
    private readonly rules: AccessRules,
    private readonly policies: AccessPolicies,
    private readonly authenticator: Authenticator,
    private readonly terms: CredentialTerms,
    private readonly exceptions: AuthExceptions,
    private readonly paths: PathExceptions,
    private readonly report: RefusalReport,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const rule = this.rules.of(context.getClass(), context.getHandler());
    try {
      if (rule.access === 'public') return hideCaller(context);
      const carrier = carrierOf(context);
      if (!rule.isDecorated && this.#isException(carrier)) return true;
      const identity = this.authenticator.identify(carrier, rule.schemes);
      if (identity === undefined) return this.#withoutCredential(rule, carrier, context);
      const entry =
        identity instanceof Promise
          ? identity.then((verified) => this.#enter(rule, carrier, context, verified))
          : this.#enter(rule, carrier, context, identity);
      return entry === true ? true : entry.catch((error: unknown) => this.#refuse(error, context));
    } catch (error) {
      return this.#refuse(error, context);
    }
  }

  #isException({ path, routerDecodes }: Carrier): boolean {
    return path !== undefined && this.paths.matches(path, routerDecodes);
  }

  #withoutCredential(rule: AccessRule, carrier: Carrier, context: ExecutionContext): true {
    const isOptional = rule.access === 'optional' || (!rule.isDecorated && !this.options.requireAuth);
    if (!isOptional) throw new AuthError('credentials_missing', 'no credential');
    return leaveCaller(carrier, context, undefined);
  }

  #enter(rule: AccessRule, carrier: Carrier, context: ExecutionContext, identity: UserIdentity): Entry {
    // A socket is one carrier for all of its messages; the arguments are those of one.
    const call = carrier.transport === 'ws' ? context.getArgs<unknown[]>() : carrier.host;
    const terms = this.terms.of(identity, call);
    if (terms === undefined) return this.#admit(rule, carrier, context, identity);
    return terms.then(({ headers, refusal }) => {
      this.exceptions.setHeaders(headers, context);
      if (refusal !== undefined) throw refusal;
      return this.#admit(rule, carrier, context, identity);
    });
  }

  #admit(rule: AccessRule, carrier: Carrier, context: ExecutionContext, identity: UserIdentity): Entry {
    const denial = denialOf(rule, identity);
    if (denial !== undefined) throw denial;
    if (rule.policies.length === 0) return leaveCaller(carrier, context, identity);
    return this.policies
      .check(rule.policies, identity, context)
      .then(() => leaveCaller(carrier, context, identity));
  }

  #refuse(error: unknown, context: ExecutionContext): Promise<never> {
    const refusal =
      error instanceof AuthError
        ? error
        : new AuthError('auth_unavailable', 'the guard threw', { cause: error });
    this.report.refused(refusal, context);
    return this.exceptions.refuse(refusal, context);
  }
}
