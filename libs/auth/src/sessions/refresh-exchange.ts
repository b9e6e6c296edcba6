import { Injectable } from '@nestjs/common';

import { Clock } from '../clock.js';
import { AuthError } from '../errors.js';
import { ResolvedAuthOptions } from '../options/auth-options.js';
import { storeAnswer } from '../store-answer.js';
import {
  generateRefreshToken,
  hashRefreshToken,
  isRefreshToken,
  openSuccessor,
  sealSuccessor,
} from './refresh-token.format.js';
import { RefreshTokenStore, type Session } from './refresh-token.store.js';

/** What became of a refresh token that was presented. */
export type Exchanged =
  | { readonly outcome: 'exchanged'; readonly refreshToken: string }
  | { readonly outcome: 'reused'; readonly session: Session };

/** Exchanges a refresh token for its successor. */
@Injectable()
export class RefreshExchange {
  constructor(
    private readonly options: ResolvedAuthOptions,
    private readonly store: RefreshTokenStore,
    private readonly clock: Clock,
  ) {}

  /**
   * The session of a token. Nothing is exchanged yet: should its subject's state be unknown, the token stays good for
   * another try.
   *
   * @throws AuthError `credentials_invalid` for a token that is malformed or unknown, `auth_unavailable`.
   */
  async find(presented: string): Promise<Session> {
    if (typeof presented !== 'string' || !isRefreshToken(presented))
      throw refused('the refresh token is malformed');
    const found = await storeAnswer(
      'the refresh token store',
      this.store.findByToken(hashRefreshToken(presented)),
    );
    if (found === undefined) throw refused('the refresh token is unknown');
    return found.session;
  }

  /**
   * @param accessTokenEndsAt when the access token ends that goes with the successor.
   * @throws AuthError `credentials_invalid` for a token that is unknown or whose session has ended, `auth_unavailable`.
   */
  async exchange(presented: string, accessTokenEndsAt: Date): Promise<Exchanged> {
    const next = generateRefreshToken();
    const result = await storeAnswer(
      'the refresh token store',
      this.store.rotate({
        presentedHash: hashRefreshToken(presented),
        nextHash: hashRefreshToken(next),
        sealedNext: sealSuccessor(next, presented),
        now: new Date(this.clock.now()),
        grace: this.options.sessions.rotationGrace * 1_000,
        accessTokenEndsAt,
      }),
    );
    switch (result.outcome) {
      case 'rotated':
        return { outcome: 'exchanged', refreshToken: next };
      case 'repeated':
        return { outcome: 'exchanged', refreshToken: openSuccessor(result.sealedNext, presented) };
      case 'reused':
        return { outcome: 'reused', session: result.session };
      case 'ended':
        throw refused('the session has ended');
      case 'unknown':
        throw refused('the refresh token is unknown');
    }
  }
}

function refused(reason: string): AuthError {
  return new AuthError('credentials_invalid', reason);
}
