import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import passport from 'passport';
import { ExtractJwt, Strategy } from 'passport-jwt';

import type { AuthStrategy, StrategyRequest } from '../guard/auth-strategy.js';
import type { UserIdentity } from '../identity/user-identity.js';
import type { ResolvedSigningKey } from '../options/auth-options.js';
import { ALGORITHMS } from '../options/signing-keys.js';
import { AccessTokenVerifier } from './access-token.verifier.js';

/** The package takes a KeyObject and does not say so in its types. */
type KeyCallback = (error: unknown, key?: never) => void;

const bearerToken = ExtractJwt.fromAuthHeaderAsBearerToken() as (request: StrategyRequest) => string | null;

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
      secretOrKeyProvider: (_request: unknown, token: string, done: KeyCallback) => {
        let key: ResolvedSigningKey;
        try {
          key = verifier.beforeSignature(token);
        } catch (error) {
          return done(error);
        }
        return done(null, key.verificationKey as never);
      },
      // Of all keys; `beforeSignature` has held the token to that of its own.
      algorithms: [...ALGORITHMS],
      // The claims are checked by `validate`, against the application's clock.
      jsonWebTokenOptions: { ignoreExpiration: true, ignoreNotBefore: true },
      ignoreExpiration: true,
      passReqToCallback: true,
    });
  }

  validate(request: StrategyRequest, claims: Readonly<Record<string, unknown>>): UserIdentity {
    return this.verifier.afterSignature(claims, bearerToken(request)!);
  }

  /** An instance of its own: strategies register by name, so two applications in one process would share one. */
  getPassportInstance(): object {
    return new passport.Passport();
  }
}
