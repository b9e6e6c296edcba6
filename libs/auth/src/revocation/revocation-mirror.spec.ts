import { beforeEach, describe, expect, it } from '@jest/globals';

import { UserIdentity, type UserIdentityData } from '../identity/user-identity.js';
import { EVERY_SUBJECT, type LoggedRevocation, type RevocationKind } from './revocation.js';
import { RevocationMirror } from './revocation-mirror.js';

const NOW = Date.UTC(2026, 0, 2);
const HOUR = 3_600_000;
const KINDS: readonly RevocationKind[] = ['token', 'session', 'subject', 'api-key', 'permissions'];

describe('RevocationMirror', () => {
  let mirror: RevocationMirror;
  const add = (
    kind: RevocationKind,
    id: string,
    fields: Partial<LoggedRevocation> = {},
    position = mirror.position + 1,
  ): void => mirror.add({ kind, id, position, at: NOW, expiresAt: NOW + HOUR, ...fields });
  const verdict = (data: Partial<UserIdentityData> = {}, since = mirror.position): string =>
    mirror.verdict(
      new UserIdentity({ userId: 'ada', credentialId: 'c1', sessionId: 's1', issuedAt: NOW, ...data }),
      since,
    );

  beforeEach(() => void (mirror = new RevocationMirror()));

  it('knows of nothing at first', () => {
    for (const provider of ['jwt', 'service', 'api_key'] as const) expect(verdict({ provider })).toBe('good');
    expect([mirror.position, mirror.size]).toEqual([0, 0]);
  });

  it('is where its latest entry is', () => {
    add('token', 'a', {}, 7);
    expect(mirror.position).toBe(7);
    add('session', 'a', {}, 20);
    expect(mirror.position).toBe(20);
    expect(mirror.size).toBe(2);
  });

  it('holds one entry for each thing that is hit', () => {
    for (let i = 0; i < 3; i += 1) for (const kind of KINDS) add(kind, 'a');
    expect([mirror.size, mirror.position]).toEqual([KINDS.length, 3 * KINDS.length]);
  });

  it.each(['jwt', 'service'] as const)(
    'hits the tokens of a %s by jti and by session, and no others',
    (provider) => {
      for (const [kind, id, other] of [
        ['token', 'c1', { credentialId: 'c2' }],
        ['session', 's1', { sessionId: 's2' }],
        ['session', 's1', { sessionId: undefined }],
      ] as const) {
        mirror = new RevocationMirror();
        add(kind, id);
        expect([verdict({ provider }), verdict({ provider }, 0)]).toEqual(['revoked', 'revoked']);
        expect(verdict({ provider, ...other }, 0)).toBe('good');
      }
    },
  );

  it('hits tokens of a session whenever they were issued', () => {
    add('session', 's1');
    expect([verdict({ issuedAt: NOW + HOUR }), verdict({ issuedAt: undefined })]).toEqual([
      'revoked',
      'revoked',
    ]);
  });

  it('hits of a subject what was issued until then', () => {
    add('subject', 'ada');
    for (const issuedAt of [NOW - 1, NOW, undefined]) expect(verdict({ issuedAt })).toBe('revoked');
    expect(verdict({ issuedAt: NOW + 1 }, 0)).toBe('good');
    expect(verdict({ userId: 'bob' }, 0)).toBe('good');
    expect([mirror.subjectRevokedAt('ada'), mirror.subjectRevokedAt('bob')]).toEqual([NOW, undefined]);
  });

  it('keeps the latest moment of a subject, in whatever order they come', () => {
    add('subject', 'ada', { at: NOW + 5_000 });
    add('subject', 'ada', { at: NOW });
    expect(verdict({ issuedAt: NOW + 5_000 })).toBe('revoked');
    expect(verdict({ issuedAt: NOW + 5_001 })).toBe('good');
    add('subject', 'ada', { at: NOW + 9_000 });
    expect(mirror.subjectRevokedAt('ada')).toBe(NOW + 9_000);
  });

  it('takes an id for what it is an id of', () => {
    for (const kind of KINDS) add(kind, `only-${kind}`, { at: Number.MAX_SAFE_INTEGER });
    const own = { userId: 'x', credentialId: 'x', sessionId: 'x' };
    for (const [field, kind] of [
      ['credentialId', 'token'],
      ['sessionId', 'session'],
      ['userId', 'subject'],
    ] as const) {
      for (const other of KINDS) {
        const looked = field === 'userId' && other === 'permissions' ? 'changed' : 'good';
        const expected = other === kind ? 'revoked' : looked;
        expect([other, verdict({ ...own, [field]: `only-${other}` }, 0)]).toEqual([other, expected]);
      }
    }
    for (const other of KINDS) {
      const key = {
        ...own,
        provider: 'api_key',
        credentialId: `only-${other}`,
        sessionId: 'only-session',
      } as const;
      expect(verdict(key, 0)).toBe(other === 'api-key' ? 'changed' : 'good');
    }
  });

  it.each([
    ['api-key', 'c1', { credentialId: 'c2' }],
    ['subject', 'ada', { userId: 'bob' }],
  ] as const)(
    'has an API key read again that was read before an entry on its %s, and leaves the verdict to its record',
    (kind, id, other) => {
      const key = { provider: 'api_key' } as const;
      for (let i = 0; i < 2; i += 1) {
        const since = mirror.position;
        add(kind, id);
        add('token', 'another');
        expect(verdict(key, since)).toBe('changed');
        expect([verdict(key, since + 1), verdict(key)]).toEqual(['good', 'good']);
        expect(verdict({ ...key, ...other }, since)).toBe('good');
      }
    },
  );

  describe.each([
    ['its subject', 'ada'],
    ['every subject', EVERY_SUBJECT],
  ])('after a change of what %s holds', (_whose, id) => {
    it.each(['jwt', 'service'] as const)(
      'has the subject of a %s looked at that was issued until then',
      (provider) => {
        const since = mirror.position;
        add('permissions', id);
        for (const issuedAt of [NOW - 1, NOW, undefined])
          expect(verdict({ provider, issuedAt }, since)).toBe('changed');
        expect(verdict({ provider, issuedAt: NOW + 1 }, since)).toBe('good');
        // What was found out after it stays found out.
        expect(verdict({ provider }, since + 1)).toBe('good');
        expect(verdict({ provider, userId: 'bob' }, since)).toBe(id === EVERY_SUBJECT ? 'changed' : 'good');
      },
    );

    it('has a key looked at whenever it was made', () => {
      const key = { provider: 'api_key', issuedAt: NOW + HOUR } as const;
      add('permissions', id);
      expect([verdict(key, 0), verdict(key)]).toEqual(['changed', 'good']);
      expect(verdict({ ...key, userId: 'bob' }, 0)).toBe(id === EVERY_SUBJECT ? 'changed' : 'good');
    });

    it('refuses what is revoked all the same', () => {
      add('permissions', id);
      add('token', 'c1');
      expect(verdict({}, 0)).toBe('revoked');
    });
  });

  it('tells until when what was issued may carry something else: the later of both', () => {
    const told = (): unknown[] => ['ada', 'bob'].map((id) => mirror.permissionsChangedAt(id));
    expect(told()).toEqual([undefined, undefined]);
    add('permissions', 'ada');
    expect(told()).toEqual([NOW, undefined]);
    add('permissions', EVERY_SUBJECT, { at: NOW - 1 });
    expect(told()).toEqual([NOW, NOW - 1]);
    add('permissions', EVERY_SUBJECT, { at: NOW + 1 });
    expect(told()).toEqual([NOW + 1, NOW + 1]);
    mirror.prune(NOW + HOUR);
    expect(told()).toEqual([undefined, undefined]);
  });

  it('tells whether a subject was revoked behind a position', () => {
    expect(mirror.isSubjectRevokedAfter('ada', 0)).toBe(false);
    add('subject', 'ada');
    expect([0, 1].map((position) => mirror.isSubjectRevokedAfter('ada', position))).toEqual([true, false]);
    expect(mirror.isSubjectRevokedAfter('bob', 0)).toBe(false);
  });

  it('drops what can hit nothing any more, and stays where it is', () => {
    const key = { provider: 'api_key', credentialId: 'late' } as const;
    for (const kind of KINDS) {
      add(kind, 'early', { expiresAt: NOW + 1_000 });
      add(kind, 'late', { expiresAt: NOW + 1_001 });
    }
    const { position } = mirror;
    mirror.prune(NOW + 999);
    expect(mirror.size).toBe(2 * KINDS.length);
    mirror.prune(NOW + 1_000);
    expect([mirror.size, mirror.position]).toEqual([KINDS.length, position]);
    expect([verdict({ credentialId: 'early' }), verdict({ credentialId: 'late' })]).toEqual([
      'good',
      'revoked',
    ]);
    expect([verdict({ sessionId: 'early' }), verdict({ sessionId: 'late' })]).toEqual(['good', 'revoked']);
    expect([mirror.subjectRevokedAt('early'), mirror.subjectRevokedAt('late')]).toEqual([undefined, NOW]);
    expect([verdict({ ...key, credentialId: 'early' }, 0), verdict(key, 0)]).toEqual(['good', 'changed']);
  });

  it('keeps an entry until the latest of its ends', () => {
    for (const expiresAt of [NOW + 1_000, NOW + 2_000, NOW + 1_000]) add('session', 's1', { expiresAt });
    mirror.prune(NOW + 1_999);
    expect(verdict()).toBe('revoked');
    mirror.prune(NOW + 2_000);
    expect(verdict()).toBe('good');
  });
});
