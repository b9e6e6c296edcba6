import { generateKeyPairSync, sign } from 'node:crypto';

import { INVALID } from './answers.js';
import { attacksOf, bearer, type AttackGroup } from './attack.js';
import { claims, compact, ecdsa, fixed, HEADER, hmac, rsa, rsaPss, type Signer } from './forge.js';

const NONE = ['none', 'None', 'NONE', 'nOnE', ' none', 'none ', 'none\u0000', '\u0000none', 'none\n', ''];

/** Names of algorithms that this server does not use, some of them no names at all. */
const NAMES = [
  'HS384',
  'HS512',
  'hs256',
  'Hs256',
  ' HS256',
  'HS256 ',
  'HS256\u0000',
  'HS256\n',
  'HS256,none',
  'HS1',
  'HS224',
  'HS256/64',
  'HMACSHA256',
  'SHA256',
  'MD5',
  'RS256',
  'PS256',
  'ES256',
  'ES256K',
  'EdDSA',
  'Ed25519',
  'ML-DSA-44',
  'dir',
  'A128KW',
  'A256GCM',
  'RSA-OAEP',
  'RSA1_5',
  'ECDH-ES',
  'PBES2-HS256+A128KW',
  '__proto__',
  'constructor',
  'toString',
  'ＨＳ256',
  '../../HS256',
];

const NOT_TEXT: Readonly<Record<string, unknown>> = {
  missing: undefined,
  null: null,
  zero: 0,
  number: 256,
  true: true,
  false: false,
  list: ['HS256'],
  'list with none': ['HS256', 'none'],
  object: { HS256: true },
  'object that tells its text': { toString: 'HS256' },
};

/** A1, A2: unsigned tokens, and tokens whose header names another algorithm over a signature that would be right. */
export const algorithms: AttackGroup = {
  rows: ['A1', 'A2'],
  name: 'algorithms',
  server: 'demo',
  attacks: ({ secret }) => {
    const signatures: Readonly<Record<string, Signer>> = {
      'no signature': fixed(Buffer.alloc(0)),
      'a dummy signature': fixed(Buffer.from('signature')),
      'the right signature': hmac(secret),
    };
    const forge = (alg: unknown, signer: Signer): string =>
      bearer(compact({ ...HEADER, alg }, claims(), signer));
    const unsigned = NONE.flatMap((alg) =>
      Object.entries(signatures).map(([name, signer]) => [
        `${JSON.stringify(alg)}, ${name}`,
        forge(alg, signer),
      ]),
    );
    const named = NAMES.map((alg) => [`${JSON.stringify(alg)} over HMAC SHA-256`, forge(alg, hmac(secret))]);
    const odd = Object.entries(NOT_TEXT).map(([name, alg]) => [`alg ${name}`, forge(alg, hmac(secret))]);
    return attacksOf(INVALID, Object.fromEntries([...unsigned, ...named, ...odd]) as Record<string, string>);
  },
};

/** A2: every algorithm as it should be, with the secret or with a key of the attacker's own. */
export const ownKeys: AttackGroup = {
  rows: ['A2'],
  name: 'algorithms, really used',
  server: 'demo',
  attacks: ({ secret }) => {
    const rsaKey = generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey;
    const ecKey = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve }).privateKey;
    const edKey = generateKeyPairSync('ed25519').privateKey;
    const signers: Readonly<Record<string, Signer>> = {
      HS384: hmac(secret, 'sha384'),
      HS512: hmac(secret, 'sha512'),
      HS1: hmac(secret, 'sha1'),
      RS256: rsa(rsaKey),
      RS384: rsa(rsaKey, 'sha384'),
      RS512: rsa(rsaKey, 'sha512'),
      PS256: rsaPss(rsaKey),
      ES256: ecdsa(ecKey('P-256')),
      ES384: ecdsa(ecKey('P-384'), 'sha384'),
      ES512: ecdsa(ecKey('P-521'), 'sha512'),
      ES256K: ecdsa(ecKey('secp256k1')),
      EdDSA: (input) => sign(null, Buffer.from(input), edKey),
    };
    const forged = Object.entries(signers).flatMap(([alg, signer]) => [
      [alg, bearer(compact({ ...HEADER, alg }, claims(), signer))],
      [`${alg}, called HS256`, bearer(compact(HEADER, claims(), signer))],
    ]);
    return attacksOf(INVALID, Object.fromEntries(forged) as Record<string, string>);
  },
};
