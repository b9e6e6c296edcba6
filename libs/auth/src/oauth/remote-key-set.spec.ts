import { afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';

import { BAD_KEY_SETS } from '../../../../test/faults/support/bad-key-sets.mjs';
import {
  issuerKey,
  sendJson,
  startIssuer,
  type ExternalIssuer,
  type IssuerKey,
} from '../../../../test/support/external-issuer.js';
import { SECRET } from '../../../../test/support/secret.js';
import type { AuthError } from '../errors.js';
import { resolveOptions } from '../options/resolve-options.js';
import { ManualClock } from '../testing/manual-clock.js';
import { IssuerMetadata } from './issuer-metadata.js';
import { RemoteKeySet } from './remote-key-set.js';

const MINUTE = 60;

describe('the keys of an issuer', () => {
  let key: IssuerKey;
  let next: IssuerKey;
  let strangers: IssuerKey;
  let server: ExternalIssuer;
  let clock: ManualClock;
  let set: RemoteKeySet;

  beforeAll(async () => {
    Logger.overrideLogger(false);
    [key, next, strangers] = await Promise.all(
      ['one', 'two', 'three'].map((kid) => issuerKey('ES256', kid)) as [
        Promise<IssuerKey>,
        Promise<IssuerKey>,
        Promise<IssuerKey>,
      ],
    );
  });
  beforeEach(async () => {
    server = await startIssuer('', [key.jwk]);
    server.handlers.set('/good', (_request, response) => sendJson(response, { keys: [key.jwk] }));
    clock = new ManualClock();
    set = makeSet();
  });
  afterEach(() => server.close());

  function makeSet(written: object = {}): RemoteKeySet {
    const { trustedIssuers } = resolveOptions({
      jwt: { secret: SECRET },
      trustedIssuers: [{ issuer: server.issuer, audience: 'api', ...written }],
    });
    const [issuer] = trustedIssuers;
    return new RemoteKeySet(issuer!, new IssuerMetadata(issuer!.issuer, clock), clock);
  }

  /** The `kid` that was found, or the code of the refusal. */
  async function find(keyId: string | undefined = 'one', one = set): Promise<string | undefined> {
    try {
      return (await one.find(keyId, 'ES256')).keyId;
    } catch (error) {
      return (error as AuthError).code;
    }
  }

  function serve(name: string): void {
    server.handlers.set('/jwks', (request, response) =>
      BAD_KEY_SETS[name]!(request, response, { jwk: key.jwk, strangers }),
    );
  }

  /** When what runs behind the scenes has run. */
  async function settled(fetches: number): Promise<void> {
    while (server.fetches() < fetches) await new Promise((resolve) => setTimeout(resolve, 5));
    await find('nobody');
  }

  it('are found where its metadata says, or the options', async () => {
    expect(await find()).toBe('one');
    expect(server.requests).toEqual(['/.well-known/openid-configuration', '/jwks']);
    const other = makeSet({ jwksUri: `${server.issuer}/good` });
    expect(await find('one', other)).toBe('one');
    expect(server.requests.at(-1)).toBe('/good');
  });

  it('are found by RFC 8414 where there is no OpenID Connect, also behind a path', async () => {
    const realm = await startIssuer('/a', [key.jwk]);
    realm.handlers.set('/a/.well-known/openid-configuration', (_request, response) => response.end('<p>'));
    realm.handlers.set('/.well-known/oauth-authorization-server/a', (_request, response) =>
      sendJson(response, realm.metadata),
    );
    expect(await find('one', makeSet({ issuer: realm.issuer }))).toBe('one');
    await realm.close();
  });

  it.each<[string, () => object]>([
    ['another issuer', () => ({ issuer: `${server.issuer}/`, jwks_uri: `${server.issuer}/jwks` })],
    ['no issuer', () => ({ jwks_uri: `${server.issuer}/jwks` })],
    ['no address of keys', () => ({ issuer: server.issuer })],
    [
      'an address of keys without https',
      () => ({ issuer: server.issuer, jwks_uri: 'http://192.0.2.1/jwks' }),
    ],
    ['a file', () => ({ issuer: server.issuer, jwks_uri: 'file:///etc/passwd' })],
    ['an address of another kind', () => ({ issuer: server.issuer, jwks_uri: 5 })],
  ])('are not looked for when the metadata has %s', async (_what, metadata) => {
    const fetched = jest.spyOn(globalThis, 'fetch');
    server.metadata = metadata() as never;
    expect(await find()).toBe('auth_unavailable');
    expect(server.fetches()).toBe(0);
    const addresses = fetched.mock.calls.map(([address]) => address as string);
    fetched.mockRestore();
    expect(addresses).toEqual([`${server.issuer}/.well-known/openid-configuration`]);
  });

  it('are fetched once, by 1,000 at once', async () => {
    const found = await Promise.all(Array.from({ length: 1_000 }, () => find()));
    expect(new Set(found)).toEqual(new Set(['one']));
    expect(server.requests).toHaveLength(2);
  });

  it('cost one fetch more for 300 that do not exist', async () => {
    await find();
    const found = await Promise.all(Array.from({ length: 300 }, (_, i) => find(`k${i}`)));
    expect(new Set(found)).toEqual(new Set(['credentials_invalid']));
    for (let i = 0; i < 10; i++) expect(await find(`m${i}`)).toBe('credentials_invalid');
    expect(server.fetches()).toBe(2);
    clock.advance(29);
    await find('x');
    expect(server.fetches()).toBe(2);
    clock.advance(1);
    await find('x');
    expect(server.fetches()).toBe(3);
  });

  it('cost one fetch in all for 300 that do not exist, when nothing was known', async () => {
    const found = await Promise.all(Array.from({ length: 300 }, (_, i) => find(`k${i}`)));
    expect(new Set(found)).toEqual(new Set(['credentials_invalid']));
    expect(server.fetches()).toBe(1);
  });

  it('change with one fetch: the new one and the old one are found, by everybody', async () => {
    await find();
    server.keys = [key.jwk, next.jwk];
    const found = await Promise.all(Array.from({ length: 100 }, (_, i) => find(i % 2 === 0 ? 'two' : 'one')));
    expect(new Set(found)).toEqual(new Set(['two', 'one']));
    expect(server.fetches()).toBe(2);
  });

  it('are fetched again behind the scenes before they are old', async () => {
    await find();
    clock.advance(5 * MINUTE - 1);
    await find();
    expect(server.fetches()).toBe(1);
    clock.advance(1);
    expect(await find()).toBe('one');
    await settled(2);
    clock.advance(4 * MINUTE);
    await find();
    expect(server.fetches()).toBeLessThanOrEqual(3);
  });

  it('are refused 10 minutes after they were withdrawn, at the latest', async () => {
    await find();
    server.keys = [next.jwk];
    clock.advance(10 * MINUTE);
    expect(await find()).toBe('credentials_invalid');
    expect(await find('two')).toBe('two');
    expect(server.fetches()).toBe(2);
  });

  it('say until when an answer may be remembered', async () => {
    await find();
    expect(set.goodUntil).toBe(clock.now() + 600_000);
    clock.advance(599);
    expect(set.goodUntil).toBe(clock.now() + 30_000);
  });

  it('without a kid are the only one that fits', async () => {
    const untold = { ...key.jwk, kid: undefined };
    server.keys = [untold, (await issuerKey('EdDSA', 'ed')).jwk];
    expect((await set.find(undefined, 'ES256')).keyId).toBeUndefined();
    server.keys = [key.jwk, next.jwk];
    await expect(makeSet().find(undefined, 'ES256')).rejects.toMatchObject({ code: 'credentials_invalid' });
  });

  it('of another algorithm are not found', async () => {
    await expect(set.find('one', 'ES384')).rejects.toMatchObject({ code: 'credentials_invalid' });
    await expect(set.find('one', 'RS256')).rejects.toMatchObject({ code: 'credentials_invalid' });
  });

  it('that everybody can sign with are used no longer, even if nothing else is there', async () => {
    await find();
    server.keys = [{ ...key.privateJwk, kid: 'another' }];
    clock.advance(10 * MINUTE);
    expect(await find()).toBe('auth_unavailable');
  });

  it('are asked for again when the clock was set back', async () => {
    await find();
    server.keys = [next.jwk];
    clock.advance(-3_600);
    expect(await find('one')).toBe('credentials_invalid');
  });

  it('are asked for once in 30 seconds while their issuer hangs, and whoever comes then is told when to come back', async () => {
    serve('hanging');
    const refusals = await Promise.all(
      Array.from({ length: 50 }, () =>
        set.find('one', 'ES256').catch((error: unknown) => error as AuthError),
      ),
    );
    expect(new Set(refusals.map((error) => (error as AuthError).retryAfter))).toEqual(new Set([30]));
    clock.advance(29);
    await expect(set.find('one', 'ES256')).rejects.toMatchObject({ code: 'auth_unavailable', retryAfter: 1 });
    expect(server.fetches()).toBe(1);
    server.handlers.clear();
    clock.advance(1);
    expect(await find()).toBe('one');
  });

  it('that are unknown are an outage while their issuer is down, and known ones are not', async () => {
    await find();
    serve('down');
    expect(await find('two')).toBe('auth_unavailable');
    expect(await find('two')).toBe('auth_unavailable');
    expect(await find()).toBe('one');
    expect(server.fetches()).toBe(2);
  });

  it('are looked for anew when they have moved', async () => {
    await find();
    server.metadata = { ...server.metadata, jwks_uri: `${server.issuer}/good` };
    serve('not found');
    clock.advance(10 * MINUTE);
    await find();
    clock.advance(30);
    await find();
    while (!server.requests.includes('/good')) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await find()).toBe('one');
  });

  it.each(Object.keys(BAD_KEY_SETS))(
    '%s: nothing is accepted, and what is known is good for an hour',
    async (name) => {
      serve(name);
      expect(await find()).toBe('auth_unavailable');
      server.handlers.delete('/jwks');
      clock.advance(30);
      expect(await find()).toBe('one');
      serve(name);
      clock.advance(10 * MINUTE);
      expect(await find()).toBe('one');
      clock.advance(50 * MINUTE - 1);
      expect(await find()).toBe('one');
      clock.advance(1);
      expect(await find()).toBe('auth_unavailable');
      server.handlers.delete('/jwks');
      clock.advance(30);
      expect(await find()).toBe('one');
      expect(server.requests).not.toContain('/good');
    },
  );
});
