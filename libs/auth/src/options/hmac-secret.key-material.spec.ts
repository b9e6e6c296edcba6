import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';

import { describe, expect, it } from '@jest/globals';

import { judgeSecret } from './hmac-secret.js';

const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBdzCCAR2gAwIBAgIUTnZ0zE0v3mJ1bG3a6kzJgZ0mF0wwCgYIKoZIzj0EAwIw
-----END CERTIFICATE-----
`;

const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ed = generateKeyPairSync('ed25519');

const publicDer = (key: KeyObject, type: 'spki' | 'pkcs1'): Buffer => key.export({ type, format: 'der' });
const privateDer = (key: KeyObject, type: 'pkcs1' | 'pkcs8' | 'sec1'): Buffer =>
  key.export({ type: type as 'pkcs8', format: 'der' });
const jwk = (key: KeyObject): string => JSON.stringify(key.export({ format: 'jwk' }));

const PEMS: Readonly<Record<string, string>> = {
  'RSA public (SPKI)': rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  'RSA public (PKCS#1)': rsa.publicKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
  'RSA private (PKCS#8)': rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  'RSA private (PKCS#1)': rsa.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
  'RSA private, encrypted': rsa.privateKey
    .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })
    .toString(),
  'EC public': ec.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  'EC private (SEC 1)': ec.privateKey.export({ type: 'sec1', format: 'pem' }).toString(),
  'Ed25519 public': ed.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  certificate: CERTIFICATE,
};

const DERS: Readonly<Record<string, Buffer>> = {
  'RSA public (SPKI)': publicDer(rsa.publicKey, 'spki'),
  'RSA public (PKCS#1)': publicDer(rsa.publicKey, 'pkcs1'),
  'RSA private (PKCS#8)': privateDer(rsa.privateKey, 'pkcs8'),
  'RSA private (PKCS#1)': privateDer(rsa.privateKey, 'pkcs1'),
  'EC public': publicDer(ec.publicKey, 'spki'),
  'EC private (PKCS#8)': privateDer(ec.privateKey, 'pkcs8'),
  'EC private (SEC 1)': privateDer(ec.privateKey, 'sec1'),
  'Ed25519 public': publicDer(ed.publicKey, 'spki'),
};

const TEXTS: Readonly<Record<string, string>> = {
  'RSA JWK': jwk(rsa.publicKey),
  'EC JWK': jwk(ec.publicKey),
  'private EC JWK': jwk(ec.privateKey),
  'oct JWK': JSON.stringify({ kty: 'oct', k: 'hJtXIZ2uSN5kbQfbtTNWbpdmhkV8FJG_Onbc6mxCcYg' }),
  'JWK with line breaks': JSON.stringify(rsa.publicKey.export({ format: 'jwk' }), null, 2),
  'JWK with kty in the middle': JSON.stringify({
    kid: '1',
    use: 'sig',
    ...ec.publicKey.export({ format: 'jwk' }),
  }),
  'JWK with spaces':
    '{ "kty" : "RSA", "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1" }',
  'key set': JSON.stringify({ keys: [ec.publicKey.export({ format: 'jwk' })] }),
  'key set without keys': '{"keys":[]}                                     ',
  'ssh-rsa':
    'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQC7vbqajDw4o6gJy8UtmIbkcpnkO3Kwc4qsEnSZp/TR+fQi62F79RHWmwKOtFmwteURgLbj7D/WGuNLGOfa/2vse3G2eHnHl5CB8ruRX9fBl someone@example',
  'ssh-ed25519': 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl',
  'ecdsa-sha2': 'ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBO7',
  'OpenSSH private':
    '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAA\n-----END OPENSSH PRIVATE KEY-----',
};

function expectRefusal(secret: string | Uint8Array): void {
  const [first, ...others] = judgeSecret(secret, 32);
  expect(others).toEqual([]);
  expect(first).toEqual({
    problem: 'is a key of a key pair, or a key set, and not a secret',
    remedy: 'give it as jwt.privateKey or jwt.publicKey with its jwt.algorithm',
  });
}

/** The ways in which a text gets into a secret: by hand, by a shell, by a file with something before it. */
const DISGUISES: Readonly<Record<string, (text: string) => string | Uint8Array>> = {
  'as it is': (text) => text,
  trimmed: (text) => text.trim(),
  'after a line break': (text) => `\n${text}`,
  'after blanks': (text) => ` \t\r\n${text}`,
  'after a byte order mark': (text) => `\ufeff${text}`,
  'after other text': (text) => `Bag Attributes\n    friendlyName: x\n${text}`,
  'without line breaks': (text) => text.replaceAll('\n', ''),
  'with \\n as two characters': (text) => text.replaceAll('\n', String.raw`\n`),
  'with CRLF': (text) => text.replaceAll('\n', '\r\n'),
  quoted: (text) => `"${text}"`,
  'as bytes': (text) => Buffer.from(text),
  'as a Uint8Array': (text) => new Uint8Array(Buffer.from(text)),
  'in base64': (text) => Buffer.from(text).toString('base64'),
  'in base64url': (text) => Buffer.from(text).toString('base64url'),
  'in base64 with line breaks': (text) =>
    Buffer.from(text)
      .toString('base64')
      .replaceAll(/(.{64})/g, '$1\n'),
};

describe('judgeSecret refuses what belongs to a key pair (RFC 8725 section 2.1)', () => {
  describe.each(Object.entries({ ...PEMS, ...TEXTS }))('%s', (_name, text) => {
    it.each(Object.entries(DISGUISES))('%s', (_disguise, disguise) => {
      expectRefusal(disguise(text));
    });
  });

  describe.each(Object.entries(DERS))('DER of %s', (_name, der) => {
    it('as bytes', () => {
      expectRefusal(der);
      expectRefusal(new Uint8Array(der));
    });

    it.each(['base64', 'base64url'] as const)('in %s', (encoding) => {
      const text = der.toString(encoding);
      expectRefusal(text);
      expectRefusal(` ${text}\n`);
      expectRefusal(text.replaceAll(/(.{64})/g, '$1\n'));
    });
  });

  it('takes bytes that begin as DER does and are none', () => {
    const key = publicDer(createPublicKey(ec.privateKey), 'spki');
    const broken = Buffer.concat([Buffer.from([0x30, 0x80]), key.subarray(20)]);
    expect(judgeSecret(broken, 32)).toEqual([]);
  });
});
