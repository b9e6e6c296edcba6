import { describe, expect, it } from '@jest/globals';

import { jwtOptionsOf, NOW, outcomeOf, verdict } from '../../../../test/support/claims.js';
import { SECRET } from '../../../../test/support/secret.js';
import type { JwtOptions } from '../options/auth-options.js';
import { checkHeader } from './access-token.claims.js';
import { SigningKeyRing } from './signing-key-ring.js';

describe('checkHeader', () => {
  const header = (members: Record<string, unknown>, jwt: JwtOptions = {}): string =>
    outcomeOf(() => {
      const options = jwtOptionsOf(jwt);
      checkHeader({ alg: 'HS256', ...members }, options, new SigningKeyRing(options.keys));
    });

  it.each(['at+jwt', 'AT+JWT', 'At+Jwt', 'application/at+jwt', 'APPLICATION/at+JWT'])(
    'accepts the typ %j',
    (typ) => {
      expect(header({ typ })).toBe('good');
    },
  );

  it.each([
    ...[
      'JWT',
      'jwt',
      'rt+jwt',
      'it+jwt',
      'id_token',
      'logout+jwt',
      'dpop+jwt',
      'secevent+jwt',
      'reset',
      'invite',
    ],
    ...[
      '',
      ' at+jwt',
      'at+jwt ',
      'at+jwt\0',
      'at jwt',
      'at',
      'text/at+jwt',
      'application/application/at+jwt',
    ],
    ...[undefined, null, 5, true, ['at+jwt'], { typ: 'at+jwt' }],
  ])('refuses the typ %j', (typ) => {
    expect(header({ typ })).toBe('credentials_invalid: the typ is not accepted');
  });

  it('accepts other types only by name', () => {
    const jwt = { acceptedTypes: ['JWT'] };
    for (const typ of ['JWT', 'jwt', 'at+jwt']) expect(header({ typ }, jwt)).toBe('good');
    for (const typ of ['rt+jwt', undefined, '']) expect(header({ typ }, jwt)).not.toBe('good');
  });

  it.each([
    ...['../../etc/passwd', "' OR '1'='1", '$(id)', '__proto__', 'constructor', '', 'x'.repeat(5_000), 'k1'],
    ...[0, 1, null, {}, { k2: 1 }, ['k2'], true],
  ])('refuses the kid %j, with and without a key id of its own', (kid) => {
    expect(header({ typ: 'at+jwt', kid })).toBe('credentials_invalid: the kid is unknown');
    expect(header({ typ: 'at+jwt', kid }, { keyId: 'k2' })).toBe('credentials_invalid: the kid is unknown');
  });

  it('accepts its own kid, and none', () => {
    expect(header({ typ: 'at+jwt', kid: 'k2' }, { keyId: 'k2' })).toBe('good');
    expect(header({ typ: 'at+jwt' }, { keyId: 'k2' })).toBe('good');
  });
});

describe('checkHeader with several keys', () => {
  const jwt: JwtOptions = {
    secret: undefined,
    keys: [
      { keyId: 'new', algorithm: 'HS512', secret: SECRET },
      { algorithm: 'HS256', secret: SECRET, state: 'retired' },
    ],
  };
  const options = jwtOptionsOf(jwt);
  const ring = new SigningKeyRing(options.keys);
  const header = (members: Record<string, unknown>): string =>
    outcomeOf(() => checkHeader({ typ: 'at+jwt', ...members }, options, ring));

  it('finds the key by the kid, and that without one by its absence', () => {
    expect(header({ kid: 'new', alg: 'HS512' })).toBe('good');
    expect(header({ alg: 'HS256' })).toBe('good');
    for (const kid of ['', 'old', 'undefined', null, ['new'], '__proto__']) {
      expect(header({ kid, alg: 'HS256' })).toBe('credentials_invalid: the kid is unknown');
    }
  });

  it("refuses every algorithm but the key's", () => {
    const refused = "credentials_invalid: the alg is not the key's";
    for (const alg of ['HS256', 'HS384', 'RS256', 'none', 'hs512', '', null, undefined, ['HS512'], 5]) {
      expect(header({ kid: 'new', alg })).toBe(refused);
    }
    expect(header({ alg: 'HS512' })).toBe(refused);
  });
});

