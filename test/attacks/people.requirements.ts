import type { Requirement } from './requirement.js';

const USERS = 'libs/auth/src/users';
const ROLES = 'libs/auth/src/roles';
const POLICY = `${USERS}/password.policy.spec.ts`;
const HASHER = `${USERS}/password.hasher.spec.ts`;
const HASHER_WORK = `${USERS}/password.hasher.work.spec.ts`;
const HASH_QUEUE = `${USERS}/hash-queue.spec.ts`;
const EMAIL = `${USERS}/email.spec.ts`;
const ATTEMPTS = `${USERS}/login-attempts.spec.ts`;
const USER_SERVICE = `${USERS}/user.service.spec.ts`;
const ROLE_SERVICE = `${ROLES}/role.service.spec.ts`;
const LOGIN = 'test/users/login.spec.ts';
const LIMITS = 'test/users/login-limits.spec.ts';
const ACCOUNTS = 'test/users/accounts.spec.ts';
const ADMINISTRATION = 'test/users/administration.spec.ts';
const ESCALATION = 'test/users/administration.escalation.spec.ts';
const ONE_TIME = 'test/users/one-time-tokens.spec.ts';
const IN_POSTGRES = 'test/users/accounts.postgres.spec.ts';
const SETUP = 'test/users/setup.spec.ts';
const MASS_ASSIGNMENT = 'test/users/mass-assignment.spec.ts';
const BODY_SIZE = 'test/endpoints/body-size.spec.ts';
const HELD = 'test/roles/holders.spec.ts';
const ROLES_HTTP = 'test/roles/roles.spec.ts';
const GIVING = 'test/roles/escalation.spec.ts';
const CALLERS = 'test/endpoints/callers.spec.ts';
const LIVE = 'test/permissions/live.spec.ts';
const AUDIT = 'test/audit/audit.spec.ts';
const PERMISSION = 'libs/auth/src/identity/permission.spec.ts';

/**
 * What is demanded of whoever keeps people, their passwords and what they may do: from NIST SP 800-63B, OWASP ASVS and the
 * OWASP API Security Top 10, and from advisories of libraries that do the same job.
 */
