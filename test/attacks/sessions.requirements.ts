import type { Requirement } from './requirement.js';

const SESSIONS = 'test/sessions/sessions.spec.ts';
const ISSUED = 'test/sessions/issued-tokens.spec.ts';
const REMEMBERED = 'test/gate/remembered.spec.ts';
const LIVE = 'test/permissions/live.spec.ts';
const ACCOUNTS = 'test/users/accounts.spec.ts';
const ADMINISTRATION = 'test/users/administration.spec.ts';
const RESTARTS = 'test/stores/restarts.spec.ts';
const FEED = 'libs/auth/src/revocation/revocation-feed.spec.ts';

/**
 * What is demanded of sessions and revocations, from RFC 6749, 7009, 7662 and 9700, and from advisories of libraries that do
 * the same job.
 */
export const OF_SESSIONS: Readonly<Record<string, Requirement>> = {
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
      [LIVE, 'is what token and subject both have: permissions and roles'],
      [ADMINISTRATION, 'who is disabled is out at once, and in again when enabled'],
      [ACCOUNTS, 'ends every session and answers a new one'],
      [ACCOUNTS, 'ends sessions and the access tokens that are out'],
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
      [ADMINISTRATION, 'who is disabled is out at once, and in again when enabled'],
      [ADMINISTRATION, 'who %s has no session any more'],
      [ACCOUNTS, 'ends every session and answers a new one'],
      [ACCOUNTS, 'ends sessions and the access tokens that are out'],
      ['test/users/accounts.postgres.spec.ts', 'who is disabled here is out there, and who has left is gone'],
      ['libs/auth/src/testing/user-store.changes.ts', 'closes every open session of the user'],
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
};
