import { generateKeyPairSync } from 'node:crypto';

import { INVALID } from './answers.js';
import { attacksOf, bearer, type AttackGroup, type Target } from './attack.js';
import { claims, compact, ecdsa, fixed, hmac, rsa, rsaPss, type Signer } from './forge.js';
import { forgedPaddings, forgedSalts } from './forged-paddings.js';
import { KEY_ID } from './targets.js';

const header = (alg: string, more: object = {}): object => ({ alg, typ: 'at+jwt', kid: KEY_ID, ...more });

/** A3: the public key, which everybody knows, in every form in which it could have become the secret of an HMAC. */
function publicForms({ pair: { publicKey, jwk } }: Target): Record<string, string | Buffer> {
  const pem = publicKey.export({ format: 'pem', type: 'spki' }) as string;
  const der = publicKey.export({ format: 'der', type: 'spki' });
  const lines = pem.trim().split('\n');
  const bare = lines.slice(1, -1).join('');
  const coordinates = [jwk.n, jwk.x, jwk.y].filter((one) => one !== undefined);
  const isRsa = publicKey.asymmetricKeyType === 'rsa';
  return {
    PEM: pem,
    'PEM, trimmed': pem.trim(),
    'PEM after a line break': `\n${pem}`,
    'PEM after a blank': ` ${pem}`,
    'PEM and one more line break': `${pem}\n`,
    'PEM with CR LF': pem.replaceAll('\n', '\r\n'),
    'PEM without line breaks': lines.join(''),
    'PEM with written line breaks': pem.replaceAll('\n', '\\n'),
    'PEM without its frame': bare,
    'PEM in base64': Buffer.from(pem).toString('base64'),
    DER: der,
    'DER in hexadecimal': der.toString('hex'),
    ...(isRsa && {
      'PKCS#1 PEM': publicKey.export({ format: 'pem', type: 'pkcs1' }) as string,
      'PKCS#1 DER': publicKey.export({ format: 'der', type: 'pkcs1' }),
    }),
    JWK: JSON.stringify(jwk),
    'JWK, sorted': JSON.stringify(jwk, Object.keys(jwk).sort()),
    'JWK, indented': JSON.stringify(jwk, null, 2),
    'a set of the JWK': JSON.stringify({ keys: [jwk] }),
    ...Object.fromEntries(coordinates.map((one, i) => [`number ${i} of the JWK, as text`, one!])),
    ...Object.fromEntries(
      coordinates.map((one, i) => [`number ${i} of the JWK`, Buffer.from(one!, 'base64url')]),
    ),
    'the kid': KEY_ID,
    nothing: '',
  };
}

function confusion(server: 'RS256' | 'PS256' | 'ES256'): AttackGroup {
  return {
    rows: ['A3'],
    name: `key confusion on ${server}`,
    server,
    attacks: (target) => {
      const requests: Record<string, string> = {};
      for (const [name, key] of Object.entries(publicForms(target))) {
        requests[`HS256 with ${name}`] = bearer(compact(header('HS256'), claims(), hmac(key)));
      }
      const pem = publicForms(target).PEM!;
      requests['HS384 with PEM'] = bearer(compact(header('HS384'), claims(), hmac(pem, 'sha384')));
      requests['HS512 with PEM'] = bearer(compact(header('HS512'), claims(), hmac(pem, 'sha512')));
      requests[`an HMAC called ${server}`] = bearer(compact(header(server), claims(), hmac(pem)));
      requests['unsigned'] = bearer(compact(header('none'), claims(), fixed(Buffer.alloc(0))));
      requests['unsigned with a signature'] = bearer(
        compact(header('none'), claims(), fixed(Buffer.alloc(64, 1))),
      );
      return attacksOf(INVALID, requests);
    },
  };
}

