import { describe, expect, it } from '@jest/globals';

import type { AuthEvent } from '../events/auth-events.js';
import { UuidV7Sequence } from '../uuid-v7.js';
import { entryOf } from './audit-entry.js';
import type { AuditEntry } from './audit.store.js';
import { Refusals } from './refusals.js';

const time = new Date(1_767_323_045_678);
const ids = new UuidV7Sequence();
const make = (event: AuthEvent): AuditEntry => entryOf(event, ids.next(event.time.getTime()));

const refused = (more: object = {}): AuthEvent =>
  ({
    type: 'credential.refused',
    code: 'credentials_invalid',
    reason: 'wrong signature',
    target: 'DoorController.read',
    ip: '192.0.2.1',
    time,
    ...more,
  }) as AuthEvent;

const denied = (more: object = {}): AuthEvent =>
  ({
    type: 'permission.denied',
    permissions: ['session:read'],
    reason: 'permission lacking',
    target: 'DoorController.read',
    actor: { userId: 'ada', orgId: undefined, provider: 'jwt', credentialId: 'jti_1' },
    time,
    ...more,
  }) as AuthEvent;

function entriesOf(events: readonly AuthEvent[]): readonly AuditEntry[] {
  const refusals = new Refusals();
  for (const event of events) expect(refusals.add(event, make)).toBe(true);
  return refusals.take();
}

describe('refusals in the audit log', () => {
  it('are one entry when they are alike, with their count', () => {
    const events = Array.from({ length: 5_000 }, () => refused());
    expect(entriesOf(events)).toMatchObject([
      { type: 'credential.refused', ip: '192.0.2.1', details: { code: 'credentials_invalid', count: 5_000 } },
    ]);
  });

  it('have no count when there is one', () => {
    expect(entriesOf([refused()])[0]!.details).toEqual({
      code: 'credentials_invalid',
      reason: 'wrong signature',
    });
  });

  it.each<[string, AuthEvent, AuthEvent]>([
    ['source', refused(), refused({ ip: '192.0.2.2' })],
    ['code', refused(), refused({ code: 'token_expired' })],
    ['reason', refused(), refused({ reason: 'revoked' })],
    ['caller', denied(), denied({ actor: { userId: 'bob', provider: 'jwt', credentialId: 'jti_2' } })],
    ['handler that was denied', denied(), denied({ target: 'DoorController.write' })],
    [
      'policy that denied',
      denied({ reason: 'the policy A refuses' }),
      denied({ reason: 'the policy B refuses' }),
    ],
    ['permission that was denied', denied(), denied({ permissions: ['session:write'] })],
    [
      'limit of logins',
      { type: 'login.limited', target: 'account', time },
      { type: 'login.limited', target: 'source', time },
    ],
    [
      'limited key',
      { type: 'api-key.limited', target: 'key_1', time },
      { type: 'api-key.limited', target: 'key_2', time },
    ],
  ])('are apart when the %s differs', (_what, one, other) => {
    expect(entriesOf([one, other, one])).toMatchObject([{ details: { count: 2 } }, {}]);
  });

  it('from very many sources are counted and named no more', () => {
    const events = Array.from({ length: 5_000 }, (_, i) => refused({ ip: `2001:db8::${i.toString(16)}` }));
    const entries = entriesOf([...events, denied({ ip: '2001:db8::1' })]);
    expect(entries).toHaveLength(102);
    expect(entries[100]).toMatchObject({
      type: 'credential.refused',
      ip: undefined,
      target: undefined,
      details: { code: 'credentials_invalid', count: 4_900 },
    });
    expect(entries[101]).toMatchObject({ type: 'permission.denied', actor: undefined, details: {} });
  });

  it('begin anew once they are taken', () => {
    const refusals = new Refusals();
    refusals.add(refused(), make);
    expect(refusals.take()).toHaveLength(1);
    expect(refusals.take()).toHaveLength(0);
    refusals.add(refused(), make);
    expect(refusals.take()).toHaveLength(1);
  });

  it.each<AuthEvent>([
    { type: 'login.failed', target: 'ada', reason: 'wrong password', time },
    { type: 'login.succeeded', target: 'ada', time },
    { type: 'role.assigned', target: 'ada', role: 'editor', time },
  ])('are not events such as $type', (event) => {
    const refusals = new Refusals();
    expect(refusals.add(event, make)).toBe(false);
    expect(refusals.take()).toEqual([]);
  });
});
