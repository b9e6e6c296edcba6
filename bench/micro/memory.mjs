import { ApiKeyService, AuthGuard, TokenService } from 'nestjs-gatehouse';

import { bearer, person } from '../harness/tokens.mjs';
import { contextOf, startGatehouse } from './contexts.mjs';

const IDENTITIES = 100_000;

/** What an identity takes while it is remembered: key, entry, identity, and its share of the cache's own tables. */
export async function measure() {
  const app = await startGatehouse({ identityCache: { maxEntries: IDENTITIES } });
  const guard = app.get(AuthGuard);
  const tokens = app.get(TokenService);
  const jwt = await bytesOf('JWT', guard, (i) => bearer(tokens.createAccessToken(person(i))));

  const other = await startGatehouse({ identityCache: { maxEntries: IDENTITIES } });
  const apiKeys = other.get(ApiKeyService);
  const keys = [];
  // The records are the store's memory, and are there before the first look.
  for (let i = 0; i < IDENTITIES; i++) {
    const { userId, orgId, permissions } = person(i);
    keys.push((await apiKeys.create({ name: `key ${i}`, userId, orgId, permissions })).key);
  }
  const key = await bytesOf('API key', other.get(AuthGuard), (i) => ({ 'x-api-key': keys[i] }));
  await Promise.all([app.close(), other.close()]);
  return [jwt, key];
}

async function bytesOf(name, guard, credential) {
  // What is made once, and compiled on the way, is no part of an identity.
  for (let i = 0; i < 100; i++) await guard.canActivate(contextOf(credential(i)));
  const before = used();
  for (let i = 0; i < IDENTITIES; i++) await guard.canActivate(contextOf(credential(i)));
  return {
    title: `one remembered ${name}`,
    value: Math.round((used() - before) / IDENTITIES),
    unit: 'bytes',
  };
}

function used() {
  globalThis.gc();
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
