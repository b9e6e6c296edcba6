import type { ApiKeyStore } from '../api-keys/api-key.store.js';
import { AuthOptionsError } from '../options/options-error.js';
import type { RevocationNotifications, RevocationStore } from '../revocation/revocation.store.js';
import type { RefreshTokenStore } from '../sessions/refresh-token.store.js';
import type { ClientStore } from '../oauth/client.store.js';
import type { RateLimitCounter } from '../api-keys/rate-limit.counter.js';
import { NoSigningKeyStore, type SigningKeyStore } from '../tokens/signing-key.store.js';
import { MemoryApiKeyStore } from './memory/memory-api-key.store.js';
import { MemoryAuditStore } from './memory/memory-audit.store.js';
import { MemoryClientStore } from './memory/memory-client.store.js';
import { MemoryLinkedAccountStore } from './memory/memory-linked-account.store.js';
import { MemoryLoginStateStore } from './memory/memory-login-state.store.js';
import { MemoryOneTimeTokenStore } from './memory/memory-one-time-token.store.js';
import { MemoryRateLimitCounter } from './memory/memory-rate-limit.counter.js';
import { MemoryRefreshTokenStore } from './memory/memory-refresh-token.store.js';
import { MemoryRevocationStore, NoNotifications } from './memory/memory-revocation.store.js';
import { MemoryRoleStore } from './memory/memory-role.store.js';
import { MemorySigningKeyStore } from './memory/memory-signing-key.store.js';
import { MemorySubjects } from './memory/memory-subjects.js';
import { MemoryUserStore } from './memory/memory-user.store.js';
import { LOGINS, PEOPLE, type PeopleStores } from './people-stores.js';

/**
 * Where things last. The first three belong together: keys and sessions write what is revoked to the log in one
 * transaction with the change itself. `postgresStores()` makes them all.
 */
export interface AuthStores extends PeopleStores {
  readonly revocations: RevocationStore;
  readonly apiKeys: ApiKeyStore;
  readonly refreshTokens: RefreshTokenStore;
  /** Without it, other instances learn of a revocation from the log within a second. */
  readonly notifications?: RevocationNotifications;
  /** Of the same database as the first three. Without it, the signing keys are those of the options. */
  readonly signingKeys?: SigningKeyStore;
  /** For the option `services`, of the same database as the first three. Without it, no service is kept here. */
  readonly clients?: ClientStore;
  /** Counters of the API keys' limits. Default: each process counts for itself. */
  readonly rateLimits?: RateLimitCounter;
}

const BASE = ['revocations', 'apiKeys', 'refreshTokens'] as const;
type Optional = (typeof PEOPLE)[number] | (typeof LOGINS)[number] | 'clients';

/** The stores of an application, with what it left out. Of the stores of people there are all or none. */
export type CompleteStores = Required<Omit<AuthStores, Optional>> & Pick<AuthStores, Optional>;

const NAMES: ReadonlySet<string> = new Set([
  ...BASE,
  ...PEOPLE,
  ...LOGINS,
  ...(['notifications', 'signingKeys', 'rateLimits', 'audit', 'clients'] satisfies (keyof AuthStores)[]),
]);

/** Everything in the memory of this process. */
export function memoryStores(): Required<Omit<AuthStores, 'notifications' | 'rateLimits'>> {
  const revocations = new MemoryRevocationStore();
  const refreshTokens = new MemoryRefreshTokenStore(revocations);
  const subjects = new MemorySubjects(revocations, refreshTokens);
  return {
    revocations,
    refreshTokens,
    apiKeys: new MemoryApiKeyStore(revocations),
    signingKeys: new MemorySigningKeyStore(revocations),
    users: new MemoryUserStore(subjects),
    oneTimeTokens: new MemoryOneTimeTokenStore(subjects),
    roles: new MemoryRoleStore(subjects),
    linkedAccounts: new MemoryLinkedAccountStore(subjects),
    loginStates: new MemoryLoginStateStore(),
    audit: new MemoryAuditStore(),
    clients: new MemoryClientStore(revocations),
  };
}

/**
 * @param written undefined: everything in memory.
 * @throws AuthOptionsError naming every store that is missing or unknown.
 */
export function completeStores(written: AuthStores | undefined): CompleteStores {
  const stores = written ?? memoryStores();
  const hasPeople = PEOPLE.some((name) => stores[name] !== undefined);
  const hasLogins = LOGINS.some((name) => stores[name] !== undefined);
  const problems = [
    ...[...BASE, ...(hasPeople || hasLogins ? PEOPLE : []), ...(hasLogins ? LOGINS : [])]
      .filter((name) => stores[name] === undefined)
      .map(
        (name) =>
          `stores.${name} is missing beside the others. Remedy: give the stores of one database together.`,
      ),
    ...Object.keys(stores)
      .filter((name) => !NAMES.has(name))
      .map((name) => `stores.${name} is no option. Remedy: remove it or correct its name.`),
  ];
  if (problems.length > 0) throw new AuthOptionsError(problems);
  return {
    notifications: new NoNotifications(),
    rateLimits: new MemoryRateLimitCounter(),
    signingKeys: new NoSigningKeyStore(),
    audit: new MemoryAuditStore(),
    ...withoutUndefined(stores),
  };
}

/** What is named with undefined is left out, so that its default counts. */
function withoutUndefined(stores: AuthStores): AuthStores {
  const given = Object.entries(stores).filter(([, store]) => store !== undefined);
  return Object.fromEntries(given) as unknown as AuthStores;
}
