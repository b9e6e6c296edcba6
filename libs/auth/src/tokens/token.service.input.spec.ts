import { generateKeyPairSync } from 'node:crypto';

import { describe, expect, it } from '@jest/globals';

import { makeUnits } from '../../../../test/support/units.js';
import { definePermissions } from '../identity/permission.js';
import type { AccessTokenInput } from './token.input.js';

const { tokens } = makeUnits();

/** Stands for a value that must not be repeated. */
const CANARY = 'cAnArY';

function problemOf(make: () => string): string {
  try {
    make();
  } catch (error) {
    expect(error).toBeInstanceOf(TypeError);
    expect((error as Error).message).not.toContain(CANARY);
    return (error as Error).message;
  }
  throw new Error('was accepted');
}

const create = (input: unknown): string => tokens.createAccessToken(input as AccessTokenInput);

describe('TokenService refuses to make a token', () => {
  it.each<[string, unknown]>([
    ['userId', { userId: undefined }],
    ['userId', { userId: '' }],
    ['userId', { userId: 'x'.repeat(256) }],
    ['userId', { userId: 5 }],
    ['orgId', { orgId: '' }],
    ['orgId', { orgId: [CANARY] }],
    ['email', { email: '' }],
    ['name', { name: 5 }],
    ['sessionId', { sessionId: '' }],
    ['permissions', { permissions: CANARY }],
    ['permissions.1', { permissions: ['session:read', CANARY] }],
    ['permissions.0', { permissions: ['session:'] }],
    ['permissions.0', { permissions: [`${CANARY}:read `] }],
    ['permissions.0', { permissions: ['*:read'] }],
    ['permissions.0', { permissions: [''] }],
    ['permissions.0', { permissions: [5] }],
    ['metadata', { metadata: CANARY }],
    ['metadata', { metadata: [CANARY] }],
    ['metadata', { metadata: null }],
    ['metadata.at', { metadata: { at: new Date() } }],
    ['metadata.count', { metadata: { count: 1n } }],
    ['metadata.count', { metadata: { count: Number.NaN } }],
    ['metadata.call', { metadata: { call: () => CANARY } }],
    ...[0, -1, 0.5, 1.5, Number.NaN, Infinity, '', 'x', '1.5h', '0s', true, null, {}].map(
      (expiresIn): [string, unknown] => ['expiresIn', { expiresIn }],
    ),
  ])('because of %s: %j', (field, fields) => {
    const message = problemOf(() => create({ userId: 'ada', ...(fields as object) }));
    expect(message).toMatch(new RegExp(`^createAccessToken: ${field} is (?:not|no|empty|longer|neither) ?`));
  });

  it('because of a field that it does not know', () => {
    expect(problemOf(() => create({ userId: 'ada', usrId: CANARY, client_id: CANARY }))).toBe(
      'createAccessToken: usrId, client_id is no field of it',
    );
    expect(problemOf(() => tokens.createServiceToken({ clientId: 'x', email: CANARY } as never))).toBe(
      'createServiceToken: email is no field of it',
    );
  });

  it('because of everything at once', () => {
    const message = problemOf(() => create({ userId: '', permissions: [CANARY], expiresIn: 0, x: CANARY }));
    for (const field of ['userId', 'permissions.0', 'expiresIn', 'x is no field'])
      expect(message).toContain(field);
  });

  it.each([undefined, null, 5, 'ada', []])('because there is no input: %j', (input) => {
    expect(problemOf(() => create(input))).toMatch(/^createAccessToken: the input /);
  });

  it('that would live longer than the gate accepts', () => {
    const { tokens: strict } = makeUnits({ jwt: { maxAccessTokenTtl: '1d' } });
    expect(strict.createAccessToken({ userId: 'ada', expiresIn: '1d' })).toEqual(expect.any(String));
    expect(() => strict.createAccessToken({ userId: 'ada', expiresIn: 86_401 })).toThrow(
      new TypeError('createAccessToken: expiresIn is longer than jwt.maxAccessTokenTtl'),
    );
  });

  it('with a grant that the catalogue does not know', () => {
    const permissions = definePermissions({ session: ['read'] });
    const { tokens: strict } = makeUnits({ permissions });
    const make = (grant: string): string =>
      strict.createServiceToken({ clientId: 'x', permissions: [grant as 'session:read'] });
    for (const grant of ['session:read', 'session:*', '*']) expect(make(grant)).toEqual(expect.any(String));
    for (const grant of ['session:write', 'memory:read', 'memory:*', 'toString:*', 'session:toString']) {
      expect(() => make(grant)).toThrow(
        new TypeError('createServiceToken: permissions.0 is in no catalogue'),
      );
    }
  });

  it('larger than the gate accepts', async () => {
    const make = (length: number): string =>
      create({ userId: 'ada', metadata: { text: 'x'.repeat(length) } });
    // Three characters of text are four of base64url.
    const room = 8_192 - make(0).length;
    const fits = make(Math.floor((room * 3) / 4) - 3);
    expect(fits.length).toBeGreaterThan(8_180);
    expect((await tokens.verifyAccessToken(fits)).userId).toBe('ada');
    for (const tooLong of [Math.ceil((room * 3) / 4) + 3, 100_000]) {
      expect(() => make(tooLong)).toThrow(
        new RangeError('The token would be longer than 8192 bytes: carry less in it'),
      );
    }
  });

  it('without a private key', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const issuer = makeUnits({ jwt: { privateKey, algorithm: 'ES256' } });
    const verifier = makeUnits({ jwt: { publicKey, algorithm: 'ES256' } });
    const token = issuer.tokens.createAccessToken({ userId: 'ada' });
    expect((await verifier.tokens.verifyAccessToken(token)).userId).toBe('ada');
    expect(() => verifier.tokens.createAccessToken({ userId: 'ada' })).toThrow(
      new Error('jwt.privateKey is not set: this application verifies tokens and cannot make any'),
    );
    expect(() => verifier.tokens.createServiceToken({ clientId: 'x' })).toThrow('jwt.privateKey is not set');
  });

  it('and takes null for absent, as records of a database have it', () => {
    const token = create({ userId: 'ada', orgId: null, email: null, name: null, sessionId: null });
    expect(Object.keys(tokens.decode(token)!.claims).sort()).toEqual(
      ['aud', 'exp', 'iat', 'iss', 'jti', 'permissions', 'sub'].sort(),
    );
  });

  it('with metadata that is deep, and reads it back', async () => {
    let metadata: Record<string, unknown> = { end: true };
    for (let level = 0; level < 200; level += 1) metadata = { a: metadata };
    const identity = await tokens.verifyAccessToken(create({ userId: 'ada', metadata }));
    expect(identity.metadata).toEqual(metadata);
  });
});
