import type { UserIdentity } from '../identity/user-identity.js';
import { EVERY_SUBJECT, type LoggedRevocation, type RevocationKind } from './revocation.js';

/** What the feed says of a credential that was verified. */
export type Verdict = 'good' | 'revoked' | 'changed';

type Entry = Pick<LoggedRevocation, 'position' | 'at' | 'expiresAt'>;

/** The entries of the log that can still matter, in memory, one for each thing that they hit. */
export class RevocationMirror {
  // One map a kind: a look-up puts no key together.
  readonly #token = new Map<string, Entry>();
  readonly #session = new Map<string, Entry>();
  readonly #apiKey = new Map<string, Entry>();
  readonly #subject = new Map<string, Entry>();
  readonly #permissions = new Map<string, Entry>();
  readonly #signingKey = new Map<string, Entry>();
  /** The latest change of the signing keys: what was verified before is verified again. */
  #keysChangedAt = 0;
  readonly #byKind: Readonly<Record<RevocationKind, Map<string, Entry>>> = {
    token: this.#token,
    session: this.#session,
    'api-key': this.#apiKey,
    subject: this.#subject,
    permissions: this.#permissions,
    'signing-key': this.#signingKey,
  };
  #position = 0;

  /** The latest entry's. */
  get position(): number {
    return this.#position;
  }

  get size(): number {
    return Object.values(this.#byKind).reduce((sum, { size }) => sum + size, 0);
  }

  add({ kind, id, position, at, expiresAt }: LoggedRevocation): void {
    const known = this.#byKind[kind].get(id);
    this.#byKind[kind].set(id, {
      position,
      at: Math.max(at, known?.at ?? at),
      expiresAt: Math.max(expiresAt, known?.expiresAt ?? expiresAt),
    });
    if (kind === 'signing-key') this.#keysChangedAt = Math.max(this.#keysChangedAt, position);
    if (position > this.#position) this.#position = position;
  }

  /** @param since the position before the credential was verified. */
  verdict(identity: UserIdentity, since: number): Verdict {
    const subject = this.#subject.size === 0 ? undefined : this.#subject.get(identity.userId);
    if (identity.provider === 'api_key') {
      const key = this.#apiKey.size === 0 ? undefined : this.#apiKey.get(identity.credentialId);
      const isChanged =
        (key?.position ?? 0) > since ||
        (subject?.position ?? 0) > since ||
        this.#hasOtherPermissions(identity, since);
      return isChanged ? 'changed' : 'good';
    }
    const isRevoked =
      (this.#token.size !== 0 && this.#token.has(identity.credentialId)) ||
      (this.#session.size !== 0 &&
        identity.sessionId !== undefined &&
        this.#session.has(identity.sessionId)) ||
      (subject !== undefined && (identity.issuedAt?.getTime() ?? 0) <= subject.at);
    if (isRevoked) return 'revoked';
    return this.#keysChangedAt > since || this.#hasOtherPermissions(identity, since) ? 'changed' : 'good';
  }

  /** Until when a subject's tokens are refused, in milliseconds since 1970; undefined when they are not. */
  subjectRevokedAt(userId: string): number | undefined {
    return this.#subject.get(userId)?.at;
  }

  /** Was everything of the subject revoked behind that position? */
  isSubjectRevokedAfter(userId: string, position: number): boolean {
    return (this.#subject.get(userId)?.position ?? 0) > position;
  }

  /** Until when what was issued to a subject may carry more or less than it holds; undefined when nothing does. */
  permissionsChangedAt(subjectId: string): number | undefined {
    if (this.#permissions.size === 0) return undefined;
    const own = this.#permissions.get(subjectId)?.at;
    const all = this.#permissions.get(EVERY_SUBJECT)?.at;
    return own === undefined || all === undefined ? (own ?? all) : Math.max(own, all);
  }

  #hasOtherPermissions(identity: UserIdentity, since: number): boolean {
    if (this.#permissions.size === 0) return false;
    return (
      concerns(this.#permissions.get(identity.userId), identity, since) ||
      concerns(this.#permissions.get(EVERY_SUBJECT), identity, since)
    );
  }

  /** Drops what can hit nothing any more. */
  prune(now: number): void {
    for (const entries of Object.values(this.#byKind)) {
      for (const [id, { expiresAt }] of entries) if (expiresAt <= now) entries.delete(id);
    }
  }
}

/** Does a change of permissions concern what was found out before it? */
function concerns(change: Entry | undefined, identity: UserIdentity, since: number): boolean {
  if (change === undefined || change.position <= since) return false;
  return identity.provider === 'api_key' || (identity.issuedAt?.getTime() ?? 0) <= change.at;
}
