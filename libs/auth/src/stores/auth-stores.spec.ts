import { describe, expect, it } from '@jest/globals';

import { AuthOptionsError } from '../options/options-error.js';
import { completeStores, memoryStores, type AuthStores } from './auth-stores.js';
import { MemoryAuditStore } from './memory/memory-audit.store.js';

const { revocations, apiKeys, refreshTokens, users, oneTimeTokens, roles } = memoryStores();
const BASE = { revocations, apiKeys, refreshTokens };

function problemsOf(stores: object): readonly string[] {
  try {
    completeStores(stores as AuthStores);
    return [];
  } catch (error) {
    if (error instanceof AuthOptionsError) return error.message.match(/stores\.\w+/g) ?? [];
    throw error;
  }
}

describe('the stores of an application', () => {
  it('are all in memory when there are none', () => {
    const stores = completeStores(undefined);
    expect(Object.keys(stores).toSorted()).toEqual([
      'apiKeys',
      'audit',
      'clients',
      'linkedAccounts',
      'loginStates',
      'notifications',
      'oneTimeTokens',
      'rateLimits',
      'refreshTokens',
      'revocations',
      'roles',
      'signingKeys',
      'users',
    ]);
  });

  it('know nobody when they were given without the stores of people, and keep an audit log in memory', () => {
    const stores = completeStores(BASE);
    expect(stores).toMatchObject(BASE);
    expect([stores.users, stores.oneTimeTokens, stores.roles]).toEqual([undefined, undefined, undefined]);
    expect(stores.audit).toBeInstanceOf(MemoryAuditStore);
  });

  it('keep what they were given', () => {
    const given = { ...BASE, users, oneTimeTokens, roles, audit: new MemoryAuditStore() };
    expect(completeStores(given)).toMatchObject(given);
  });

  it.each([
    ['users', ['stores.oneTimeTokens', 'stores.roles']],
    ['oneTimeTokens', ['stores.users', 'stores.roles']],
    ['roles', ['stores.users', 'stores.oneTimeTokens']],
  ] as const)('of people are given together: %s alone is a mistake', (name, missing) => {
    expect(problemsOf({ ...BASE, [name]: { users, oneTimeTokens, roles }[name] })).toEqual(missing);
  });

  it('of people that are named with undefined are not given, and the audit log neither', () => {
    const stores = {
      ...BASE,
      users: undefined,
      oneTimeTokens: undefined,
      roles: undefined,
      audit: undefined,
    };
    expect(problemsOf(stores)).toEqual([]);
    expect(completeStores(stores as unknown as AuthStores).audit).toBeInstanceOf(MemoryAuditStore);
  });

  it('name what is missing and what is unknown, all at once', () => {
    expect(problemsOf({ revocations, apiKeys, user: users })).toEqual([
      'stores.refreshTokens',
      'stores.user',
    ]);
  });
});
