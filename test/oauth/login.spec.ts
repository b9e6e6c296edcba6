import { hash } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SessionTokens } from 'nestjs-gatehouse';

import { closeAll, PLATFORMS } from '../support/platforms.js';
import { beginning, bootLogins, DONE, HOME, OTHER_DONE, type Logins } from './login.support.js';

describe.each(PLATFORMS)('login with a provider on %s', (platform) => {
  let logins: Logins;
  beforeAll(async () => {
    logins = await bootLogins(platform);
    logins.work.people.set('ada', { email: 'Ada@example.com', email_verified: true, name: 'Ada' });
  });
  afterAll(async () => {
    await closeAll();
    await logins.close();
  });

  it('ends in a session of a user whom it has made', async () => {
    const { accessToken } = (await logins.session('ada')) as SessionTokens;
    const { body } = await logins.ask('GET', '/me', { token: accessToken });
    expect(body).toMatchObject({ email: 'ada@example.com', name: 'Ada', permissions: [] });
    expect(await logins.users.findByEmail('ada@example.com')).toMatchObject({
      hasPassword: false,
      emailVerifiedAt: expect.anything(),
    });
  });

  it('ends in a session of the same user the next time, whatever the address is by then', async () => {
    const first = (await logins.session('ada')) as SessionTokens;
    logins.work.people.set('ada', { email: 'countess@example.com', email_verified: true, name: 'Countess' });
    const second = (await logins.session('ada')) as SessionTokens;
    const users = await Promise.all(
      [first, second].map(async ({ accessToken }) => {
        const { body } = await logins.ask('GET', '/me', { token: accessToken });
        return (body as { userId: string }).userId;
      }),
    );
    expect(users[0]).toBe(users[1]);
    expect(await logins.users.findByEmail('countess@example.com')).toBeUndefined();
    logins.work.people.set('ada', { email: 'ada@example.com', email_verified: true });
  });

  it('sends the browser to the provider with PKCE, state and nonce, and keeps nothing that would do', async () => {
    const browser = logins.browser();
    const answer = await browser.go(beginning('work', DONE));
    expect(answer.status).toBe(302);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
    const { origin, searchParams } = new URL(browser.next(answer, HOME));
    expect(origin).toBe(logins.work.issuer);
    expect(Object.fromEntries(searchParams)).toEqual({
      client_id: 'gatehouse',
      response_type: 'code',
      redirect_uri: `${HOME}/auth/callback/work`,
      scope: 'openid email profile',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
    });
    const [cookie] = answer.headers.getSetCookie();
    expect(cookie).toMatch(
      /^__Host-gatehouse-login-[0-9a-f]{16}=[\w-]{43}; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax; Secure$/,
    );
    const state = searchParams.get('state')!;
    const row = await logins.stores.loginStates.consume(
      hash('sha256', state, 'hex'),
      'callback',
      new Date(0),
    );
    expect(JSON.stringify(row)).not.toContain(state);
    expect(JSON.stringify(row)).not.toContain(cookie!.split(/[=;]/)[1]);
  });

  it('goes on in each of several windows', async () => {
    const browser = logins.browser();
    const begin = beginning('work', DONE);
    const [first, second] = [await browser.go(begin), await browser.go(begin)];
    for (const answer of [second, first]) {
      const callback = await browser.atProvider(browser.next(answer, begin), 'ada');
      expect(browser.next(await browser.go(callback), callback)).toMatch(/[?&]code=lc_/);
    }
    expect(browser.cookies.get(new URL(HOME).host)?.size).toBe(0);
  });

  it('does not fill up the headers of a browser', async () => {
    const browser = logins.browser();
    for (let i = 0; i < 30; i += 1) await browser.go(beginning('work', DONE));
    expect(browser.cookies.get(new URL(HOME).host)!.size).toBeLessThan(10);
  });

  it('ends at the address of an application that is no page', async () => {
    const browser = logins.browser();
    const begin = beginning('work', OTHER_DONE);
    const callback = await browser.atProvider(browser.next(await browser.go(begin), begin), 'ada');
    expect(browser.next(await browser.go(callback), callback)).toMatch(/^com\.example\.app:\/done\?code=lc_/);
  });

  it('keeps what the address has, and adds the code alone', async () => {
    const url = await logins.logIn('ada');
    expect(url.origin + url.pathname).toBe('https://app.example.com/login/done');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      tab: '1',
      code: expect.stringMatching(/^lc_[\w-]{43}$/),
    });
  });

  it('gives a session for a code once, and for a minute', async () => {
    const once = (await logins.logIn('ada')).searchParams.get('code');
    const { status, headers } = await logins.exchange(once);
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect((await logins.exchange(once)).status).toBe(400);
    const late = (await logins.logIn('ada')).searchParams.get('code');
    logins.clock.advance(60);
    expect((await logins.exchange(late)).status).toBe(400);
    const raced = (await logins.logIn('ada')).searchParams.get('code');
    const answers = await Promise.all(Array.from({ length: 20 }, () => logins.exchange(raced)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it('binds a code to the verifier of the challenge that it was begun with', async () => {
    const verifier = 'v'.repeat(43);
    const challenge = hash('sha256', verifier, 'base64url');
    const codeOf = async (how = {}) => (await logins.logIn('ada', how)).searchParams.get('code');
    expect((await logins.exchange(await codeOf({ challenge }), verifier)).status).toBe(200);
    expect((await logins.exchange(await codeOf({ challenge }), 'w'.repeat(43))).status).toBe(400);
    expect((await logins.exchange(await codeOf({ challenge }))).status).toBe(400);
    expect((await logins.exchange(await codeOf({ challenge }), challenge)).status).toBe(400);
    // Somebody else's code, put into the page of an application that sends a verifier.
    expect((await logins.exchange(await codeOf(), verifier)).status).toBe(400);
  });

  it.each(['', 'lc_', `lc_${'a'.repeat(43)}`, 'a'.repeat(43), 'lc_%00', 'x'.repeat(200)])(
    'gives nothing for the code %s',
    async (code) => {
      expect(await logins.exchange(code)).toMatchObject({ status: 400 });
    },
  );

  it('ends the session at the provider, which asks first, and comes back', async () => {
    const browser = logins.browser();
    await logins.logIn('ada', { browser });
    const out = `${HOME}/auth/logout/work?redirect_to=${encodeURIComponent(DONE)}`;
    const answer = await browser.go(out);
    expect([answer.status, answer.headers.get('referrer-policy')]).toEqual([302, 'no-referrer']);
    const there = browser.next(answer, out);
    const page = await (await browser.go(there)).text();
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(page)![1]!;
    const confirmation = `${logins.work.issuer}/session/end/confirm`;
    const body = new URLSearchParams({ xsrf, logout: 'yes' });
    expect(browser.next(await browser.go(confirmation, { method: 'POST', body }), confirmation)).toBe(DONE);
    const begin = beginning('work', DONE);
    const start = browser.next(await browser.go(begin), begin);
    expect(browser.next(await browser.go(start), start)).toContain('/interaction/');
  });

  it('ends a session nowhere else, and with nobody else', async () => {
    for (const [path, status] of [
      ['work', 302],
      ['work?redirect_to=https%3A%2F%2Fevil.example', 400],
      ['work?redirect_to=', 400],
      [`work?redirect_to=${encodeURIComponent(DONE)}&redirect_to=${encodeURIComponent(DONE)}`, 400],
      ['nobody', 404],
    ] as const)
      expect([path, (await logins.browser().go(`${HOME}/auth/logout/${path}`)).status]).toEqual([
        path,
        status,
      ]);
  });

  it('begins and ends nothing for HEAD', async () => {
    const begin = beginning('work', DONE);
    const head = await logins.browser().go(begin, { method: 'HEAD' });
    expect([head.status, head.headers.getSetCookie()]).toEqual([405, []]);
    const browser = logins.browser();
    const callback = await browser.atProvider(browser.next(await browser.go(begin), begin), 'ada');
    expect((await browser.go(callback, { method: 'HEAD' })).status).toBe(405);
    expect(browser.next(await browser.go(callback), callback)).toMatch(/code=lc_/);
  });

  it('writes no token, code or secret into an address of the application, or into the log', async () => {
    const browser = logins.browser();
    const url = await logins.logIn('ada', { browser });
    const { body } = await logins.exchange(url.searchParams.get('code'));
    const { accessToken, refreshToken } = body as SessionTokens;
    const own = [...browser.visited.filter((one) => one.startsWith(HOME)), url.href].join('\n');
    const log = logins.logger.lines.map(({ message }) => message).join('\n');
    for (const secret of [accessToken, refreshToken]) {
      expect(own).not.toContain(secret);
      expect(log).not.toContain(secret);
    }
    expect(own).not.toMatch(/eyJ|id_token|access_token/);
    expect(log).not.toMatch(/eyJ|lc_|state=|code=/);
  });
});
