import { createHash, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';

import { describe, expect, it } from '@jest/globals';
import jsonwebtoken from 'jsonwebtoken';
import passport from 'passport';

import { forgeToken } from '../../../../test/support/forge.js';
import { SECRET } from '../../../../test/support/secret.js';
import { makeUnits, type Units } from '../../../../test/support/units.js';
import { runStrategy } from '../guard/run-strategy.js';
import type { JwtAlgorithm, JwtOptions } from '../options/auth-options.js';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey;
const ec = (namedCurve: string): KeyObject => generateKeyPairSync('ec', { namedCurve }).privateKey;
const KEYS: Record<JwtAlgorithm, JwtOptions> = {
  HS256: { secret: SECRET },
  HS384: { secret: SECRET },
  HS512: { secret: SECRET },
  RS256: { privateKey: rsa },
  RS384: { privateKey: rsa },
  RS512: { privateKey: rsa },
  PS256: { privateKey: rsa },
  PS384: { privateKey: rsa },
  PS512: { privateKey: rsa },
  ES256: { privateKey: ec('P-256') },
  ES384: { privateKey: ec('P-384') },
  ES512: { privateKey: ec('P-521') },
};
const ALGORITHMS = Object.keys(KEYS) as JwtAlgorithm[];

/** What the strategy says of a token, and what the service says: it has to be the same. */
async function outcomeOf({ jwtStrategy, tokens }: Units, token: string): Promise<string> {
  const code = (error: unknown): string => (error as { code: string }).code;
  const ofStrategy = await runStrategy(jwtStrategy, { scheme: 'jwt', value: token }).then(
    ({ userId }) => userId,
    code,
  );
  const ofService = await tokens.verifyAccessToken(token).then(({ userId }) => userId, code);
  expect(ofService).toBe(ofStrategy);
  return ofStrategy;
}

describe.each(ALGORITHMS)('an application of %s', (algorithm) => {
  const units = makeUnits({ jwt: { ...KEYS[algorithm], algorithm } });
  const token = units.tokens.createAccessToken({ userId: 'ada' });

  it('accepts what it signed', async () => {
    expect(units.tokens.decode(token)!.header.alg).toBe(algorithm);
    expect(await outcomeOf(units, token)).toBe('ada');
  });

  it('accepts no other algorithm, whatever key signed', async () => {
    const now = Math.floor(units.clock.now() / 1_000);
    const claims = { iss: 'gatehouse', aud: 'gatehouse', sub: 'ada', iat: now, exp: now + 60 };
    for (const other of ALGORITHMS) {
      const { secret, privateKey } = KEYS[other];
      const signed = jsonwebtoken.sign(claims, (secret ?? privateKey) as KeyObject, {
        algorithm: other,
        header: { alg: other, typ: 'at+jwt' },
      });
      expect([other, await outcomeOf(units, signed)]).toEqual([
        other,
        other === algorithm ? 'ada' : 'credentials_invalid',
      ]);
    }
  });

  it('accepts no algorithm that the token alone names', async () => {
    const [, claims, signature] = token.split('.') as [string, string, string];
    for (const alg of [
      ...ALGORITHMS,
      'none',
      'None',
      'NONE',
      'nOnE',
      'none\0',
      '',
      ' ',
      'HS1',
      'hs256',
      null,
      0,
      ['HS256'],
    ]) {
      if (alg === algorithm) continue;
      const header = Buffer.from(JSON.stringify({ alg, typ: 'at+jwt' })).toString('base64url');
      expect(await outcomeOf(units, `${header}.${claims}.${signature}`)).toBe('credentials_invalid');
      expect(await outcomeOf(units, `${header}.${claims}.`)).toBe('credentials_invalid');
    }
  });

  it('accepts no change of what was signed, nor of the signature', async () => {
    const [header, claims, signature] = token.split('.') as [string, string, string];
    const eve = Buffer.from(claims, 'base64url').toString().replace('"ada"', '"eve"');
    const other = makeUnits({ jwt: { ...KEYS[algorithm], algorithm } });
    const [, , ofAnother] = other.tokens.createAccessToken({ userId: 'ada' }).split('.') as [
      string,
      string,
      string,
    ];
    for (const forged of [
      `${header}.${Buffer.from(eve).toString('base64url')}.${signature}`,
      `${header}.${claims}.${ofAnother}`,
      `${header}.${claims}.${'A'.repeat(signature.length)}`,
      `${header}.${claims}.${signature.slice(0, -4)}`,
      `${header}.${claims}.AAAA`,
    ]) {
      expect(await outcomeOf(units, forged)).toBe('credentials_invalid');
    }
  });
});

describe('JwtStrategy', () => {
  it('takes no public key for a secret', async () => {
    const units = makeUnits({ jwt: { privateKey: rsa, algorithm: 'RS256' } });
    const publicKey = createPublicKey(rsa);
    const pem = publicKey.export({ type: 'spki', format: 'pem' });
    const der = publicKey.export({ type: 'spki', format: 'der' });
    const jwk = JSON.stringify(publicKey.export({ format: 'jwk' }));
    for (const secret of [pem, pem.toString().trim(), `\n${pem.toString()}`, der, jwk]) {
      for (const alg of ['HS256', 'RS256']) {
        expect(await outcomeOf(units, forgeToken({ header: { alg }, secret }))).toBe('credentials_invalid');
      }
    }
  });

  it("goes by the application's clock, not by the machine's", async () => {
    const units = makeUnits();
    units.clock.advance(-86_400);
    const past = units.tokens.createAccessToken({ userId: 'ada', expiresIn: 60 });
    expect(await outcomeOf(units, past)).toBe('ada');
    units.clock.advance(60);
    expect(await outcomeOf(units, past)).toBe('token_expired');
    units.clock.advance(2 * 86_400);
    const now = Math.floor(units.clock.now() / 1_000);
    expect(await outcomeOf(units, forgeToken({ now, claims: { nbf: now } }))).toBe('ada');
    expect(await outcomeOf(units, forgeToken({ now, claims: { nbf: now + 1 } }))).toBe('credentials_invalid');
  });

  it('refuses by form, type and key id before the signature costs anything', async () => {
    const { jwtStrategy } = makeUnits();
    const reasonOf = (value: string): Promise<unknown> =>
      runStrategy(jwtStrategy, { scheme: 'jwt', value }).catch((error: unknown) => error);
    const forged = { secret: 'another secret' };
    for (const [token, reason] of [
      ['a.b', 'the token is not three base64url segments'],
      [
        forgeToken({ ...forged, rawClaims: '{"sub":"a","sub":"b"}' }),
        'the claims are not a plain JSON object',
      ],
      [forgeToken({ ...forged, header: { typ: 'JWT' } }), 'the typ is not accepted'],
      [forgeToken({ ...forged, header: { kid: 'x' } }), 'the kid is unknown'],
      [forgeToken({ ...forged, header: { jwk: {} } }), 'the header has the member jwk'],
      [forgeToken(forged), 'refused by the strategy'],
    ] as const) {
      expect(await reasonOf(token)).toMatchObject({ code: 'credentials_invalid', reason });
    }
  });

  it.each(['null', '[]', '"text"', '5', 'true'])(
    'refuses a payload that was signed and is %s',
    async (rawClaims) => {
      const units = makeUnits();
      expect(await outcomeOf(units, forgeToken({ rawClaims }))).toBe('credentials_invalid');
    },
  );

  it('knows a token without jti by the SHA-256 of what was signed', async () => {
    const { tokens, clock } = makeUnits();
    const now = clock.now() / 1_000;
    const token = forgeToken({ now, claims: { jti: undefined } });
    const signed = token.slice(0, token.lastIndexOf('.'));
    const { credentialId } = await tokens.verifyAccessToken(token);
    expect(credentialId).toBe(createHash('sha256').update(signed).digest('base64url'));
    const other = forgeToken({ now, claims: { jti: null, sub: 'bob' } });
    expect((await tokens.verifyAccessToken(other)).credentialId).not.toBe(credentialId);
  });

  it('knows no time of issue where the token says none', async () => {
    const { tokens, clock } = makeUnits();
    const token = forgeToken({ now: clock.now() / 1_000, claims: { iat: undefined } });
    expect((await tokens.verifyAccessToken(token)).issuedAt).toBeUndefined();
  });

  it('is known to no registry of the process', () => {
    makeUnits();
    expect((passport as unknown as { _strategies: object })._strategies).not.toHaveProperty('jwt');
  });

  it('of one application refuses the tokens of another in the same process', async () => {
    const first = makeUnits();
    const second = makeUnits({ jwt: { secret: SECRET.split('').reverse().join('') } });
    for (const [own, foreign] of [
      [first, second],
      [second, first],
    ] as const) {
      expect(await outcomeOf(own, own.tokens.createAccessToken({ userId: 'ada' }))).toBe('ada');
      expect(await outcomeOf(own, foreign.tokens.createAccessToken({ userId: 'ada' }))).toBe(
        'credentials_invalid',
      );
    }
  });
});
