import type { JwtService } from '@nestjs/jwt';

import { ApiKeyService } from '../../libs/auth/src/api-keys/api-key.service.js';
import type { ApiKeyStore } from '../../libs/auth/src/api-keys/api-key.store.js';
import { ApiKeyVerifier } from '../../libs/auth/src/api-keys/api-key.verifier.js';
import { AuthEvents } from '../../libs/auth/src/events/auth-events.js';
import { PermissionSets } from '../../libs/auth/src/identity/permission-set.js';
import { AnySubject, type SubjectDirectory } from '../../libs/auth/src/identity/subject-directory.js';
import type { AuthOptions, ResolvedAuthOptions } from '../../libs/auth/src/options/auth-options.js';
import { resolveOptions } from '../../libs/auth/src/options/resolve-options.js';
import { MemoryApiKeyStore } from '../../libs/auth/src/stores/memory/memory-api-key.store.js';
import {
  MemoryRevocationStore,
  NoNotifications,
} from '../../libs/auth/src/stores/memory/memory-revocation.store.js';
import { RevocationFeed } from '../../libs/auth/src/revocation/revocation-feed.js';
import { ManualClock } from '../../libs/auth/src/testing/manual-clock.js';
import { AccessTokenVerifier } from '../../libs/auth/src/tokens/access-token.verifier.js';
import { JwtStrategy } from '../../libs/auth/src/tokens/jwt.strategy.js';
import { KeyRingJwtService } from '../../libs/auth/src/tokens/key-ring-jwt.service.js';
import { SigningKeyRing } from '../../libs/auth/src/tokens/signing-key-ring.js';
import { TokenService } from '../../libs/auth/src/tokens/token.service.js';
import { SECRET } from './secret.js';

/** The services of one application, wired as the module wires them, without Nest. */
export interface Units {
  readonly options: ResolvedAuthOptions;
  readonly clock: ManualClock;
  readonly feed: RevocationFeed;
  readonly store: ApiKeyStore;
  readonly permissions: PermissionSets;
  readonly verifier: AccessTokenVerifier;
  readonly jwtService: JwtService;
  readonly tokens: TokenService;
  readonly apiKeys: ApiKeyService;
  readonly jwtStrategy: JwtStrategy;
}

/** @param options with the tests' secret unless they say another key. */
export function makeUnits(
  options: AuthOptions = {},
  givenStore?: ApiKeyStore,
  subjects: SubjectDirectory = new AnySubject(),
): Units {
  const log = new MemoryRevocationStore();
  const store = givenStore ?? new MemoryApiKeyStore(log);
  const { jwt = {} } = options;
  const hasKeys = [jwt.privateKey, jwt.publicKey, jwt.keys].some((keys) => keys !== undefined);
  const resolved = resolveOptions({ ...options, jwt: hasKeys ? jwt : { secret: SECRET, ...jwt } });
  const clock = new ManualClock();
  const events = new AuthEvents(clock);
  const feed = new RevocationFeed(resolved.revocation, log, new NoNotifications(), clock, events);
  const permissions = new PermissionSets();
  const ring = new SigningKeyRing(resolved.jwt.keys);
  const verifier = new AccessTokenVerifier(resolved, ring, permissions, clock, feed, subjects);
  const keyVerifier = new ApiKeyVerifier(resolved, store, subjects, permissions, clock);
  const jwtService = new KeyRingJwtService(resolved, ring);
  return {
    options: resolved,
    clock,
    feed,
    store,
    permissions,
    verifier,
    jwtService,
    tokens: new TokenService(resolved, ring, jwtService, verifier, feed, clock, events),
    apiKeys: new ApiKeyService(resolved, store, keyVerifier, feed, clock, events),
    jwtStrategy: new JwtStrategy(verifier),
  };
}
