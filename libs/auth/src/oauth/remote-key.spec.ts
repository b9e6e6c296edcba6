import { beforeAll, describe, expect, it } from '@jest/globals';

import { issuerKey, type IssuerKey } from '../../../../test/support/external-issuer.js';
import { EXTERNAL_ALGORITHMS } from '../options/oauth-options.schema.js';
import type { ExternalAlgorithm } from '../options/oauth-options.js';
import { readKeySet, type RemoteKey } from './remote-key.js';

const read = (keys: unknown, allowed = EXTERNAL_ALGORITHMS): readonly RemoteKey[] =>
  readKeySet({ keys }, allowed).keys;
const algorithmsOf = (jwk: object, allowed?: readonly ExternalAlgorithm[]): readonly string[] =>
  read([jwk], allowed).flatMap(({ algorithms }) => algorithms);

describe('a key set', () => {
  let rsa: IssuerKey;
  let ec: IssuerKey;
  let ed: IssuerKey;

  beforeAll(async () => {
    [rsa, ec, ed] = await Promise.all([
      issuerKey('RS256', 'rsa'),
      issuerKey('ES256', 'ec'),
      issuerKey('EdDSA', 'ed'),
    ]);
  });

  it('has keys, each for the algorithm that it names', () => {
    const keys = read([rsa.jwk, ec.jwk, ed.jwk]);
    expect(keys.map(({ keyId, algorithms }) => [keyId, algorithms])).toEqual([
      ['rsa', ['RS256']],
      ['ec', ['ES256']],
      ['ed', ['EdDSA']],
    ]);
  });

  it('holds a key without an algorithm to those that are allowed and that it fits', () => {
    const { alg: _alg, ...untold } = rsa.jwk;
    expect(algorithmsOf(untold)).toEqual(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512']);
    expect(algorithmsOf(untold, ['PS256', 'ES256'])).toEqual(['PS256']);
    expect(algorithmsOf({ ...ec.jwk, alg: undefined })).toEqual(['ES256']);
  });

  it('keeps nothing of a key but what makes it', () => {
    const [key] = read([{ ...ec.jwk, x5c: ['a'.repeat(1_000)], name: 'n' }]);
    expect(Object.keys(key!.material).toSorted()).toEqual(['crv', 'kty', 'x', 'y']);
  });

  it.each<[string, () => object]>([
    ['symmetric', () => ({ kty: 'oct', k: 'c2VjcmV0'.repeat(8), alg: 'HS256', kid: 'a' })],
    ['private', () => ec.privateJwk],
    ['private and of another algorithm', () => ({ ...rsa.privateJwk, alg: 'PS256' })],
    ['a public key with a secret', () => ({ ...ec.jwk, k: 'c2VjcmV0' })],
    ['for encryption', () => ({ ...ec.jwk, use: 'enc' })],
    ['for other operations', () => ({ ...ec.jwk, use: undefined, key_ops: ['encrypt'] })],
    ['labelled with the algorithm of another kind', () => ({ ...ec.jwk, alg: 'RS256' })],
    ['labelled with another curve', () => ({ ...ec.jwk, alg: 'ES384' })],
    ['labelled with none', () => ({ ...ec.jwk, alg: 'none' })],
    ['labelled with HS256', () => ({ ...rsa.jwk, alg: 'HS256' })],
    ['on an unknown curve', () => ({ ...ec.jwk, crv: 'secp256k1', alg: undefined })],
    ['of an unknown kind', () => ({ ...ec.jwk, kty: 'AKP' })],
    ['with a kid that is no text', () => ({ ...ec.jwk, kid: 5 })],
    ['without a coordinate', () => ({ ...ec.jwk, y: undefined })],
    ['with a number in the place of text', () => ({ ...ec.jwk, x: 5 })],
    ['RSA of 1024 bits', () => ({ ...rsa.jwk, n: Buffer.alloc(128, 255).toString('base64url') })],
    ['RSA of 2047 bits', () => ({ ...rsa.jwk, n: Buffer.alloc(256, 127).toString('base64url') })],
    ['RSA of 16384 bits', () => ({ ...rsa.jwk, n: Buffer.alloc(2_048, 255).toString('base64url') })],
    ['RSA with nothing in it', () => ({ ...rsa.jwk, n: '' })],
    ['RSA with the exponent 1', () => ({ ...rsa.jwk, e: 'AQ' })],
    ['RSA with a large exponent', () => ({ ...rsa.jwk, e: rsa.jwk.n })],
  ])('leaves out a key that is %s, and keeps the others', (_what, make) => {
    expect(read([make(), ed.jwk]).map(({ keyId }) => keyId)).toEqual(['ed']);
  });

  it('leaves out an algorithm that is not allowed', () => {
    expect(algorithmsOf(ec.jwk, ['RS256'])).toEqual([]);
  });

  it('leaves out all keys of a kid that stands there twice', () => {
    expect(
      read([{ ...ec.jwk, kid: 'a' }, { ...rsa.jwk, kid: 'a' }, ed.jwk]).map(({ keyId }) => keyId),
    ).toEqual(['ed']);
    expect(read([ec.jwk, { ...ec.privateJwk, kid: 'ec' }])).toEqual([]);
  });

  it('says which keys everybody can sign with, whatever their kid, and does not use them', () => {
    const { keys, leaked } = readKeySet(
      { keys: [{ ...ec.privateJwk, kid: 'other' }, ec.jwk, ed.jwk] },
      EXTERNAL_ALGORITHMS,
    );
    expect(keys.map(({ keyId }) => keyId)).toEqual(['ed']);
    expect(leaked).toHaveLength(1);
    expect(read([ec.jwk])[0]!.isSameAs(leaked[0]!)).toBe(true);
    expect(read([ed.jwk])[0]!.isSameAs(leaked[0]!)).toBe(false);
  });

  it('keeps a hundred keys of 10,000', () => {
    const many = Array.from({ length: 10_000 }, (_, i) => ({ ...ed.jwk, kid: `k${i}` }));
    expect(read(many)).toHaveLength(100);
  });

  it.each([undefined, null, {}, 'keys'])('is none with keys of %j', (keys) => {
    expect(() => read(keys)).toThrow('no key set');
  });
});
