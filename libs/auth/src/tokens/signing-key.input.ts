import { createSecretKey, generateKeyPair, randomBytes, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';

import { z } from 'zod';

import type { JwtAlgorithm, KeyMaterial } from '../options/auth-options.js';
import { ALGORITHMS, loadKeys, type WrittenKeys } from '../options/signing-keys.js';

/** A key to add to the ring. Without `privateKey` and `secret` one is made. */
export interface SigningKeyInput {
  /** `kid`, 1 to 255 characters. Default: a new one. */
  keyId?: string;
  /** Default `ES256`. */
  algorithm?: JwtAlgorithm;
  /** For the RS, PS and ES algorithms. */
  privateKey?: KeyMaterial;
  /** For the HS algorithms. */
  secret?: string | Buffer;
}

/** What {@link SigningKeyInput} may hold. */
export const signingKeyInputSchema = z.strictObject({
  keyId: z
    .string('is not text')
    .min(1, 'is empty')
    .max(255, 'is longer than 255 characters')
    .regex(/^[\x21-\x7e]*$/, 'holds something else than printable ASCII')
    .optional(),
  algorithm: z
    .enum(ALGORITHMS as [JwtAlgorithm, ...JwtAlgorithm[]], 'is no known algorithm')
    .default('ES256'),
  privateKey: z.unknown().optional(),
  secret: z.unknown().optional(),
});

/**
 * @returns the key that was given, or a new one.
 * @throws TypeError naming everything that is wrong with the key that was given.
 */
export async function keyOf(
  algorithm: JwtAlgorithm,
  { privateKey, secret }: Pick<z.infer<typeof signingKeyInputSchema>, 'privateKey' | 'secret'> = {},
): Promise<KeyObject> {
  if (privateKey === undefined && secret === undefined) return generate(algorithm);
  const problems: string[] = [];
  const keys = loadKeys({ algorithm, privateKey, secret } as WrittenKeys, (...texts) => {
    problems.push(`${texts[0]} ${texts[1]}`.replaceAll('jwt.', ''));
  });
  if (keys?.signingKey === undefined) throw new TypeError(`add: ${problems.join('; ')}`);
  return keys.signingKey;
}

const CURVES: Readonly<Record<string, string>> = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' };
const SECRET_BYTES = 64;
const RSA_BITS = 3_072;

/** RSA keys take a while to be found: off the event loop. */
async function generate(algorithm: JwtAlgorithm): Promise<KeyObject> {
  if (algorithm.startsWith('HS')) return createSecretKey(randomBytes(SECRET_BYTES));
  const namedCurve = CURVES[algorithm];
  const pair =
    namedCurve === undefined
      ? await promisify(generateKeyPair)('rsa', { modulusLength: RSA_BITS })
      : await promisify(generateKeyPair)('ec', { namedCurve });
  return pair.privateKey;
}
