import { hash, randomBytes } from 'node:crypto';

import { expect, it } from '@jest/globals';

import { call } from '../support/call.js';
import { forgeToken } from '../support/forge.js';
import { PLATFORMS } from '../support/platforms.js';
import type { Project } from './project.js';
import { startStage, token } from './stage.js';

/** A token in the predecessor's exact form. */
const oldToken = (claims: object = {}): string =>
  forgeToken({
    header: { typ: 'JWT' },
    claims: {
      iss: 'contextiq',
      aud: undefined,
      jti: undefined,
      sub: 'user_123',
      org_id: 'org_456',
      email: null,
      name: null,
      permissions: ['session:read'],
      ...claims,
    },
  });

/** A key in the predecessor's exact form, and the row that it kept of it. */
function oldKey(is_active = true): { key: string; row: object } {
  const key = `ck_${randomBytes(32).toString('base64url')}`;
  return {
    key,
    row: {
      key_hash: hash('sha256', key),
      key_id: `key_${key.slice(3, 9)}`,
      user_id: 'user_123',
      org_id: 'org_789',
      permissions: ['session:read'],
      expires_at: null,
      rate_limit: 1000,
      is_active,
      metadata: null,
    },
  };
}

/** The section on moving over: credentials of the predecessor, given to its module and its function. */
export function describeMoving(project: () => Project): void {
  it.each(PLATFORMS)(
    'a service that moved over as the README says keeps tokens and keys, on %s',
    async (platform) => {
      const good = oldKey();
      const inactive = oldKey(false);
      const OLD_KEYS = JSON.stringify([good.row, inactive.row]);
      const { url } = await startStage(project(), 'moved', platform, { OLD_KEYS });
      const sessions = `${url}/sessions`;

      expect(await call(sessions, { token: oldToken() })).toMatchObject({
        status: 200,
        body: { orgId: 'org_456' },
      });
      expect((await call(sessions, { token: oldToken({ permissions: null }) })).status).toBe(403);
      expect((await call(sessions, { token: oldToken({ iss: 'gatehouse' }) })).status).toBe(401);
      expect((await call(sessions, { token: token(['session:read']) })).status).toBe(401);
      expect(await call(sessions, { apiKey: good.key })).toMatchObject({
        status: 200,
        body: { orgId: 'org_789' },
      });
      expect((await call(sessions, { apiKey: inactive.key })).status).toBe(401);
    },
  );
}
