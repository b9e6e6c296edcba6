import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { ManualClock } from '../testing/manual-clock.js';
import { IssuerMetadata } from './issuer-metadata.js';
import { providerFetch } from './provider-fetch.js';

const ISSUER = 'https://login.example.com';

/** What an issuer that somebody has broken into might write, to reach what only this machine can. */
const INWARD = [
  'https://localhost/keys',
  'https://localhost./keys',
  'https://metadata.localhost/keys',
  'https://127.0.0.1/keys',
  'https://127.1/keys',
  'https://2130706433/keys',
  'https://0x7f.0.0.1/keys',
  'https://0.0.0.0/keys',
  'https://169.254.169.254/latest/meta-data',
  'https://[::1]/keys',
  'https://[::]/keys',
  'https://[::ffff:127.0.0.1]/keys',
  'https://[::127.0.0.1]/keys',
  'https://[64:ff9b::7f00:1]/keys',
  'https://[fe80::1]/keys',
];
const OUTWARD = [
  'https://keys.example.com/keys',
  'https://localhost.example.com/keys',
  'https://notlocalhost/keys',
  'https://8.8.8.8/keys',
  'https://[2001:db8::1]/keys',
];

describe('addresses in the metadata of an issuer that is elsewhere', () => {
  const { fetch } = globalThis;
  let asked: string[];
  let document: Record<string, unknown>;
  beforeEach(() => {
    asked = [];
    globalThis.fetch = async (address) => {
      asked.push(address instanceof Request ? address.url : address.toString());
      return Response.json(document);
    };
  });
  afterEach(() => void (globalThis.fetch = fetch));

  const addressOf = (jwksUri: string, issuer = ISSUER): Promise<string> => {
    document = { issuer, jwks_uri: jwksUri };
    return new IssuerMetadata(issuer, new ManualClock()).address('jwks_uri', AbortSignal.timeout(1_000));
  };

  it.each(INWARD)('are not asked when they lead inward: %s', async (address) => {
    await expect(addressOf(address)).rejects.toThrow('no jwks_uri that may be asked');
    asked = [];
    await expect(providerFetch(ISSUER)(address)).rejects.toThrow('an address that is not asked');
    expect(asked).toEqual([]);
  });

  it.each(OUTWARD)('are asked otherwise: %s', async (address) => {
    expect(await addressOf(address)).toBe(address);
    await providerFetch(ISSUER)(address);
    expect(asked).toContain(address);
  });

  it('may lead inward where the issuer is there itself', async () => {
    const [issuer, address] = ['http://127.0.0.1:1', 'http://localhost:1/keys'];
    expect(await addressOf(address, issuer)).toBe(address);
    await providerFetch(issuer)(address);
    expect(asked).toContain(address);
  });
});
