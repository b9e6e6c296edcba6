import { Injectable } from '@nestjs/common';

import { effectiveGrants, type EffectiveGrants } from '../identity/effective-grants.js';
import { isKnownGrant } from '../identity/permission.js';
import { SubjectDirectory } from '../identity/subject-directory.js';
import { ResolvedAuthOptions } from '../options/auth-options.js';
import { storeAnswer } from '../store-answer.js';
import type { Session } from './refresh-token.store.js';

/** The subjects of sessions, as the application's directory tells of them at this moment. */
@Injectable()
export class SessionSubjects {
  constructor(
    private readonly options: ResolvedAuthOptions,
    private readonly subjects: SubjectDirectory,
  ) {}

  /**
   * What a session was opened with and its subject holds now, as far as the catalogue knows it: what was in it when the
   * session began may have left it since. A session of `*` has whatever its subject holds.
   *
   * @returns undefined when the subject is gone or not active.
   * @throws AuthError `auth_unavailable` when the directory does not answer.
   */
  async effective({
    userId,
    orgId,
    permissions,
  }: Pick<Session, 'userId' | 'orgId' | 'permissions'>): Promise<EffectiveGrants | undefined> {
    const held = await storeAnswer(
      'the subject directory',
      effectiveGrants(this.subjects, { userId, orgId, permissions }, 'user'),
    );
    const { permissions: catalogue } = this.options;
    if (held === undefined || catalogue === undefined) return held;
    return { ...held, permissions: held.permissions.filter((grant) => isKnownGrant(grant, catalogue)) };
  }
}
