import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';

/** What is wrong with a secret, and what to do. */
export interface SecretProblem {
  readonly problem: string;
  readonly remedy: string;
}

const MAKE_ONE = 'make one with: openssl rand -base64 64';

/** Secrets that everybody knows, in lower case: defaults, and the examples of tutorials, libraries and RFCs. */
const WELL_KNOWN = new Set([
  'secret',
  'secretkey',
  'secret-key',
  'mysecret',
  'my-secret',
  'supersecret',
  'super-secret',
  'jwt-secret',
  'jwtsecret',
  'jwt_secret',
  'shhhhh',
  'password',
  'default',
  'test',
  'hmackey',
  'qwertyuiopasdfghjklzxcvbnm123456',
  // jwt.io
  'a-string-secret-at-least-256-bits-long',
  'a-valid-string-secret-that-is-at-least-384-bits-long',
  'a-valid-string-secret-that-is-at-least-512-bits-long-which-is-very-long',
  // FastAPI's tutorial
  '09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7',
  // RFC 7515 appendix A.1, RFC 7520 section 3.5
  'aym1sysppbydfgzld3umj1qzkobwvmkoqq-estjqlr_t-1qs0gzh75aktmn3yj0ips4hcguutwjazzr1z9caow',
  'hjtxiz2usn5kbqfbttnwbpdmhkv8fjg-onbc6mxccyg',
  // Wycheproof
  '-ebudnsvz2ijtoz-akfxtsct4uo2crulcsbwlbingge',
  '-xbudnsvz2ijtoz-akfxtsct4uo2crulcsbwlbingge',
]);

const PLACEHOLDER =
  /change[-_ ]?(?:me|this|it|in)|replace[-_ ]?(?:me|this|with)|place[-_ ]?holder|do[-_ ]not[-_ ]use|your[-_ ](?:\w+[-_ ])*(?:secret|key)|(?:secret|key)[-_ ]?goes[-_ ]here/i;

/** What a missing value looks like after it was made into text. */
const MISSING = new Set(['undefined', 'null', 'nan', 'none', 'false', '[object object]']);

/**
 * Judges a secret for HMAC signatures. RFC 7518 section 3.2: at least as long as the hash; RFC 8725 section 3.5: not
 * something that a person made up.
 *
 * @param minimum bytes.
 * @returns every problem that it has, in words that hold no part of it; empty when it is good.
 */
export function judgeSecret(secret: string | Uint8Array, minimum: number): readonly SecretProblem[] {
  const bytes = Buffer.from(secret as string);
  const text = bytes.toString().trim();
  if (bytes.length === 0) return [{ problem: 'is empty', remedy: MAKE_ONE }];
  if (text === '') return [{ problem: 'is blank', remedy: MAKE_ONE }];
  if (MISSING.has(text.toLowerCase())) {
    return [
      { problem: 'is the text of a value that was missing', remedy: 'set it where the application starts' },
    ];
  }
  if (isAsymmetricKey(bytes, text)) {
    return [
      {
        problem: 'is a key of a key pair, or a key set, and not a secret',
        remedy: 'give it as jwt.privateKey or jwt.publicKey with its jwt.algorithm',
      },
    ];
  }
  const problems: SecretProblem[] = [];
  if (isWellKnown(bytes, text)) problems.push({ problem: 'is a well-known example', remedy: MAKE_ONE });
  else if (isMonotonous(bytes))
    problems.push({ problem: 'repeats itself and can be guessed', remedy: MAKE_ONE });
  if (bytes.length < minimum)
    problems.push({ problem: `is shorter than ${minimum} bytes`, remedy: MAKE_ONE });
  return problems;
}

function isWellKnown(bytes: Buffer, text: string): boolean {
  const spellings = [text, bytes.toString('base64url'), toBase64url(text)];
  return spellings.some((one) => WELL_KNOWN.has(one.toLowerCase())) || PLACEHOLDER.test(text);
}

function toBase64url(text: string): string {
  return text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** A few characters, a sequence such as `abcdef...`, or one piece over and over. */
function isMonotonous(bytes: Buffer): boolean {
  const steps = bytes.subarray(1).map((byte, i) => byte - bytes[i]!);
  return new Set(bytes).size < 6 || new Set(steps).size < 6 || isPeriodic(bytes);
}

function isPeriodic(bytes: Buffer): boolean {
  for (let period = 1; period <= bytes.length / 2; period += 1) {
    if (bytes.subarray(period).equals(bytes.subarray(0, -period))) return true;
  }
  return false;
}

/**
 * A public key that serves as an HMAC secret lets everybody sign who can read it (RFC 8725 section 2.1). PEM, DER, JWK
 * and OpenSSH forms, also in base64, and whatever may stand before them.
 */
function isAsymmetricKey(bytes: Buffer, text: string): boolean {
  const decoded = Buffer.from(text.replaceAll(/\s/g, ''), 'base64');
  return [bytes, decoded].some((form) => {
    const content = form.toString('latin1');
    return (
      /-----BEGIN|\b(?:ssh-(?:rsa|dss|ed25519)|ecdsa-sha2-)/.test(content) || isJwk(content) || isDer(form)
    );
  });
}

function isJwk(content: string): boolean {
  return /\{[^]*"(?:kty|keys)"\s*:/.test(content);
}

function isDer(bytes: Buffer): boolean {
  if (bytes[0] !== 0x30) return false;
  return [
    () => createPublicKey({ key: bytes, format: 'der', type: 'spki' }),
    () => createPublicKey({ key: bytes, format: 'der', type: 'pkcs1' }),
    () => createPrivateKey({ key: bytes, format: 'der', type: 'pkcs8' }),
    () => createPrivateKey({ key: bytes, format: 'der', type: 'pkcs1' }),
    () => createPrivateKey({ key: bytes, format: 'der', type: 'sec1' }),
    () => new X509Certificate(bytes),
  ].some(succeeds);
}

function succeeds(attempt: () => unknown): boolean {
  try {
    attempt();
    return true;
  } catch {
    return false;
  }
}
