import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createSecretKey,
  randomBytes,
  type KeyObject,
} from 'node:crypto';

const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** What a sealed key belongs to: under another name, or for another algorithm, it does not open. */
export interface SealedFor {
  readonly keyId: string;
  readonly algorithm: string;
}

/**
 * Encrypts a private key or a secret with AES-256-GCM.
 *
 * @param encryptionKey 32 bytes.
 * @returns text in base64url.
 */
export function sealKey(key: KeyObject, encryptionKey: KeyObject, belongsTo: SealedFor): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, encryptionKey, iv).setAAD(contextOf(belongsTo));
  const plain = key.type === 'secret' ? key.export() : key.export({ type: 'pkcs8', format: 'der' });
  const sealed = Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  plain.fill(0);
  return sealed.toString('base64url');
}

/** @returns what was sealed; undefined when it does not open: another encryption key, or another record's text. */
export function openKey(
  sealedKey: string,
  encryptionKey: KeyObject,
  belongsTo: SealedFor,
): KeyObject | undefined {
  const sealed = Buffer.from(sealedKey, 'base64url');
  try {
    const decipher = createDecipheriv(CIPHER, encryptionKey, sealed.subarray(0, IV_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(contextOf(belongsTo)).setAuthTag(sealed.subarray(-TAG_BYTES));
    const plain = Buffer.concat([decipher.update(sealed.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]);
    return belongsTo.algorithm.startsWith('HS')
      ? createSecretKey(plain)
      : createPrivateKey({ key: plain, type: 'pkcs8', format: 'der' });
  } catch {
    return undefined;
  }
}

function contextOf({ keyId, algorithm }: SealedFor): Buffer {
  return Buffer.from(JSON.stringify(['gatehouse.signing-key', keyId, algorithm]));
}
