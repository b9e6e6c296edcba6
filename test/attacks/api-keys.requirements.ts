import type { Requirement } from './requirement.js';

const KEYS = 'test/api-keys/api-keys.spec.ts';
const OWNERS = 'test/api-keys/owners.spec.ts';
const KEY_ANSWERS = 'test/gate/api-key-answers.spec.ts';
const REMEMBERED = 'test/gate/remembered.spec.ts';
const LIVE = 'test/permissions/live.spec.ts';
const RESTARTS = 'test/stores/restarts.spec.ts';
const KEY_FORMAT = 'libs/auth/src/api-keys/api-key.format.spec.ts';
const KEY_SERVICE = 'libs/auth/src/api-keys/api-key.service.spec.ts';
const KEY_RACES = 'libs/auth/src/testing/api-key-store.races.ts';

/**
 * What is demanded of API keys and service tokens, from RFC 9068 and from advisories of libraries that do the same job.
 */
export const OF_API_KEYS: Readonly<Record<string, Requirement>> = {
  D1: {
    says: 'a key is told from junk by its form and its checksum, by scanners and here, without a look-up',
    shownBy: [
      [KEY_FORMAT, 'makes keys that begin with %s'],
      ['test/readme/tables.spec.ts', 'the expression for secret scanners finds real keys'],
      [KEY_ANSWERS, 'refuses what has a wrong checksum without a look-up'],
    ],
  },
  D2: {
    says: 'a key has 256 random bits, is stored as its SHA-256 and shown once; the database is not enough to log in',
    shownBy: [
      [KEY_FORMAT, 'makes each key once, with 256 bits of chance in it'],
      [KEY_FORMAT, 'is the SHA-256 of all of the key'],
      [KEYS, 'makes one that works, shows it once, and never its hash'],
      [RESTARTS, 'the database holds nothing that one could log in with'],
    ],
  },
  D3: {
    says: 'a key is looked up by all of its hash: no other case, part, wildcard or hash does',
    shownBy: [
      ['libs/auth/src/testing/api-key-store.contract.ts', 'knows no key that is not there, nor by a part'],
      [KEY_ANSWERS, '%s: the one answer, whatever the reason'],
      [KEY_FORMAT, 'refuses a key with any one character changed, or two swapped'],
    ],
  },
  D4: {
    says: 'a key that is expired, revoked or off, or whose owner is, is refused at once',
    shownBy: [
      [KEY_ANSWERS, '%s: the one answer, whatever the reason'],
      [KEY_ANSWERS, 'ends at the moment of its expiry'],
      [LIVE, 'is refused when its subject is %s'],
      ['test/users/administration.spec.ts', 'who is disabled is out at once, and in again when enabled'],
    ],
  },
  D5: {
    says: 'a key may do what it carries and its owner holds at the moment',
    shownBy: [
      [KEYS, 'lets a key do no more than its owner may at the moment'],
      [LIVE, 'loses a permission, and has it back: entry about %s'],
      [LIVE, 'is what token and subject both have'],
      [
        'test/roles/holders.spec.ts',
        'takes a permission from tokens and keys that are out, and gives it back',
      ],
    ],
  },
  D6: {
    says: 'who makes or changes a key is known; nothing in a body widens owner, permissions, limit or end',
    shownBy: [
      [KEYS, 'grants nobody what they lack: %s'],
      [KEYS, 'refuses a body that asks for too much, or for what is no field: %s'],
      [KEYS, 'does not let a key, an anonymous caller or a revoked token manage keys'],
      [OWNERS, 'are active subjects that the application knows'],
      [OWNERS, 'have so many keys that are live, and no more'],
    ],
  },
  D7: {
    says: 'calls at once do not exceed a limit; the note of a use does not undo a revocation',
    shownBy: [
      [KEYS, 'lets exactly as many through as the limit says'],
      ['test/api-keys/rate-windows.spec.ts', 'goes on with its successors'],
      [KEY_RACES, 'leaves a key revoked whatever is changed, noted or rotated at the same time'],
    ],
  },
  D8: {
    says: 'a revoked caller makes and changes no key, remembered or not',
    shownBy: [[KEYS, 'does not let a key, an anonymous caller or a revoked token manage keys']],
  },
  D9: {
    says: 'while a key is replaced both work, then the new one alone; uses are noted in batches',
    shownBy: [
      [KEYS, 'rotates: both work while they overlap'],
      ['libs/auth/src/api-keys/last-used.spec.ts', 'are written in batches'],
    ],
  },
  D10: {
    says: 'a service is known as one, by its own claims, and is no person',
    shownBy: [
      [
        'libs/auth/src/tokens/token.service.spec.ts',
        'knows a service by client_id and sub, and no person as one',
      ],
      ['test/gate/current-user.spec.ts', 'is the identity of a key, and of a service'],
      ['test/oauth/services.gate.spec.ts', 'lets services pass, and neither people nor API keys'],
    ],
  },
  D11: {
    says: 'a revocation is in the store before it is told, and no reading from before it is remembered after it',
    shownBy: [
      [KEY_SERVICE, '%s reaches the store before the feed'],
      [REMEMBERED, 'do not let one pass by a record that was read before its revocation'],
      ['libs/auth/src/guard/authenticator.races.spec.ts', 'hit a key whose reading had begun before'],
    ],
  },
};