/** A2, A8: signatures by the right kind of key, but not by the key, or not in the form, that this server knows. */
function signed(server: 'RS256' | 'PS256' | 'ES256'): AttackGroup {
  return {
    rows: ['A2', 'A8'],
    name: `keys on ${server}`,
    server,
    attacks: ({ pair: { privateKey }, canaryUrl }) => {
      const isRsa = server !== 'ES256';
      const own = isRsa
        ? generateKeyPairSync('rsa', { modulusLength: 2_048 })
        : generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const signerOf = { RS256: rsa, PS256: rsaPss, ES256: ecdsa }[server];
      const jwk = own.publicKey.export({ format: 'jwk' });
      const forge = (head: object, signer: Signer): string => bearer(compact(head, claims(), signer));
      const byOwnKey = (more: object): string => forge(header(server, more), signerOf(own.privateKey));
      const byKey = signerOf(privateKey);
      const forgeEach = (signers: Readonly<Record<string, Signer>>): Record<string, string> =>
        Object.fromEntries(
          Object.entries(signers).map(([name, signer]) => [name, forge(header(server), signer)]),
        );
      const others: Record<string, Signer> = isRsa
        ? {
            RS256: rsa(privateKey),
            RS384: rsa(privateKey, 'sha384'),
            RS512: rsa(privateKey, 'sha512'),
            PS256: rsaPss(privateKey),
            PS384: rsaPss(privateKey, 'sha384'),
            PS512: rsaPss(privateKey, 'sha512'),
          }
        : { ES384: ecdsa(privateKey, 'sha384'), ES512: ecdsa(privateKey, 'sha512') };
      delete others[server];
      return attacksOf(INVALID, {
        'another key': byOwnKey({}),
        // CVE-2018-0114
        'another key, brought along as jwk': byOwnKey({ jwk: { ...jwk, kid: KEY_ID } }),
        'another key, brought along as x5c': byOwnKey({
          x5c: [own.publicKey.export({ format: 'der', type: 'spki' }).toString('base64')],
        }),
        'another key, to be fetched from jku': byOwnKey({ jku: canaryUrl }),
        'another key, to be fetched from x5u': byOwnKey({ x5u: canaryUrl }),
        'another key, called by another kid': byOwnKey({ kid: 'key-2027' }),
        'the right key and a kid of no key': forge(header(server, { kid: 'key-2027' }), byKey),
        'the right key and a kid in upper case': forge(header(server, { kid: KEY_ID.toUpperCase() }), byKey),
        'the right key and a list of kids': forge(header(server, { kid: [KEY_ID] }), byKey),
        'the right key and an empty kid': forge(header(server, { kid: '' }), byKey),
        'the right key and a null kid': forge(header(server, { kid: null }), byKey),
        'the right key and a jku': forge(header(server, { jku: canaryUrl }), byKey),
        ...Object.fromEntries(
          Object.entries(others).flatMap(([alg, signer]) => [
            [`the right key with ${alg}`, forge(header(alg), signer)],
            [`the right key with ${alg}, called ${server}`, forge(header(server), signer)],
          ]),
        ),
        // CVE-2022-21449
        'all zeros': forge(header(server), fixed(Buffer.alloc(isRsa ? 256 : 64))),
        'all ones': forge(header(server), fixed(Buffer.alloc(isRsa ? 256 : 64, 0xff))),
        'r = s = 1': forge(
          header(server),
          fixed(Buffer.concat([one(isRsa ? 128 : 32), one(isRsa ? 128 : 32)])),
        ),
        'cut short': forge(header(server), (input) => byKey(input).subarray(0, -1)),
        'with a zero byte after it': forge(header(server), (input) =>
          Buffer.concat([byKey(input), Buffer.alloc(1)]),
        ),
        'with a zero byte before it': forge(header(server), (input) =>
          Buffer.concat([Buffer.alloc(1), byKey(input)]),
        ),
        ...(server === 'RS256' && forgeEach(forgedPaddings(privateKey))),
        ...(server === 'PS256' && forgeEach(forgedSalts(privateKey))),
        ...(!isRsa && {
          'in DER': forge(header(server), ecdsa(privateKey, 'sha256', 'der')),
          'r = s = the order of the curve': forge(
            header(server),
            fixed(
              Buffer.from(
                'ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551'.repeat(2),
                'hex',
              ),
            ),
          ),
          'each number filled up to 33 bytes': forge(header(server), (input) => {
            const bytes = byKey(input);
            const zero = Buffer.alloc(1);
            return Buffer.concat([zero, bytes.subarray(0, 32), zero, bytes.subarray(32)]);
          }),
        }),
      });
    },
  };
}

function one(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  bytes[length - 1] = 1;
  return bytes;
}

const PUBLIC_KEY_SERVERS = ['RS256', 'PS256', 'ES256'] as const;

export const keyConfusion: readonly AttackGroup[] = PUBLIC_KEY_SERVERS.map(confusion);
export const foreignKeys: readonly AttackGroup[] = PUBLIC_KEY_SERVERS.map(signed);
