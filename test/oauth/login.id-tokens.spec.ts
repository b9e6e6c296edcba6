import { createHmac, hash } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt, decodeProtectedHeader, generateKeyPair, SignJWT } from 'jose';

import { closeAll } from '../support/platforms.js';
import { beginning, bootLogins, CLIENT_SECRET, DONE, type Logins } from './login.support.js';

type Json = Record<string, unknown>;
type Tamper = (answer: Json) => unknown;

/** Signed with the provider's own key, so that one claim alone is wrong. */
function signed(change: (claims: Json, accessToken: string) => Json, header: Json = {}): Tamper {
  return async (answer) => {
    const token = String(answer.id_token);
    const claims = change({ ...decodeJwt(token) }, String(answer.access_token));
    const protectedHeader = { ...decodeProtectedHeader(token), ...header } as { alg: string };
    return {
      ...answer,
      id_token: await new SignJWT(claims).setProtectedHeader(protectedHeader).sign(logins.work.key),
    };
  };
}

function unsigned(header: Json, signature: (input: string) => string): Tamper {
  return (answer) => {
    const [, claims] = String(answer.id_token).split('.');
    const input = `${Buffer.from(JSON.stringify(header)).toString('base64url')}.${claims}`;
    return { ...answer, id_token: `${input}.${signature(input)}` };
  };
}

/** OpenID Connect Core section 3.1.3.6. */
function leftHalf(accessToken: string): string {
  return hash('sha256', accessToken, 'buffer').subarray(0, 16).toString('base64url');
}

let logins: Logins;

/** ID tokens, each with one thing wrong. */
const WRONG: readonly (readonly [what: string, tamper: Tamper])[] = [
  ['for another client', signed((claims) => ({ ...claims, aud: 'another' }))],
  [
    'for several clients, without saying which',
    signed((claims) => ({ ...claims, aud: ['gatehouse', 'another'] })),
  ],
  ['that was issued to another client', signed((claims) => ({ ...claims, azp: 'another' }))],
  ['of another issuer', signed((claims) => ({ ...claims, iss: 'https://evil.example' }))],
  ['of the other provider', signed((claims) => ({ ...claims, iss: logins.other.issuer }))],
  ['of another login', signed((claims) => ({ ...claims, nonce: 'a'.repeat(43) }))],
  ['without a nonce', signed(({ nonce: _, ...claims }) => claims)],
  ['that has expired', signed((claims) => ({ ...claims, exp: Math.floor(Date.now() / 1_000) - 60 }))],
  ['that never expires', signed(({ exp: _, ...claims }) => claims)],
  ['without a subject', signed(({ sub: _, ...claims }) => claims)],
  ['with an empty subject', signed((claims) => ({ ...claims, sub: '' }))],
  [
    'with the hash of another access token',
    signed((claims) => ({ ...claims, at_hash: leftHalf('another') })),
  ],
  [
    'with the whole hash of the access token',
    signed((claims, token) => ({ ...claims, at_hash: hash('sha256', token, 'base64url') })),
  ],
  ['with an empty hash of the access token', signed((claims) => ({ ...claims, at_hash: '' }))],
  ['that is missing', ({ id_token: _, ...answer }) => answer],
  [
    'with its claims changed',
    (answer) => {
      const [header, claims, signature] = String(answer.id_token).split('.');
      const changed = { ...(JSON.parse(Buffer.from(claims!, 'base64url').toString()) as Json), sub: 'eve' };
      const middle = Buffer.from(JSON.stringify(changed)).toString('base64url');
      return { ...answer, id_token: [header, middle, signature].join('.') };
    },
  ],
  [
    'with the key of somebody else',
    async (answer) => {
      const { privateKey } = await generateKeyPair('RS256');
      const token = String(answer.id_token);
      const header = decodeProtectedHeader(token) as { alg: string };
      return {
        ...answer,
        id_token: await new SignJWT(decodeJwt(token)).setProtectedHeader(header).sign(privateKey),
      };
    },
  ],
  ['with no signature', unsigned({ alg: 'none' }, () => '')],
  ['with no signature, called None', unsigned({ alg: 'None', kid: 'one' }, () => '')],
  [
    'signed with the secret of the client',
    unsigned({ alg: 'HS256' }, (input) =>
      createHmac('sha256', CLIENT_SECRET).update(input).digest('base64url'),
    ),
  ],
  ['with a key that it brings along', signed((claims) => claims, { kid: 'another' })],
];

describe('ID tokens', () => {
  beforeAll(async () => {
    logins = await bootLogins('express');
    logins.work.people.set('ada', { email: 'ada@example.com', email_verified: true });
  });
  afterAll(async () => {
    await closeAll();
    await logins.close();
  });

  async function end(): Promise<string> {
    const url = await logins.logIn('ada');
    return url.searchParams.get('error') ?? (url.searchParams.has('code') ? 'code' : 'nothing');
  }

  it('are taken when they are signed anew without a change', async () => {
    logins.work.tamper = signed((claims) => claims);
    expect(await end()).toBe('code');
    logins.work.tamper = signed((claims, token) => ({
      ...claims,
      at_hash: leftHalf(token),
      azp: 'gatehouse',
    }));
    expect(await end()).toBe('code');
  });

  it.each(WRONG)('are refused %s', async (_what, tamper) => {
    logins.work.tamper = tamper;
    expect(await end()).toBe('login_failed');
    expect(logins.events.filter(({ type }) => type === 'session.opened')).toEqual([]);
  });

  it('and the rest of an answer make no session when they are nonsense', async () => {
    for (const nonsense of [null, [], 'text', {}, { access_token: 1 }, { error: 'access_denied' }]) {
      logins.work.tamper = () => nonsense;
      expect(['login_failed', '503']).toContain(await end());
    }
    logins.work.tamper = () => ({ padding: 'x'.repeat(2 ** 21) });
    const browser = logins.browser();
    const begin = beginning('work', DONE);
    const callback = await browser.atProvider(browser.next(await browser.go(begin), begin), 'ada');
    expect((await browser.go(callback)).status).toBe(503);
  });
});