export const OF_PEOPLE: Readonly<Record<string, Requirement>> = {
  E1: {
    says: 'a password has 15 characters or more and any that there are, and is compared exactly as it was received',
    shownBy: [
      [POLICY, 'the length'],
      [POLICY, 'is what the options say'],
      [POLICY, 'needs no kinds of characters'],
      [HASHER, 'a password is verified exactly as it was received'],
      [`${USERS}/password.schema.spec.ts`, 'is measured in characters, not in bytes or halves of them'],
      [LOGIN, 'takes the password exactly as it is'],
    ],
  },
  E2: {
    says: 'common passwords, and words that everybody here knows, are refused wherever one is set; a change needs the current one',
    shownBy: [
      [`${USERS}/common-passwords.spec.ts`, 'are many times the 3,000 that are the least'],
      [POLICY, 'a common password'],
      [POLICY, 'a word that everybody here knows'],
      [ACCOUNTS, 'refuses a password before it looks at the address'],
      [ACCOUNTS, 'goes by the policy'],
      [ONE_TIME, 'stays good after a password that the policy refuses'],
      [USER_SERVICE, 'makes nobody of %s'],
      [ACCOUNTS, 'needs the current one, and counts guesses'],
    ],
  },
  E3: {
    says: 'argon2id with 19 MiB, a salt for each, parameters in the hash and anew at login; so many at a time and no more',
    shownBy: [
      [HASHER, 'is argon2id with 19 MiB, two passes and one lane, and says so'],
      [HASHER, 'has a salt of its own'],
      [HASHER, 'of other parameters verifies and is to be made anew'],
      [LOGIN, 'makes a hash of other parameters anew, once'],
      [HASH_QUEUE, 'lets so many run at a time, and the others in their order'],
      [HASH_QUEUE, 'sends away whoever would be the 201st to wait'],
      [HASHER_WORK, 'is done for so many at a time as the options say'],
    ],
  },
  E4: {
    says: 'nobody learns who has an account: not by login, registration, a forgotten password or a verification',
    shownBy: [
      [LOGIN, 'answers the same, whatever is wrong, and says in the event alone what it was'],
      [LOGIN, 'compares one password for each attempt, whatever is wrong'],
      [HASHER_WORK, 'is one hash with the parameters of today'],
      [ACCOUNTS, 'answers about an address that is taken as about any other, and tells its owner alone'],
      [ACCOUNTS, 'is answered the same for every address, and mailed to those that can use it'],
      [ACCOUNTS, 'is sent again to whom it can be of use, and answered the same to everybody'],
      [LIMITS, 'an account has so many attempts, whether it is there or not'],
    ],
  },
  E5: {
    says: 'attempts are limited by account and by source, on all instances together, and nobody is shut out for ever',
    shownBy: [
      [LIMITS, 'an account has so many attempts, whether it is there or not, and no hash is computed beyond'],
      [LIMITS, 'attempts at the same time are no more'],
      [LIMITS, 'a source has so many attempts; X-Forwarded-For is nothing to go by'],
      [LIMITS, 'where proxies are trusted the source is what they say'],
      [LIMITS, 'strangers cannot shut out an owner who has logged in from there before'],
      [ATTEMPTS, 'still lets the owner in while strangers keep the account locked'],
      [ATTEMPTS, 'is one /64, and one IPv4 address however it is written'],
      [ACCOUNTS, 'ends a lock-out'],
      ['test/users/login-instances.spec.ts', 'are counted together'],
    ],
  },
  E6: {
    says: 'an address has one form, which is looked at and compared: no other case, width or look-alike is another one',
    shownBy: [
      [EMAIL, 'one form of an address'],
      [EMAIL, 'no address'],
      [EMAIL, 'what is normalised stays as it is'],
      [LOGIN, 'takes %s for the same address'],
      [LIMITS, 'other spellings of an address are the same account'],
      [ADMINISTRATION, 'has an address that nobody else has'],
      [IN_POSTGRES, 'of 100 parallel new users with one address one is made'],
    ],
  },
  E7: {
    says: 'what is mailed is good once, for an hour, while address and password stay; an administrator never learns it',
    shownBy: [
      [ONE_TIME, '%s: of 100 parallel uses one succeeds'],
      [ONE_TIME, '%s: lasts an hour and no longer'],
      [ONE_TIME, '%s: is void once the address has changed'],
      [ONE_TIME, '%s: is void once the password has changed'],
      [ONE_TIME, '%s: is void while its user is disabled'],
      [ONE_TIME, 'is stored as its digest alone'],
      [ONE_TIME, 'kinds never interchange'],
      [IN_POSTGRES, 'of 100 parallel uses of one reset token on two instances one succeeds'],
      [ACCOUNTS, 'ends sessions and the access tokens that are out, and proves the address'],
      [ADMINISTRATION, 'gets a reset from an administrator, who gets neither token nor password'],
    ],
  },
  E8: {
    says: 'a body says what it may and nothing more, by name; no answer and no event holds a hash',
    shownBy: [
      [MASS_ASSIGNMENT, 'are all in the table'],
      [MASS_ASSIGNMENT, '$method $path takes nothing that is not its own'],
      ['test/endpoints/foreign-fields.spec.ts', 'is tried with every body that there is'],
      ['test/endpoints/foreign-fields.spec.ts', 'is 400 and named in the body of %s'],
      [ROLES_HTTP, 'refuses what is no field of a change, the name included, and __proto__'],
      [USER_SERVICE, 'changes no password, and no state, by an update'],
      [ROLE_SERVICE, 'does not change %s, and names the field'],
      [ACCOUNTS, 'no event holds a password, a hash or a token'],
      [CALLERS, '%s: %i'],
    ],
  },
  E9: {
    says: 'every endpoint says of every kind of caller what they may; what is foreign looks like what is not there',
    shownBy: [
      [CALLERS, 'are all in the table, and nothing else is'],
      [CALLERS, '%s: %i'],
      [ADMINISTRATION, 'is the same 404 for a user of another organisation, one of none, and nobody'],
      [ADMINISTRATION, 'is refused before anybody is looked up to who lacks it'],
      [GIVING, 'says the same of people and roles that are not there as of those of others'],
      [AUDIT, 'shows a caller of an organisation what its members did, and nothing else'],
    ],
  },
  E10: {
    says: 'nobody gives what they lack, in any way, or changes whoever holds more; the last administrator stays',
    shownBy: [
      [GIVING, '%s, by %s'],
      [GIVING, 'has all of these attempts'],
      [`${ROLES}/authority.spec.ts`, '%j may give %j: %s'],
      [ESCALATION, 'with roles whose permissions they hold themselves'],
      [ESCALATION, 'does not move anybody to where their roles grant what the caller lacks'],
      [`${ROLES}/authority.spec.ts`, 'lets only those change a subject who hold everything that it holds'],
      [ESCALATION, 'of ten who remove one another, one stays'],
      [HELD, 'keeps one administrator of any number that give up at once'],
      ['test/roles/postgres.spec.ts', 'keeps one administrator of any number that give up at once'],
      [ROLE_SERVICE, 'leaves the last administrator'],
    ],
  },
  E11: {
    says: 'permissions match by whole segments; unknown ones stop the boot; without a decorator a handler is closed',
    shownBy: [
      ['libs/auth/src/identity/permission-set.spec.ts', 'PermissionSet.covers'],
      [PERMISSION, 'isPermission and isGrant'],
      [PERMISSION, 'isKnownGrant'],
      ['test/gate/permissions.spec.ts', '%s with %j lacks %s'],
      ['test/gate/boot-refusals.spec.ts', 'over permissions that no catalogue knows'],
      ['test/gate/optional.spec.ts', 'requireAuth is on by default: closed without a decorator'],
      ['test/gate/inheritance.spec.ts', 'needs a credential everywhere but where the child says otherwise'],
    ],
  },
  E12: {
    says: 'a change of permissions counts from the next request on; 403 is for whoever is known, 401 for whoever is not',
    shownBy: [
      [HELD, 'takes a permission from tokens and keys that are out, and gives it back, at the next request'],
      [LIVE, 'loses a permission, and has it back: entry about %s'],
      [LIVE, 'is not remembered by a look that began before the change'],
      [ESCALATION, 'does what the caller holds now, whatever the token was issued with'],
      ['test/gate/permissions.spec.ts', 'is 401 without a credential, and never 403'],
      ['test/gate/roles.spec.ts', 'are asked for once it is known who calls: 401 without a credential'],
    ],
  },
  E13: {
    says: 'what fails lets nobody pass: stores, directories, policies, options',
    shownBy: [
      ['test/gate/outages.spec.ts', '%s: 503, and nothing of it shows'],
      ['test/gate/policies.spec.ts', 'refuse with anything but true: %p'],
      ['test/roles/outages.spec.ts', 'neither allows nor denies'],
      ['test/users/accounts.outages.spec.ts', '$method $path: 503'],
      [LIVE, 'is answered 503 while the directory is away, and passes nowhere'],
      [`${ROLES}/permission.service.spec.ts`, 'takes a directory that %s for an outage, and allows nothing'],
      ['test/gate/boot-refusals.spec.ts', 'over options, before any handler is looked at'],
    ],
  },
  E14: {
    says: 'there is no account but those that are made; the first administrator is made once, with the set-up token',
    shownBy: [
      [SETUP, 'makes the first administrator and logs them in'],
      [SETUP, 'happens once, of a hundred at the same time'],
      ['test/users/setup.postgres.spec.ts', 'happens once, of a hundred at the same time on two instances'],
      [SETUP, 'is done for every other application with these stores'],
      [SETUP, '429 after too many wrong tokens of one source'],
      ['libs/auth/src/testing/user-store.races.ts', 'makes one first administrator, of many callers'],
    ],
  },
  E15: {
    says: 'what happens to accounts, sessions, keys and permissions is kept, with who did it, no secrets and no lines broken',
    shownBy: [
      [AUDIT, 'has a refused credential at once: why, where and from where, and nothing of the credential'],
      [AUDIT, 'has what was denied and to whom, and what was done to keys and sessions'],
      [AUDIT, 'holds ends of lines and control characters as the text that they are'],
      ['libs/auth/src/audit/audit-entry.spec.ts', 'is the event: who, what, to what, from where'],
      [LOGIN, 'tells of a success'],
      [HELD, 'gives and takes roles, once each, and tells of it'],
      [ROLES_HTTP, 'makes, shows, changes and removes one, and tells of it'],
      ['test/audit/postgres.spec.ts', 'is one log of all instances'],
    ],
  },
  E16: {
    says: 'lists have pages of a hundred at most, bodies an end, and no hash is computed for whoever has no attempt left',
    shownBy: [
      [ADMINISTRATION, 'have pages, and no more than 100 on one'],
      [ROLES_HTTP, 'lists in pages: what cannot be changed first, then by name, each once'],
      [ROLES_HTTP, 'refuses a query that says %s'],
      [AUDIT, 'is read in pages, the latest first'],
      [BODY_SIZE, 'POST %s: 413 for one of 2 MiB'],
      [BODY_SIZE, 'POST %s: 400 for a password of 257 characters, with no hash computed'],
      [LIMITS, 'an account has so many attempts, whether it is there or not, and no hash is computed beyond'],
      [ACCOUNTS, 'is limited by source'],
    ],
  },
};
