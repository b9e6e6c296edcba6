import { readFileSync } from 'node:fs';

import type { KeyMaterial, ResolvedSigningKey, SigningKeyState } from './auth-options.js';
import type { Report } from './options-error.js';
import { loadKeys, type WrittenKeys } from './signing-keys.js';

/** One key of the ring, before anything was checked. */
interface WrittenKey extends WrittenKeys {
  readonly keyId?: string;
  readonly secretFile?: string;
  readonly privateKeyFile?: string;
  readonly publicKeyFile?: string;
  readonly state?: SigningKeyState;
}

/** The part of the `jwt` options that is about keys, before anything was checked. */
export interface WrittenRing extends WrittenKeys {
  readonly keyId?: string;
  readonly keys?: readonly WrittenKey[] | 'store';
  readonly keyEncryptionKey?: unknown;
}

const SINGLE = ['secret', 'privateKey', 'publicKey', 'algorithm', 'keyId'] as const;

/**
 * Makes the keys of access tokens: those of `jwt.keys`, or a ring of one.
 *
 * @param report told of every problem, in words that hold no part of a key and no path.
 * @returns the keys, one of them active, or none when all are in the store; undefined when a problem was reported.
 */
export function loadKeyRing(jwt: WrittenRing, report: Report): readonly ResolvedSigningKey[] | undefined {
  if (jwt.keys === undefined) {
    const keys = loadKeys(jwt, report);
    return keys && [{ keyId: jwt.keyId ?? '', takesTokensWithoutKeyId: true, ...keys, state: 'active' }];
  }
  let problems = 0;
  const count: Report = (...problem) => {
    problems += 1;
    report(...problem);
  };
  for (const option of SINGLE) {
    if (jwt[option] !== undefined) {
      count(`jwt.${option}`, 'is given together with jwt.keys', 'make it part of a key of the list');
    }
  }
  if (jwt.keys === 'store') {
    if (jwt.keyEncryptionKey === undefined)
      count('jwt.keyEncryptionKey', 'is missing', 'make one with: openssl rand -base64 32');
    return problems === 0 ? [] : undefined;
  }
  // What is no list, or no key, is refused with the rest of the options.
  if (!Array.isArray(jwt.keys) || !jwt.keys.every((key) => typeof key === 'object' && key !== null))
    return undefined;
  const written: readonly WrittenKey[] = jwt.keys;
  judgeTogether(written, count);
  const keys = written.map((key, i) => loadOne(key, i, count));
  return problems === 0 && keys.every((key) => key !== undefined) ? keys : undefined;
}

/** RFC 7517 section 4.5: a `kid` tells keys apart. */
function judgeTogether(keys: readonly WrittenKey[], report: Report): void {
  for (const [i, { keyId }] of keys.entries()) {
    if (keys.findIndex((other) => other.keyId === keyId) === i) continue;
    if (keyId === undefined)
      report(`jwt.keys[${i}].keyId`, 'is missing, as it is for another key', 'name one of them');
    else report(`jwt.keys[${i}].keyId`, 'is that of another key', 'give each key a name of its own');
  }
  const active = keys.filter(({ state = 'active' }) => state === 'active').length;
  if (keys.length > 0 && active !== 1) {
    const problem = active === 0 ? 'has no active key' : 'has more than one active key';
    report('jwt.keys', problem, 'make one key active, and the others next or retired');
  }
}

function loadOne(written: WrittenKey, i: number, report: Report): ResolvedSigningKey | undefined {
  const here = `jwt.keys[${i}].`;
  const reportHere: Report = (...texts) => {
    const [option, problem, remedy] = texts.map((text) => text?.replaceAll('jwt.', here));
    report(option!, problem!, remedy);
  };
  const { keyId = '', state = 'active' } = written;
  const material = readFiles(written, reportHere);
  const keys = material && loadKeys(material, reportHere);
  return keys && { keyId, takesTokensWithoutKeyId: false, ...keys, state };
}

/** What stands in files takes the place of what is written. */
function readFiles(written: WrittenKey, report: Report): WrittenKeys | undefined {
  const files = [
    ['secret', written.secretFile, readSecret],
    ['privateKey', written.privateKeyFile, readKeyMaterial],
    ['publicKey', written.publicKeyFile, readKeyMaterial],
  ] as const;
  const found: Record<string, unknown> = {};
  let isComplete = true;
  for (const [option, path, read] of files) {
    if (path === undefined) continue;
    const content =
      written[option] === undefined ? readOrReport(`jwt.${option}File`, path, read, report) : null;
    if (content === null)
      report(`jwt.${option}File`, `is given together with jwt.${option}`, 'remove the one that is not meant');
    if (content == null) isComplete = false;
    else found[option] = content;
  }
  return isComplete ? { ...written, ...found } : undefined;
}

function readOrReport(
  option: string,
  path: unknown,
  read: (content: Buffer) => unknown,
  report: Report,
): unknown {
  try {
    return read(readFileSync(path as string));
  } catch {
    report(option, 'names a file that cannot be read', 'check its path, its content and who may read it');
    return undefined;
  }
}

/** Editors and secret managers end a file with a line break. */
function readSecret(content: Buffer): Buffer {
  const end = content.at(-1) !== 0x0a ? 0 : content.at(-2) === 0x0d ? 2 : 1;
  return content.subarray(0, content.length - end);
}

function readKeyMaterial(content: Buffer): KeyMaterial {
  const text = content.toString();
  return text.trimStart().startsWith('{') ? (JSON.parse(text) as KeyMaterial) : text;
}
