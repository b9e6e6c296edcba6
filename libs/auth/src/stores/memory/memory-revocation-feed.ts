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
  readonly #entries = new Map<string, Entry>();
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
    const known = this.#find(kind, id);
    this.#entries.set(keyOf(kind, id), {
      position: this.#position,
      at: Math.max(at, known?.at ?? at),
      expiresAt: Math.max(expiresAt, known?.expiresAt ?? expiresAt),
    });
    this.#sweep();
  }

  override verdict(identity: UserIdentity, since: number): 'good' | 'revoked' | 'changed' {
    if (this.#entries.size === 0) return 'good';
    if (identity.provider === 'api_key') {
      const entry = this.#find('api-key', identity.credentialId);
      return entry !== undefined && entry.position > since ? 'changed' : 'good';
    }
    const issuedAt = identity.issuedAt?.getTime() ?? 0;
    const isRevoked =
      this.#find('token', identity.credentialId) !== undefined ||
      (identity.sessionId !== undefined && this.#find('session', identity.sessionId) !== undefined) ||
      issuedAt < (this.#find('subject', identity.userId)?.at ?? 0);
    return isRevoked ? 'revoked' : 'good';
  }

  #find(kind: RevocationKind, id: string): Entry | undefined {
    return this.#entries.get(keyOf(kind, id));
  }

  /** Drops what can hit nothing any more, each time that the map has doubled. */
  #sweep(): void {
    if (this.#entries.size < this.#sweepAt) return;
    const now = this.clock.now();
    for (const [key, { expiresAt }] of this.#entries) if (expiresAt <= now) this.#entries.delete(key);
    this.#sweepAt = Math.max(1_000, this.#entries.size * 2);
  }
}

function keyOf(kind: RevocationKind, id: string): string {
  return `${kind}\n${id}`;
}
