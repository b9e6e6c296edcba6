import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SessionTokens } from 'nestjs-gatehouse';

import { closeAll, PLATFORMS } from '../support/platforms.js';
import type { Browser } from './login-browser.support.js';
import { bootLogins, DONE, HOME, type Logins } from './login.support.js';

describe.each(PLATFORMS)('linking accounts on %s', (platform) => {
  let logins: Logins;
  beforeAll(async () => {
    logins = await bootLogins(platform);
  });
  afterAll(async () => {
    await closeAll();
    await logins.close();
  });

  let count = 0;
  async function somebody(): Promise<SessionTokens & { userId: string; email: string; login: string }> {
    count += 1;
    const email = `somebody-${count}@example.com`;
    const login = `login-${count}`;
    for (const { people } of [logins.work, logins.other])
      people.set(login, { email: `at-work-${count}@example.com` });
    const { userId } = await logins.add(email);
    return { ...(await logins.login(email)), userId, email, login };
  }

  function ask(browser: Browser, token: string, provider = 'work', redirectTo = DONE): Promise<Response> {
    return browser.go(`${HOME}/auth/me/providers/${provider}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ redirectTo }),
    });
  }

  async function callbackOf(
    browser: Browser,
    token: string,
    login: string,
    provider = 'work',
  ): Promise<string> {
    const { url } = (await (await ask(browser, token, provider)).json()) as { url: string };
    return browser.atProvider(url, login);
  }

  async function link(token: string, login: string, provider = 'work'): Promise<string> {
    const browser = logins.browser();
    const callback = await callbackOf(browser, token, login, provider);
    return browser.next(await browser.go(callback), callback);
  }

  it('lets a user in who has linked while logged in, whatever the address', async () => {
    const { accessToken, userId, login } = await somebody();
    expect(await link(accessToken, login)).toBe(`${DONE}&linked=work`);
    const session = (await logins.session(login)) as SessionTokens;
    expect((await logins.ask('GET', '/me', { token: session.accessToken })).body).toMatchObject({ userId });
  });

  it('lists what is linked, and ends it', async () => {
    const { accessToken: token, login } = await somebody();
    for (const provider of ['work', 'other']) await link(token, login, provider);
    // Again: nothing changes.
    expect(await link(token, login)).toBe(`${DONE}&linked=work`);
    const { body } = await logins.ask('GET', '/me/providers', { token });
    const createdAt = expect.any(String);
    expect(body).toEqual([
      { provider: 'work', id: login, createdAt },
      { provider: 'other', id: login, createdAt },
    ]);
    expect(await logins.ask('DELETE', `/me/providers/work/${login}`, { token })).toMatchObject({
      status: 204,
    });
    expect(await logins.ask('DELETE', `/me/providers/work/${login}`, { token })).toMatchObject({
      status: 404,
    });
    expect(await logins.session(login)).not.toMatchObject({ userId: expect.anything() });
    // With a password there is another way in.
    expect(await logins.ask('DELETE', `/me/providers/other/${login}`, { token })).toMatchObject({
      status: 204,
    });
  });

  it('keeps the last way to log in', async () => {
    logins.work.people.set('no-password', { email: 'no-password@example.com', email_verified: true });
    const { accessToken: token } = (await logins.session('no-password')) as SessionTokens;
    const answer = await logins.ask('DELETE', '/me/providers/work/no-password', { token });
    expect(answer).toMatchObject({ status: 409 });
    await link(token, 'no-password', 'other');
    const both = await Promise.all(
      ['work', 'other'].map((provider) =>
        logins.ask('DELETE', `/me/providers/${provider}/no-password`, { token }),
      ),
    );
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([204, 409]);
  });

  it("takes nobody else's account, and ends nobody else's link", async () => {
    const [one, other] = [await somebody(), await somebody()];
    await link(one.accessToken, one.login);
    expect(await link(other.accessToken, one.login)).toBe(`${DONE}&error=already_linked`);
    const answer = await logins.ask('DELETE', `/me/providers/work/${one.login}`, {
      token: other.accessToken,
    });
    expect(answer).toMatchObject({ status: 404 });
    expect(await logins.stores.linkedAccounts.list(one.userId)).toHaveLength(1);
    expect(await logins.stores.linkedAccounts.list(other.userId)).toEqual([]);
  });

  it('is for the browser alone that has begun it', async () => {
    const { accessToken, userId, login } = await somebody();
    const callback = await callbackOf(logins.browser(), accessToken, login);
    expect((await logins.browser().go(callback)).status).toBe(400);
    expect(await logins.stores.linkedAccounts.list(userId)).toEqual([]);
  });

  it('ends with the session that has begun it, and with the user', async () => {
    const leaving: ((who: Awaited<ReturnType<typeof somebody>>) => Promise<unknown>)[] = [
      ({ refreshToken }) => logins.ask('POST', '/logout', { body: { refreshToken } }),
      ({ accessToken: token }) => logins.ask('POST', '/logout-all', { token }),
      ({ userId }) => logins.users.disable(userId),
      ({ userId }) => logins.users.remove(userId),
    ];
    for (const leave of leaving) {
      const who = await somebody();
      const browser = logins.browser();
      const callback = await callbackOf(browser, who.accessToken, who.login);
      await leave(who);
      expect(browser.next(await browser.go(callback), callback)).toBe(`${DONE}&error=access_denied`);
      expect(await logins.stores.linkedAccounts.list(who.userId)).toEqual([]);
    }
  });

  it('begins with a token of a session, a provider and an address of the list alone', async () => {
    const { accessToken, userId } = await somebody();
    const browser = logins.browser();
    expect((await ask(browser, accessToken, 'nobody')).status).toBe(404);
    expect((await ask(browser, accessToken, 'work', 'https://evil.example')).status).toBe(400);
    expect((await ask(browser, 'nonsense')).status).toBe(401);
    const { TokenService } = await import('nestjs-gatehouse');
    const bare = logins.app.get(TokenService).createAccessToken({ userId });
    expect((await ask(browser, bare)).status).toBe(403);
    expect(browser.cookies.get(new URL(HOME).host)?.size).toBe(0);
    const answer = await ask(browser, accessToken);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.getSetCookie()).toHaveLength(1);
  });
});
