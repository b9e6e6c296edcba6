import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SessionService, type SessionTokens } from 'nestjs-gatehouse';

import { NEW_PASSWORD } from '../users/accounts.support.js';
import { closeAll } from '../support/platforms.js';
import { bootLogins, DONE, HOME, type Logins } from './login.support.js';

/** Whoever that is at a provider that is not trusted: nothing says that the address is theirs. */
const VICTIM = { email: 'victim@example.com', email_verified: true };

describe('somebody who came with an address that nobody has proven', () => {
  let logins: Logins;
  beforeEach(async () => {
    logins = await bootLogins('express');
    for (const { people } of [logins.work, logins.other]) people.set('mallory', VICTIM);
  });
  afterEach(async () => {
    await closeAll();
    await logins.close();
  });

  async function enter(provider: string): Promise<SessionTokens> {
    const session = await logins.session('mallory', { provider });
    if (typeof session === 'string') throw new Error(session);
    return session;
  }

  const claimsOf = ({ accessToken }: SessionTokens): Record<string, unknown> =>
    JSON.parse(Buffer.from(accessToken.split('.')[1]!, 'base64url').toString()) as Record<string, unknown>;

  const me = async ({ accessToken }: SessionTokens): Promise<number> =>
    (await logins.ask('GET', '/me', { token: accessToken })).status;

  async function confirmByMail(): Promise<void> {
    await logins.ask('POST', '/email/send-verification', { body: { email: VICTIM.email } });
    const token = await logins.mailbox.nextToken();
    expect(await logins.ask('POST', '/email/verify', { body: { token } })).toMatchObject({ status: 204 });
  }

  it('is not called by it in tokens, also of a session that is refreshed', async () => {
    const session = await enter('other');
    expect(claimsOf(session).email).toBeUndefined();
    const { body } = await logins.ask('POST', '/refresh', { body: { refreshToken: session.refreshToken } });
    expect(claimsOf(body as SessionTokens).email).toBeUndefined();
  });

  it('is called by it where a trusted provider vouches for it', async () => {
    expect(claimsOf(await enter('work')).email).toBe(VICTIM.email);
  });

  it.each([
    ['its owner confirms it', confirmByMail],
    ['somebody who looks after users says whose it is', confirmByHand],
  ])('is out as soon as %s, and cannot link the account again', async (_what, confirm) => {
    const session = await enter('other');
    expect(await me(session)).toBe(200);
    logins.clock.advance(60);
    await confirm();
    expect(await me(session)).toBe(401);
    const { accessToken, refreshToken } = session;
    expect(await logins.ask('POST', '/refresh', { body: { refreshToken } })).toMatchObject({ status: 401 });
    const linking = { token: accessToken, body: { redirectTo: DONE } };
    expect(await logins.ask('POST', '/me/providers/other', linking)).toMatchObject({ status: 401 });
    expect(await logins.session('mallory', { provider: 'other' })).toBe('account_exists');
  });

  async function confirmByHand(): Promise<void> {
    const user = await logins.stores.users.findByEmail(VICTIM.email);
    await logins.users.update(user!.userId, { isEmailVerified: true });
  }

  it('keeps no code for when all sessions were ended, whatever has ended them', async () => {
    const logOutEverywhere = async (): Promise<void> => {
      const user = await logins.stores.users.findByEmail(VICTIM.email);
      await logins.app.get(SessionService).closeAll(user!.userId);
    };
    for (const end of [confirmByMail, setPassword, logOutEverywhere]) {
      const code = (await logins.logIn('mallory', { provider: 'other' })).searchParams.get('code');
      logins.clock.advance(30);
      await end();
      expect(await logins.exchange(code)).toMatchObject({ status: 400 });
      const user = await logins.stores.users.findByEmail(VICTIM.email);
      await logins.users.remove(user!.userId);
    }
  });

  async function setPassword(): Promise<void> {
    await logins.ask('POST', '/password/forgot', { body: { email: VICTIM.email } });
    const token = await logins.mailbox.nextToken();
    const body = { token, password: NEW_PASSWORD };
    expect(await logins.ask('POST', '/password/reset', { body })).toMatchObject({ status: 204 });
  }

  it('lets the owner link the account after all, who has set a password', async () => {
    await enter('other');
    logins.clock.advance(60);
    await setPassword();
    const { accessToken } = await logins.login(VICTIM.email, NEW_PASSWORD);
    expect(await link(accessToken)).toBe('other');
    expect(await logins.session('mallory', { provider: 'other' })).toMatchObject({ expiresIn: 3_600 });
  });

  it('may link the account to another user', async () => {
    await enter('other');
    logins.clock.advance(60);
    await confirmByMail();
    const { userId } = await logins.add('mallory@example.com');
    const { accessToken } = await logins.login('mallory@example.com');
    expect(await link(accessToken)).toBe('other');
    expect(await logins.stores.linkedAccounts.list(userId)).toHaveLength(1);
  });

  async function link(token: string): Promise<string | null> {
    const browser = logins.browser();
    const answer = await browser.go(`${HOME}/auth/me/providers/other`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ redirectTo: DONE }),
    });
    const callback = await browser.atProvider(((await answer.json()) as { url: string }).url, 'mallory');
    const { searchParams } = new URL(browser.next(await browser.go(callback), callback));
    return searchParams.get('linked') ?? searchParams.get('error');
  }

  it('is not taken for the owner of an address that only looks like it', async () => {
    const { userId } = await logins.add(VICTIM.email);
    for (const email of ['ｖictim@example.com', 'victim@example.ｃom']) {
      logins.work.people.set('mallory', { ...VICTIM, email });
      expect(await logins.session('mallory')).toBe('account_exists');
    }
    expect(await logins.stores.linkedAccounts.list(userId)).toEqual([]);
  });
});
