/** A test, or a group of tests: its file, and how its title begins. */
export type Shown = readonly [spec: string, title: string];

/** What is demanded, and what shows it. */
export interface Requirement {
  readonly says: string;
  readonly shownBy: readonly [Shown, ...Shown[]];
}

const SESSIONS = 'test/sessions/sessions.spec.ts';
const ISSUED = 'test/sessions/issued-tokens.spec.ts';
const KEYS = 'test/api-keys/api-keys.spec.ts';
const OWNERS = 'test/api-keys/owners.spec.ts';
const KEY_ANSWERS = 'test/gate/api-key-answers.spec.ts';
const REMEMBERED = 'test/gate/remembered.spec.ts';
const LIVE = 'test/permissions/live.spec.ts';
const RESTARTS = 'test/stores/restarts.spec.ts';
const KEY_FORMAT = 'libs/auth/src/api-keys/api-key.format.spec.ts';
const KEY_SERVICE = 'libs/auth/src/api-keys/api-key.service.spec.ts';
const KEY_RACES = 'libs/auth/src/testing/api-key-store.races.ts';
const FEED = 'libs/auth/src/revocation/revocation-feed.spec.ts';
const STALENESS = 'libs/auth/src/revocation/revocation-feed.staleness.spec.ts';
const REFUSALS = 'libs/auth/src/options/resolve-options.refusals.spec.ts';

/**
 * What is demanded of sessions, API keys and what both rest on, from RFC 6749, 7009, 7662 and 9700, and from advisories
 * of libraries that do the same job. Tests of a contract run on every store: `test/stores`.
 */
