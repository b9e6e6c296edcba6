import { Injectable } from '@nestjs/common';

import { Clock } from '../../clock.js';
import type { UserIdentity } from '../../identity/user-identity.js';
import { RevocationFeed, type Revocation, type RevocationKind } from '../../revocation/revocation-feed.js';

interface Entry {
  readonly position: number;
  readonly at: number;
  readonly expiresAt: number;
}

/** The log in the memory of one process: known at once, gone with the process. */
@Injectable()
export class MemoryRevocationFeed extends RevocationFeed {
  /** A map for each kind: a key made of kind and id would have to be put together and hashed for each look-up. */
  readonly #entries: Readonly<Record<RevocationKind, Map<string, Entry>>> = {
    token: new Map(),
    session: new Map(),
    'api-key': new Map(),
    subject: new Map(),
  };
  #position = 0;
  #sweepAt = 1_000;

  constructor(private readonly clock: Clock) {
    super();
  }

  override get position(): number {
    return this.#position;
  }

  override async revoke({ kind, id, at, expiresAt }: Revocation): Promise<void> {
    this.#position += 1;
    const entries = this.#entries[kind];
    const known = entries.get(id);
    entries.set(id, {
      position: this.#position,
      at: Math.max(at, known?.at ?? at),
      expiresAt: Math.max(expiresAt, known?.expiresAt ?? expiresAt),
    });
    this.#sweep();
  }

  override verdict(identity: UserIdentity, since: number): 'good' | 'revoked' | 'changed' {
    if (this.#position === 0) return 'good';
    const entries = this.#entries;
    if (identity.provider === 'api_key') {
      const entry = entries['api-key'].get(identity.credentialId);
      return entry !== undefined && entry.position > since ? 'changed' : 'good';
    }
    const { credentialId, sessionId, userId } = identity;
    if (entries.token.has(credentialId)) return 'revoked';
    if (sessionId !== undefined && entries.session.has(sessionId)) return 'revoked';
    const ofSubject = entries.subject.get(userId);
    const isRevoked = ofSubject !== undefined && (identity.issuedAt?.getTime() ?? 0) < ofSubject.at;
    return isRevoked ? 'revoked' : 'good';
  }

  /** Drops what can hit nothing any more, each time that the log has doubled. */
  #sweep(): void {
    if (this.#size() < this.#sweepAt) return;
    const now = this.clock.now();
    for (const entries of Object.values(this.#entries)) {
      for (const [id, { expiresAt }] of entries) if (expiresAt <= now) entries.delete(id);
    }
    this.#sweepAt = Math.max(1_000, this.#size() * 2);
  }

  #size(): number {
    return Object.values(this.#entries).reduce((size, entries) => size + entries.size, 0);
  }
}
