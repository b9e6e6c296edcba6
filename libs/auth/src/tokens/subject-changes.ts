import { Injectable } from '@nestjs/common';

import { Clock } from '../clock.js';
import { ResolvedAuthOptions } from '../options/auth-options.js';
import type { Revocation } from '../revocation/revocation.js';

export { EVERY_SUBJECT } from '../revocation/revocation.js';

/** Milliseconds that a change may take to be committed, and that the clocks of instances may differ by. */
const MARGIN = 10_000;

/** Entries of the revocation log about subjects, for whatever changes them to write with the change itself. */
@Injectable()
export class SubjectChanges {
  /** Milliseconds for which anything can be accepted, or remembered, that was issued before a change. */
  readonly #lasts: number;

  constructor(
    { jwt, identityCache }: ResolvedAuthOptions,
    private readonly clock: Clock,
  ) {
    const seconds = Math.max(jwt.maxAccessTokenTtl + jwt.clockTolerance, identityCache?.maxAge ?? 0);
    this.#lasts = seconds * 1_000;
  }

  /** Everything that was issued to the subject until now is refused; its API keys are looked up again. */
  ended(subjectId: string): Revocation & { readonly kind: 'subject' } {
    const at = this.clock.now();
    return { kind: 'subject', id: subjectId, at, expiresAt: at + this.#lasts };
  }

  /**
   * What the subject is or holds has changed: it is looked at again for each of its credentials that is from before.
   * Whatever is issued while the change is being made counts as from before: it costs a look, and misses nothing.
   *
   * @param subjectId a user's or a service's id; {@link EVERY_SUBJECT} for all of them.
   */
  changed(subjectId: string): Revocation & { readonly kind: 'permissions' } {
    const at = this.clock.now() + MARGIN;
    return { kind: 'permissions', id: subjectId, at, expiresAt: at + this.#lasts };
  }
}
