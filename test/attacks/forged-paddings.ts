import { constants, createHash, privateEncrypt, sign, type KeyObject } from 'node:crypto';

import type { Signer } from './forge.js';

/** What stands before the hash in a signature of PKCS#1 v1.5 (RFC 8017 section 9.2). */
const SHA_256_INFO = '3031300d060960864801650304020105000420';

const hashOf = (input: string, hash = 'sha256'): string => createHash(hash).update(input).digest('hex');

/** Blocks that the key's owner would never sign: a verifier that reads them leniently can be given made-up ones. */
export function forgedPaddings(key: KeyObject): Record<string, Signer> {
  const size = key.asymmetricKeyDetails!.modulusLength! / 8;
  const block =
    (make: (input: string) => string): Signer =>
    (input) =>
      privateEncrypt({ key, padding: constants.RSA_NO_PADDING }, Buffer.from(make(input), 'hex'));
  /** `start`, as much `filling` as it takes, `end`. */
  const filled = (start: string, end: string, filling = 'ff'): string =>
    start + filling.repeat(size - (start.length + end.length) / 2) + end;
  const info = (input: string): string => SHA_256_INFO + hashOf(input);
  return {
    'a hash alone': block((input) => filled('0001', `00${hashOf(input)}`)),
    'no padding': block((input) => filled('', info(input), '00')),
    'padding of zeros': block((input) => filled('0001', `00${info(input)}`, '00')),
    'padding of an encrypted block': block((input) => filled('0002', `00${info(input)}`)),
    'padding without its end': block((input) => filled('0001', info(input))),
    'padding with a flaw in it': block((input) => filled('0001fffe', `00${info(input)}`)),
    // CVE-2006-4339: eight bytes of padding, the hash, and then whatever makes it a cube.
    'rubbish after the hash': block((input) => filled(`0001${'ff'.repeat(8)}00${info(input)}`, '', '5a')),
    'rubbish in the parameters': block((input) =>
      filled('0001', `003033300f060960864801650304020105025a5a0420${hashOf(input)}`),
    ),
    'no parameters': block((input) => filled('0001', `00302f300b06096086480165030402010420${hashOf(input)}`)),
    'a length in two bytes': block((input) =>
      filled('0001', `003081${SHA_256_INFO.slice(2)}${hashOf(input)}`),
    ),
    'the name of SHA-512': block((input) =>
      filled('0001', `003031300d060960864801650304020305000420${hashOf(input)}`),
    ),
    'the hash of SHA-1': block((input) =>
      filled('0001', `003021300906052b0e03021a05000414${hashOf(input, 'sha1')}`),
    ),
    'another hash': block(() => filled('0001', `00${info('other')}`)),
  };
}

/** Salts that are not as long as the hash (RFC 7518 section 3.5). */
export function forgedSalts(key: KeyObject): Record<string, Signer> {
  const salted =
    (saltLength: number): Signer =>
    (input) =>
      sign('sha256', Buffer.from(input), { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength });
  return {
    'no salt': salted(0),
    'a salt of 20 bytes': salted(20),
    'a salt of 31 bytes': salted(31),
    'a salt of 33 bytes': salted(33),
    'a salt as long as it can be': salted(constants.RSA_PSS_SALTLEN_MAX_SIGN),
  };
}