describe('checkClaims: iss', () => {
  it.each([
    ...[undefined, null, '', 5, true, {}, ['gatehouse'], [['gatehouse']], { 0: 'gatehouse' }],
    ...[
      'gatehous',
      'gatehouse/',
      'Gatehouse',
      ' gatehouse',
      'gatehouse\0',
      'gatehouse.evil',
      '*',
      'gatehοuse',
    ],
  ])('refuses %j', (iss) => {
    expect(verdict({ iss })).toBe('credentials_invalid: the iss is another');
  });

  it('is compared as a whole, not as a URL', () => {
    const jwt = { issuer: 'https://a.example/', audience: 'gatehouse' };
    expect(verdict({ iss: 'https://a.example/' }, jwt)).toBe('good');
    for (const iss of [
      'https://a.example',
      'https://A.example/',
      'https://a.example:443/',
      'https://a.example/%2e',
    ]) {
      expect(verdict({ iss }, jwt)).toBe('credentials_invalid: the iss is another');
    }
  });
});

describe('checkClaims: aud', () => {
  it.each([['gatehouse'], [['gatehouse']], [['other', 'gatehouse']], [['gatehouse', 'gatehouse']]])(
    'accepts %j',
    (aud) => {
      expect(verdict({ aud })).toBe('good');
    },
  );

  it.each([
    ...[
      undefined,
      null,
      '',
      [],
      {},
      5,
      true,
      '*',
      'gate',
      'gatehouse2',
      'GATEHOUSE',
      'gatehouse,other',
      ' gatehouse',
    ],
    ...[[['gatehouse']], ['other', ['gatehouse']], ['gatehouse', 5], ['gatehouse', null], ['gatehouse', '']],
    ...[['*'], ['.*'], { 0: 'gatehouse', length: 1 }, ['gate', 'house']],
  ])('refuses %j', (aud) => {
    expect(verdict({ aud })).toBe('credentials_invalid: the aud names others');
  });

  it('accepts one of several, as they are', () => {
    const jwt = { audience: ['a', 'b.c'] };
    for (const aud of ['a', 'b.c', ['x', 'b.c']]) expect(verdict({ aud }, jwt)).toBe('good');
    for (const aud of ['bxc', 'gatehouse', 'ab', ['x']]) expect(verdict({ aud }, jwt)).not.toBe('good');
  });

  it('is not looked at when it is switched off', () => {
    for (const aud of [undefined, null, 'other', [], 5])
      expect(verdict({ aud }, { audience: false })).toBe('good');
  });
});

describe('checkClaims: sub', () => {
  it.each(['a', 'x'.repeat(255), '__proto__', 'ada@example.org', '😀', ' '])('accepts %j', (sub) => {
    expect(verdict({ sub })).toBe('good');
  });

  it.each([undefined, null, '', 'x'.repeat(256), 5, 0, true, {}, [], ['ada']])('refuses %j', (sub) => {
    expect(verdict({ sub })).toBe('credentials_invalid: the sub is no subject');
  });
});

describe('checkClaims: the rest', () => {
  it.each(['jti', 'org_id', 'email', 'name', 'sid', 'client_id'])('%s is text, null or absent', (name) => {
    for (const value of ['x', null, undefined]) expect(verdict({ [name]: value })).toBe('good');
    for (const value of ['', 5, true, {}, ['x']]) {
      expect(verdict({ [name]: value })).toBe(`credentials_invalid: the ${name} is not text`);
    }
  });

  it.each(['permissions', 'roles'])('%s are a list of text', (name) => {
    for (const good of [[], ['a:b', '*'], null, undefined]) expect(verdict({ [name]: good })).toBe('good');
    for (const bad of ['a:b', '*', {}, 5, true, [5], [null], [''], [['a:b']], { 0: 'a:b' }]) {
      expect(verdict({ [name]: bad })).toBe(`credentials_invalid: the ${name} are not a list of text`);
    }
  });

  it('metadata is an object', () => {
    for (const metadata of [{}, { a: [1] }, null, undefined]) expect(verdict({ metadata })).toBe('good');
    for (const metadata of ['x', 5, true, [], [{}]]) {
      expect(verdict({ metadata })).toBe('credentials_invalid: the metadata is no object');
    }
  });

  it('metadata has 256 levels at most', () => {
    const deep = (levels: number): Record<string, unknown> =>
      Array.from({ length: levels - 1 }).reduce<Record<string, unknown>>((inside) => ({ a: inside }), {});
    expect(verdict({ metadata: deep(256) })).toBe('good');
    expect(verdict({ metadata: deep(257) })).toBe('credentials_invalid: the metadata is too deep');
  });

  it('says token_expired of nothing that has another fault', () => {
    const past = { exp: NOW - 1 };
    expect(verdict(past)).toBe('token_expired: expired');
    const faults = [
      { iss: 'other' },
      { aud: 'other' },
      { sub: '' },
      { jti: 5 },
      { permissions: '*' },
      { metadata: [] },
      { nbf: NOW + 1 },
      { nbf: 'x' },
      { iat: NOW + 1 },
    ];
    for (const fault of faults) expect(verdict({ ...past, ...fault })).toMatch(/^credentials_invalid: /);
  });
});
