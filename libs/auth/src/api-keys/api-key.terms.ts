import { Injectable } from '@nestjs/common';

import { AuthError } from '../errors.js';
import { actorOf, AuthEvents } from '../events/auth-events.js';
import { CredentialTerms, type CallTerms } from '../guard/call-terms.js';
import type { UserIdentity } from '../identity/user-identity.js';
import type { RateLimit } from '../options/rate-limit.js';
import { lineageOf } from './api-key.lineage.js';
import { ApiKeyVerifier, type KeyTerms } from './api-key.verifier.js';
import { LastUsed } from './last-used.js';
import { RateLimits, type LimitedCall } from './rate-limits.js';

/** What holds for calls with an API key: its limit, and the notice that it is being replaced. */
@Injectable()
export class ApiKeyTerms extends CredentialTerms {
  readonly #counted = new WeakMap<object, Promise<CallTerms>>();

  constructor(
    private readonly verifier: ApiKeyVerifier,
    private readonly limits: RateLimits,
    private readonly lastUsed: LastUsed,
    private readonly events: AuthEvents,
  ) {
    super();
  }

  override of(identity: UserIdentity, call: object): Promise<CallTerms> | undefined {
    if (identity.provider !== 'api_key') return undefined;
    const key = this.verifier.keyOf(identity);
    if (key === undefined) return undefined;
    this.lastUsed.note(key);
    const { terms } = key;
    if (terms === undefined) return undefined;
    return terms.rateLimit === undefined
      ? Promise.resolve({ headers: replacementNotice(terms) })
      : this.#countOnce(identity, terms, terms.rateLimit, call);
  }

  /** A guard may stand in front of a request twice, and several fields of an operation are one call. */
  #countOnce(
    identity: UserIdentity,
    terms: KeyTerms,
    rateLimit: RateLimit,
    call: object,
  ): Promise<CallTerms> {
    let counted = this.#counted.get(call);
    if (counted === undefined) this.#counted.set(call, (counted = this.#count(identity, terms, rateLimit)));
    return counted;
  }

  async #count(identity: UserIdentity, terms: KeyTerms, rateLimit: RateLimit): Promise<CallTerms> {
    const call = await this.limits.count(lineageOf(identity.credentialId), rateLimit);
    const headers = { ...replacementNotice(terms), ...limitHeaders(call) };
    if (call.isAllowed) return { headers };
    this.events.emit(
      { type: 'api-key.limited', target: identity.credentialId },
      { actor: actorOf(identity) },
    );
    const retryAfter = Math.ceil(call.endsIn / 1_000);
    return { headers, refusal: new AuthError('rate_limited', "over the key's limit", { retryAfter }) };
  }
}

/** The draft "RateLimit header fields for HTTP" of the IETF's httpapi group. */
function limitHeaders({ limit, window, used, endsIn }: LimitedCall): Record<string, string> {
  return {
    'RateLimit-Policy': `"api-key";q=${limit};w=${window}`,
    RateLimit: `"api-key";r=${Math.max(0, limit - used)};t=${Math.ceil(endsIn / 1_000)}`,
  };
}

/** RFC 9745 and RFC 8594. */
function replacementNotice({ replacedAt, expiresAt }: KeyTerms): Record<string, string> {
  if (replacedAt === undefined || expiresAt === undefined) return {};
  return {
    Deprecation: `@${Math.floor(replacedAt.getTime() / 1_000)}`,
    Sunset: expiresAt.toUTCString(),
  };
}
