import { describe, expect, it } from '@jest/globals';

import type { AuthEvent } from '../events/auth-events.js';
import { entryOf } from './audit-entry.js';

const time = new Date(1_767_323_045_678);
const actor = { userId: 'ada', orgId: undefined, provider: 'jwt', credentialId: 'jti_1' } as const;

describe('an entry of the audit log', () => {
  it('is the event: who, what, to what, from where, and the rest as details', () => {
    const event: AuthEvent = {
      type: 'role.assigned',
      target: 'bob',
      role: 'editor',
      actor,
      requestId: 'req-7',
      ip: '127.0.0.1',
      time,
    };
    expect(entryOf(event, 'id_1')).toEqual({
      entryId: 'id_1',
      time,
      type: 'role.assigned',
      actor,
      target: 'bob',
      requestId: 'req-7',
      ip: '127.0.0.1',
      details: { role: 'editor' },
    });
  });

  it('has nothing where the event has nothing', () => {
    expect(entryOf({ type: 'feed.stale', time }, 'id_1')).toEqual({
      entryId: 'id_1',
      time,
      type: 'feed.stale',
      actor: undefined,
      target: undefined,
      requestId: undefined,
      ip: undefined,
      details: {},
    });
  });

  it('keeps ends of lines and control characters as the text that they are', () => {
    const name = 'a\r\nlogin.succeeded root\u001b[2K';
    const entry = entryOf({ type: 'role.created', target: name, orgId: name, time }, 'id_1');
    expect(entry).toMatchObject({ target: name, details: { orgId: name } });
  });

  it('has no zero bytes, which databases refuse, and no endless text', () => {
    const userId = `a\0${'x'.repeat(5_000)}`;
    const entry = entryOf(
      {
        type: 'permission.denied',
        permissions: ['a:\0'],
        reason: 'permission lacking',
        target: '\0',
        actor: { ...actor, userId },
        time,
      },
      'id_1',
    );
    expect(JSON.stringify(entry)).not.toContain('\\u0000');
    expect(entry).toMatchObject({ target: '\uFFFD', details: { permissions: ['a:\uFFFD'] } });
    expect(entry.actor?.userId).toHaveLength(512);
  });
});
