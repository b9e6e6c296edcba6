import { createHash } from 'node:crypto';

import { INVALID, MALFORMED, TOO_LARGE } from './answers.js';
import { apiKey as send, attacksOf, type Attack, type AttackGroup } from './attack.js';
import { backwards, forgedKey } from './forge.js';

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

const WORDS = [
  'undefined',
  'null',
  'true',
  '0',
  '-',
  '_',
  'ck',
  'ck_',
  'ck__',
  '*',
  '%',
  '_%',
  'ck_*',
  'ck_%',
  'ck_.*',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '[object',
  '{}',
  '{"$ne":null}',
  "'OR'1'='1",
  "ck_'--",
  '../../keys',
  '${jndi:ldap://127.0.0.1/a}',
];

/** B8: every key that is not good gets one and the same answer, whatever the reason. */
export const apiKeys: AttackGroup = {
  rows: ['B8', 'A17'],
  name: 'API keys',
  server: 'demo',
  attacks: ({ apiKey, spentKeys, keyId, keyHash, token, secret }): Attack[] => {
    const body = apiKey.slice(3, -6);
    const at = (index: number, to: string): string => apiKey.slice(0, index) + to + apiKey.slice(index + 1);
    const swap = (index: number): string => at(index, apiKey[index] === 'a' ? 'b' : 'a');
    const other = backwards(body);
    const wrong: Record<string, string> = {
      'a revoked key': spentKeys.revoked!,
      'an inactive key': spentKeys.inactive!,
      'an expired key': spentKeys.expired!,
      'an unknown key with its checksum': forgedKey('0'.repeat(43)),
      'an unknown key, the good one backwards': forgedKey(other),
      'an unknown key of another prefix': forgedKey(body, 'sk'),
      'an unknown key of another length': forgedKey(`${body}0`),
      'an unknown key with characters of no key': forgedKey('%'.repeat(43)),
      'a key of the predecessor': `ck_${sha256('x').toString('base64url')}`,
      'the hash as a key of the predecessor': `ck_${Buffer.from(keyHash, 'hex').toString('base64url')}`,
      'the good key cut to the length of the predecessor': apiKey.slice(0, 46),
      'the good key with another last character': swap(apiKey.length - 1),
      'the good key with another first character': swap(3),
      'the good key with another prefix': `ak${apiKey.slice(2)}`,
      'the good key with a new body and the old checksum': `ck_${other}${apiKey.slice(-6)}`,
      'the good key without its checksum': apiKey.slice(0, -6),
      'the good key without its last character': apiKey.slice(0, -1),
      'the good key without its prefix': apiKey.slice(3),
      'the good key and one character more': `${apiKey}0`,
      'the good key twice': apiKey + apiKey,
      'the good key in upper case': apiKey.toUpperCase(),
      'the good key in lower case': apiKey.toLowerCase(),
      'the good key with its prefix in upper case': `CK${apiKey.slice(2)}`,
      'the good key with a dash': apiKey.replace('_', '-'),
      'the good key backwards': backwards(apiKey),
      'the good key in quotes': `"${apiKey}"`,
      'the good key with a wildcard at its end': at(apiKey.length - 1, '%'),
      'the good key with a wildcard in it': at(20, '_'),
      'the good key with an asterisk': at(20, '*'),
      'the good key in URL encoding': apiKey.replace('_', '%5F'),
      'the good key and a NUL in URL encoding': `${apiKey}%00`,
      'the good key in base64': Buffer.from(apiKey).toString('base64'),
      'the good key in hexadecimal': Buffer.from(apiKey).toString('hex'),
      'the good key with a scheme and a colon': `ApiKey:${apiKey}`,
      'the start of the good key': apiKey.slice(0, 8),
      'the start of the good key and a wildcard': `${apiKey.slice(0, 8)}%`,
      'its hash': keyHash,
      'its hash in upper case': keyHash.toUpperCase(),
      'its hash in base64': Buffer.from(keyHash, 'hex').toString('base64'),
      'its hash with the prefix': `ck_${keyHash}`,
      'its hash with prefix and checksum': forgedKey(keyHash.slice(0, 43)),
      'its id': keyId,
      'its id with the prefix': `ck_${keyId}`,
      'a token': token,
      'Bearer and a token, without a blank': `Bearer${token}`,
      'the secret of the tokens': secret,
      '8,000 characters': `ck_${'a'.repeat(8_000)}`,
      ...Object.fromEntries(WORDS.map((word) => [word, word])),
    };
    return [
      ...attacksOf(INVALID, requestsOf(wrong)),
      ...attacksOf(MALFORMED, {
        ...requestsOf({
          'no characters': '',
          blanks: '   ',
          'a scheme': `ApiKey ${apiKey}`,
          Bearer: `Bearer ${apiKey}`,
          'a parameter': `${apiKey} x=1`,
          SQL: "' OR 1=1 --",
          'two texts': 'null null',
          'a list': `["${apiKey}", "x"]`,
        }),
      }),
      ...attacksOf(TOO_LARGE, requestsOf({ '17,000 characters': `ck_${'a'.repeat(17_000)}` })),
    ];
  },
};

function requestsOf(keys: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(keys).map(([name, key]) => [name, send(key)]));
}
