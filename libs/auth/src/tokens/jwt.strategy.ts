import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import passport from 'passport';
import { Strategy } from 'passport-jwt';

import type { AuthStrategy, StrategyRequest } from '../guard/auth-strategy.js';
import type { UserIdentity } from '../identity/user-identity.js';
import { ALGORITHMS } from '../options/signing-keys.js';
import { AccessTokenVerifier, type OpenedToken } from './access-token.verifier.js';

/** The package takes a KeyObject and does not say so in its types. */
type KeyCallback = (error: unknown, key?: never) => void;

/** One request for one verification: what was found out before the signature waits on it until after the signature. */
interface JwtRequest extends StrategyRequest {
  opened?: OpenedToken;
}

const PREFIX = 'Bearer ';

/** The gate has read the header of the request and hands on one of exactly this form. */
function bearerToken({ headers }: StrategyRequest): string | null {
  const { authorization } = headers;
  return authorization?.startsWith(PREFIX) ? authorization.slice(PREFIX.length) : null;
}

/**
 * Verifies the scheme `jwt`: `passport-jwt` with the key that the token names and the algorithm of that key, between
 * the checks of {@link AccessTokenVerifier}.
 */
@Injectable()
export class JwtStrategy extends PassportStrategy(Strategy, 'jwt') implements AuthStrategy {
  readonly scheme = 'jwt';
  readonly header = 'authorization';

  constructor(private readonly verifier: AccessTokenVerifier) {
    super({
      jwtFromRequest: bearerToken as never,
      secretOrKeyProvider: (request: JwtRequest, token: string, done: KeyCallback) => {
        try {
          request.opened = verifier.beforeSignature(token);
        } catch (error) {
          return done(error);
        }
        return done(null, request.opened.key.verificationKey as never);
      },
      // Of all keys; `beforeSignature` has held the token to that of its own.
      algorithms: [...ALGORITHMS],
      // The claims are checked by `validate`, against the application's clock.
      jsonWebTokenOptions: { ignoreExpiration: true, ignoreNotBefore: true },
      ignoreExpiration: true,
      passReqToCallback: true,
    });
  }

  validate({ opened }: JwtRequest): UserIdentity | Promise<UserIdentity> {
    return this.verifier.afterSignature(opened!);
  }

  /** An instance of its own: strategies register by name, so two applications in one process would share one. */
  getPassportInstance(): object {
    return new passport.Passport();
  }
}
