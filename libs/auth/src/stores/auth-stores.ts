import type { ApiKeyStore } from '../api-keys/api-key.store.js';
import { AuthOptionsError } from '../options/options-error.js';
import type { RevocationNotifications, RevocationStore } from '../revocation/revocation.store.js';
import type { RefreshTokenStore } from '../sessions/refresh-token.store.js';
import type { RateLimitCounter } from '../api-keys/rate-limit.counter.js';
import { NoSigningKeyStore, type SigningKeyStore } from '../tokens/signing-key.store.js';
import { MemoryApiKeyStore } from './memory/memory-api-key.store.js';
import { MemoryRateLimitCounter } from './memory/memory-rate-limit.counter.js';
import { MemoryRefreshTokenStore } from './memory/memory-refresh-token.store.js';
import { MemorySigningKeyStore } from './memory/memory-signing-key.store.js';
import { MemoryRevocationStore, NoNotifications } from './memory/memory-revocation.store.js';

/**
 * Where things last. The first three belong together: keys and sessions write what is revoked to the log in one
 * transaction with the change itself. `postgresStores()` makes them all.
 */
export interface AuthStores {
  readonly revocations: RevocationStore;
  readonly apiKeys: ApiKeyStore;
  readonly refreshTokens: RefreshTokenStore;
  /** Without it, other instances learn of a revocation from the log within a second. */
  readonly notifications?: RevocationNotifications;
  /** Of the same database as the first three. Without it, the signing keys are those of the options. */
  readonly signingKeys?: SigningKeyStore;
  /** Counters of the API keys' limits. Default: each process counts for itself. */
  readonly rateLimits?: RateLimitCounter;
}

const TOGETHER = ['revocations', 'apiKeys', 'refreshTokens'] as const;
const NAMES: ReadonlySet<string> = new Set([...TOGETHER, 'notifications', 'signingKeys', 'rateLimits']);

/** Everything in the memory of this process. */
export function memoryStores(): AuthStores & Required<Pick<AuthStores, 'signingKeys'>> {
  const revocations = new MemoryRevocationStore();
  return {
    revocations,
    apiKeys: new MemoryApiKeyStore(revocations),
    refreshTokens: new MemoryRefreshTokenStore(revocations),
    signingKeys: new MemorySigningKeyStore(revocations),
  };
}

/**
 * @param written undefined: everything in memory.
 * @throws AuthOptionsError naming every store that is missing or unknown.
 */
export function completeStores(written: AuthStores | undefined): Required<AuthStores> {
  const stores = written ?? memoryStores();
  const problems = [
    ...TOGETHER.filter((name) => stores[name] === undefined).map(
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
    ...stores,
  };
}
