import { afterEach, describe, expect, it } from '@jest/globals';
import { memoryStores, type SessionTokens } from 'nestjs-gatehouse';

import { closeAll } from '../support/platforms.js';
import { bootLogins, type Logins } from './login.support.js';

const ADA = { email: 'ada@example.com', email_verified: true };

describe('who a subject of a provider is', () => {
  let logins: Logins;
  afterEach(async () => {
    await closeAll();
    await logins.close();
  });

  async function start(
    ...[auth, trust]: Parameters<typeof bootLogins> extends [unknown, ...infer Rest] ? Rest : never
  ) {
    logins = await bootLogins('express', auth, trust);
    for (const { people } of [logins.work, logins.other]) people.set('ada', ADA);
  }

  async function userIdOf(session: SessionTokens | string): Promise<string> {
    if (typeof session === 'string') return session;
    const { body } = await logins.ask('GET', '/me', { token: session.accessToken });
    return (body as { userId: string }).userId;
  }

  it('is the user who has verified the same address, where the provider is trusted for it', async () => {
    await start();
    const { userId } = await logins.add('ada@example.com');
    logins.work.people.set('ada', { ...ADA, email: 'ADA@Example.com' });
    expect(await userIdOf(await logins.session('ada'))).toBe(userId);
    expect(logins.events.map(({ type }) => type)).toContain('provider.linked');
  });

  it.each([
    ['the provider is not trusted', 'other', true, ADA],
    ['the provider has not verified the address', 'work', true, { ...ADA, email_verified: false }],
    ['the provider does not say so', 'work', true, { email: ADA.email }],
    ['the provider says so in words', 'work', true, { ...ADA, email_verified: 'true' as unknown as boolean }],
    ['the user has not verified the address', 'work', false, ADA],
  ])('is not the user of the same address when %s', async (_when, provider, isEmailVerified, person) => {
    await start();
    const { userId } = await logins.add('ada@example.com', { isEmailVerified });
    for (const one of [logins.work, logins.other]) one.people.set('ada', person);
    expect(await logins.session('ada', { provider })).toBe('account_exists');
    expect(await logins.stores.linkedAccounts.list(userId)).toEqual([]);
    expect(logins.events.filter(({ type }) => type === 'session.opened')).toEqual([]);
  });

  it('is somebody else than the subject of the same name at another provider', async () => {
    await start();
    logins.other.people.set('ada', { email: 'other@example.com' });
    const [one, other] = [await logins.session('ada'), await logins.session('ada', { provider: 'other' })];
    expect(await userIdOf(one)).not.toBe(await userIdOf(other));
  });

  it('is a user whose address is not verified where the provider is not trusted', async () => {
    await start();
    const userId = await userIdOf(await logins.session('ada', { provider: 'other' }));
    expect(await logins.users.find(userId)).toMatchObject({
      email: ADA.email,
      emailVerifiedAt: undefined,
      hasPassword: false,
    });
    expect(await userIdOf(await logins.session('ada', { provider: 'other' }))).toBe(userId);
  });

  it('is that user no more once somebody has verified the address, who may be somebody else', async () => {
    await start();
    const userId = await userIdOf(await logins.session('ada', { provider: 'other' }));
    logins.clock.advance(60);
    await logins.users.update(userId, { isEmailVerified: true });
    expect(await logins.session('ada', { provider: 'other' })).toBe('account_exists');
    // Its owner, whom a trusted provider vouches for.
    expect(await userIdOf(await logins.session('ada'))).toBe(userId);
    expect((await logins.stores.linkedAccounts.list(userId)).map(({ provider }) => provider)).toEqual([
      'work',
    ]);
  });

  it('stays that user when the address is verified anew, and was before', async () => {
    await start();
    const userId = await userIdOf(await logins.session('ada'));
    logins.clock.advance(60);
    await logins.users.update(userId, { email: 'countess@example.com', isEmailVerified: true });
    expect(await userIdOf(await logins.session('ada'))).toBe(userId);
  });

  it('is nobody when the user is disabled, however they are found', async () => {
    await start();
    const { userId } = await logins.add('ada@example.com');
    await logins.users.disable(userId);
    expect(await logins.session('ada')).toBe('access_denied');
    await logins.users.enable(userId);
    expect(await userIdOf(await logins.session('ada'))).toBe(userId);
    await logins.users.disable(userId);
    expect(await logins.session('ada')).toBe('access_denied');
  });

  it('is nobody when the user is disabled before the code is exchanged, or removed', async () => {
    await start();
    const { userId } = await logins.add('ada@example.com');
    const code = (await logins.logIn('ada')).searchParams.get('code');
    await logins.users.disable(userId);
    expect((await logins.exchange(code)).status).toBe(400);
    await logins.users.enable(userId);
    const next = (await logins.logIn('ada')).searchParams.get('code');
    await logins.users.remove(userId);
    expect((await logins.exchange(next)).status).toBe(400);
    // With the user the link has gone.
    expect(await userIdOf(await logins.session('ada'))).not.toBe(userId);
  });

  it.each([
    {},
    { email: '' },
    { email: 'ada' },
    { email: 'ada@example.com\0' },
    { email: 1 as unknown as string },
  ])('is nobody with the address %j', async (person) => {
    await start();
    logins.work.people.set('ada', { email_verified: true, ...person });
    expect(await logins.session('ada')).toBe('email_missing');
  });

  it('is nobody new where nobody new is taken', async () => {
    await start({}, { createsUsers: false });
    expect(await logins.session('ada')).toBe('account_unknown');
    await logins.add('ada@example.com');
    expect(typeof (await logins.session('ada'))).toBe('object');
  });

  it('is nobody with half an account when a store fails in between', async () => {
    const stores = memoryStores();
    await start({ stores });
    const insert = stores.linkedAccounts.insert.bind(stores.linkedAccounts);
    stores.linkedAccounts.insert = () => Promise.reject(new Error('down'));
    await expect(logins.logIn('ada')).rejects.toThrow('503');
    expect(await logins.users.findByEmail(ADA.email)).toBeUndefined();
    stores.linkedAccounts.insert = insert;
    expect(typeof (await logins.session('ada'))).toBe('object');
  });

  it('is one user, however many first logins there are at once', async () => {
    await start();
    const ends = await Promise.all(Array.from({ length: 8 }, () => logins.session('ada')));
    const ids = await Promise.all(ends.filter((end) => typeof end !== 'string').map(userIdOf));
    expect(new Set(ids).size).toBe(1);
    expect(await logins.users.list()).toHaveLength(1);
    expect(await logins.stores.linkedAccounts.list(ids[0]!)).toHaveLength(1);
  });
});