export const LASTING: Readonly<Record<string, Requirement>> = {
  C1: {
    says: 'a refresh token is 256 random bits, stored hashed, good once; its family has an end that no rotation puts off',
    shownBy: [
      ['libs/auth/src/sessions/refresh-token.format.spec.ts', 'is made once, with 256 bits of chance in it'],
      ['libs/auth/src/sessions/refresh-token.format.spec.ts', 'is stored as its SHA-256'],
      [RESTARTS, 'the database holds nothing that one could log in with'],
      [SESSIONS, 'exchanges a refresh token for another'],
      [SESSIONS, 'lets no exchange put off the end of a session'],
    ],
  },
  C2: {
    says: 'reuse of a spent token ends its family, access tokens included, and is an event',
    shownBy: [[SESSIONS, 'ends everything of a session whose spent token comes back']],
  },
  C3: {
    says: 'of any number of refreshes at once one family is left; grace is for the token before alone',
    shownBy: [
      ['test/faults/refresh.spec.ts', 'are exchanged for one successor, however many ask at once'],
      ['libs/auth/src/testing/refresh-token-store.races.ts', 'lets one caller of many rotate a token'],
      [SESSIONS, 'answers a repeated token with the same successor while the grace lasts'],
      [SESSIONS, 'gives no grace to a token before the previous one'],
    ],
  },
  C4: {
    says: 'what was spent or revoked stays so after a restart',
    shownBy: [
      [RESTARTS, 'what was spent or revoked is refused, and what was not is good'],
      ['test/demo/persistence.spec.ts', 'is in a folder: keys and revocations outlive the process'],
      ['test/faults/kill.spec.ts', 'loses nothing and leaves nothing half-made'],
    ],
  },
  C5: {
    says: 'a refresh looks at the user again: disabled, deleted, another password, a permission less',
    shownBy: [
      [SESSIONS, 'looks at the subject again: gone, disabled, with less'],
      [LIVE, 'is refused when its subject is %s'],
      ['test/users/accounts.spec.ts', 'ends every session and answers a new one'],
      ['test/users/accounts.spec.ts', 'ends sessions and the access tokens that are out'],
    ],
  },
  C6: {
    says: 'a refresh gives what the session was opened with, or less',
    shownBy: [
      ['test/sessions/holdings.spec.ts', 'is what the session was opened with and the subject holds'],
      [SESSIONS, 'refuses what is no refresh token, and bodies with more or less in them'],
    ],
  },
  C7: {
    says: 'revocation: 200 for a token that is unknown, refused for a foreign one, whatever the hint, for callers who are known',
    shownBy: [
      [ISSUED, 'takes back an access token, whatever the hint says'],
      [ISSUED, 'answers 200 for a token that nobody knows, and 401 without a caller'],
      [ISSUED, 'refuses to take back what belongs to somebody else'],
      [ISSUED, 'takes back an API key'],
    ],
  },
  C8: {
    says: 'introspection: nothing of what is unknown, expired, revoked or foreign, and for callers who are known',
    shownBy: [
      [ISSUED, 'tells nothing of a token that is %s'],
      [ISSUED, 'tells token:introspect of others in the organisation, and of nobody outside'],
      ['test/endpoints/callers.spec.ts', 'introspection tells the owner and who may know, and nobody else'],
    ],
  },
  C9: {
    says: 'every instance sees a revocation within a second; a token is known by its jti, not by its text',
    shownBy: [
      [
        'test/faults/lost-notifications.spec.ts',
        'refuses what another one has revoked from its next reading on',
      ],
      [
        'test/stores/notifications.spec.ts',
        'tells another instance of an entry, whichever store has written it',
      ],
      [FEED, 'reads every second, because notifications get lost'],
      [REMEMBERED, 'is refused from the request after its revocation on'],
      ['test/gate/token-checks.spec.ts', 'a token is written in one way only: its signature'],
    ],
  },
  C10: {
    says: 'entries go when nothing that they hit can be valid any more',
    shownBy: [
      [FEED, 'forgets every minute what can hit nothing any more'],
      ['libs/auth/src/revocation/revocation-mirror.spec.ts', 'drops what can hit nothing any more'],
      ['libs/auth/src/testing/revocation-store.contract.ts', 'removes what has expired and nothing else'],
      ['test/stores/pruning.spec.ts', 'what an instance with a wrong clock removes'],
    ],
  },
  C11: {
    says: 'logout here, everywhere, and by an administrator; a new password and a deletion end sessions',
    shownBy: [
      [SESSIONS, 'logs out by the refresh token, or by the access token, at once'],
      [SESSIONS, 'logs out everywhere'],
      [SESSIONS, 'lists the sessions of the caller, and ends one of them'],
      ['test/users/administration.spec.ts', 'who is disabled is out at once'],
      ['test/users/accounts.spec.ts', 'ends every session and answers a new one'],
    ],
  },
  C12: {
    says: 'signing keys: the old one verifies, the new one signs, a removed one is refused at once; public parts alone are shown',
    shownBy: [
      ['test/keys/rotation.spec.ts', 'are added, activated and removed without a restart'],
      ['test/keys/postgres.spec.ts', 'change on two instances under load without a refused token'],
      ['test/keys/key-ring.spec.ts', 'publishes the public parts of its key pairs, and nothing of a secret'],
    ],
  },
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
    ],
  },
  D5: {
    says: 'a key may do what it carries and its owner holds at the moment',
    shownBy: [
      [KEYS, 'lets a key do no more than its owner may at the moment'],
      [LIVE, 'is what token and subject both have'],
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
  G1: {
    says: 'a store that is down, slow or half open is 503 with Retry-After, and over without a restart',
    shownBy: [
      ['test/faults/outage.spec.ts', 'is away (%s) says 503, never 401 nor 200, and goes on'],
      ['test/gate/outages.spec.ts', '%s: 503, and nothing of it shows'],
      ['test/gate/outages.spec.ts', 'is over without a restart'],
    ],
  },
  G2: {
    says: 'while the log cannot be read nobody is let in, unless an option says so',
    shownBy: [
      [STALENESS, 'answers by what it knows for as long as it may, then refuses, and recovers'],
      [STALENESS, 'lets pass what it knows nothing of, where it is told to'],
    ],
  },
  G3: {
    says: 'a flood of made-up credentials leaves nothing behind',
    shownBy: [['test/faults/floods.spec.ts', 'leaves nothing behind: %s']],
  },
  G4: {
    says: 'a clock that is set brings back nothing that is revoked; ages go by one that nobody sets',
    shownBy: [
      ['test/gate/clock.spec.ts', 'by %i hours neither brings back what is revoked nor stops what is good'],
      ['test/gate/clock.spec.ts', 'back shows a token from the future'],
      ['test/stores/pruning.spec.ts', 'are sessions that ended for everybody'],
    ],
  },
  G5: {
    says: 'migrations: several at once, killed in the middle, two versions side by side',
    shownBy: [
      ['test/stores/migrate.spec.ts', 'brings up every instance of several that start at once'],
      ['test/stores/migrate.spec.ts', 'has done nothing when it is killed in the middle'],
      ['test/stores/migrate.spec.ts', 'keeps what is there, and leaves the schema of a later version alone'],
    ],
  },
  G6: {
    says: 'killed at any write there is the old state or the new one',
    shownBy: [['test/faults/kill.spec.ts', 'loses nothing and leaves nothing half-made']],
  },
  G7: {
    says: 'the boot stops over wrong options and missing stores, says why, and shows no secret',
    shownBy: [
      [REFUSALS, 'unknown options at every level, by their name'],
      [REFUSALS, 'everything at once'],
      [REFUSALS, 'values of the environment, without showing them'],
      [FEED, 'does not boot without its log'],
      ['test/demo/process.spec.ts', 'in production without a secret ends with code 1'],
    ],
  },
};
