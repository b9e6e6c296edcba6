import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { closeAll, PLATFORMS } from '../support/platforms.js';
import type { Browser } from './login-browser.support.js';
import { beginning, bootLogins, DONE, HOME, type Logins } from './login.support.js';

/** Nearly an address of the list, or nearly an address: each as it stands in the query. */
const FORGED: readonly string[] = [
  '',
  '?',
  'redirect_to=',
  ...[
    '//evil.example/login/done?tab=1',
    '///evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    'https:evil.example',
    'https:/evil.example',
    'https:\\\\evil.example',
    'https://evil.example/login/done?tab=1',
    'http://app.example.com/login/done?tab=1',
    'https://app.example.com',
    'https://app.example.com/login/done',
    'https://app.example.com/login/done?tab=1&next=https://evil.example',
    'https://app.example.com/login/done?tab=1#',
    'https://app.example.com/login/done?tab=1#@evil.example',
    'https://app.example.com/login/done/?tab=1',
    'https://app.example.com/login//done?tab=1',
    'https://app.example.com/login/../login/done?tab=1',
    'https://app.example.com/LOGIN/done?tab=1',
    'https://APP.example.com/login/done?tab=1',
    'https://app.example.com:443/login/done?tab=1',
    'https://app.example.com.evil.example/login/done?tab=1',
    'https://evil.example/https://app.example.com/login/done?tab=1',
    'https://app.example.com@evil.example/login/done?tab=1',
    'https://user:pass@app.example.com/login/done?tab=1',
    'https://app.example.com\\@evil.example/login/done?tab=1',
    'https://app.example.com/login/done?tab=1\r\nSet-Cookie: a=b',
    'https://app.example.com/login/done?tab=1%0d%0aLocation: https://evil.example',
    ' https://app.example.com/login/done?tab=1',
    'https://app.example.com/login/done?tab=1\0',
    '\thttps://app.example.com/login/done?tab=1',
    'app.example.com/login/done?tab=1',
    'javascript:alert(1)//https://app.example.com/login/done?tab=1',
    'JaVaScRiPt:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'com.example.app://evil.example/done',
    'com.example.app:/done/evil',
    'com.example.apps:/done',
  ].map((target) => `redirect_to=${encodeURIComponent(target)}`),
  `redirect_to=${encodeURIComponent(DONE)}&redirect_to=${encodeURIComponent('https://evil.example')}`,
  `redirect_to=${encodeURIComponent(DONE)}&redirect_to=${encodeURIComponent(DONE)}`,
  `redirect_to[]=${encodeURIComponent(DONE)}`,
  `redirectTo=${encodeURIComponent(DONE)}`,
  `redirect_to=${DONE.replaceAll('e', '%2565')}`,
];

describe.each(PLATFORMS)('attacks on logins with a provider on %s', (platform) => {
  let logins: Logins;
  let sessions: () => number;
  beforeAll(async () => {
    logins = await bootLogins(platform);
    const opened = logins.events;
    sessions = () => opened.filter(({ type }) => type === 'session.opened').length;
    logins.work.people.set('ada', { email: 'ada@example.com', email_verified: true });
  });
  beforeEach(() => {
    logins.work.state = 'up';
    logins.work.tamper = undefined;
  });
  afterAll(async () => {
    await closeAll();
    await logins.close();
  });

  /** As far as the callback, where the browser has not been yet. */
  async function untilCallback(browser: Browser, provider = 'work', deny = false): Promise<string> {
    const begin = beginning(provider, DONE);
    return browser.atProvider(browser.next(await browser.go(begin), begin), 'ada', deny);
  }

  /** 400 with a text that is always the same, goes nowhere, sets nothing and opens nothing. */
  async function expectNothing(browser: Browser, callback: string): Promise<void> {
    const before = sessions();
    const answer = await browser.go(callback);
    expect(answer.status).toBe(400);
    expect(answer.headers.get('location')).toBeNull();
    expect(answer.headers.getSetCookie()).toEqual([]);
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(await answer.text()).toMatch(/^This login was not begun in this browser/);
    expect(sessions()).toBe(before);
  }

  /** Goes to the application, with this error alone. */
  async function expectError(browser: Browser, callback: string, error: string): Promise<void> {
    const before = sessions();
    const url = new URL(browser.next(await browser.go(callback), callback));
    expect(url.href).toBe(`${DONE}&error=${error}`);
    expect(sessions()).toBe(before);
  }

  describe('where it is to end', () => {
    it('has 30 forged addresses and more', () => expect(FORGED.length).toBeGreaterThanOrEqual(30));

    it.each(FORGED)('is not %s', async (query) => {
      const answer = await logins.browser().go(`${HOME}/auth/login/work?${query}`);
      expect(answer.status).toBe(400);
      expect(answer.headers.getSetCookie()).toEqual([]);
      expect(answer.headers.get('location')).toBeNull();
      expect(await answer.text()).not.toContain('evil');
    });

    it('is not in a parameter of the callback', async () => {
      const browser = logins.browser();
      const callback = await untilCallback(browser);
      const answer = await browser.go(`${callback}&redirect_to=https%3A%2F%2Fevil.example`);
      expect(browser.next(answer, callback)).toMatch(
        /^https:\/\/app\.example\.com\/login\/done\?tab=1&code=lc_/,
      );
    });
  });

  it.each([
    'a',
    'a'.repeat(42),
    'a'.repeat(44),
    `${'a'.repeat(42)}=`,
    '',
    `${'a'.repeat(43)}&code_challenge=b`,
  ])('a challenge is not %s', async (challenge) => {
    const url = `${HOME}/auth/login/work?redirect_to=${encodeURIComponent(DONE)}&code_challenge=${challenge}`;
    expect((await logins.browser().go(url)).status).toBe(400);
  });

  it.each(['nobody', 'exchange', '__proto__', 'constructor', 'work%00', 'WORK', 'work%2Fother'])(
    'nobody is the provider %s',
    async (name) => {
      const redirect = encodeURIComponent(DONE);
      for (const path of [
        `login/${name}?redirect_to=${redirect}`,
        `callback/${name}?state=${'a'.repeat(43)}`,
      ])
        expect((await logins.browser().go(`${HOME}/auth/${path}`)).status).toBe(404);
    },
  );

  it('whoever says no at the provider comes back without a session', async () => {
    const browser = logins.browser();
    await expectError(browser, await untilCallback(browser, 'work', true), 'access_denied');
  });

  it('errors of the provider are told in our own words', async () => {
    const browser = logins.browser();
    const begin = beginning('work', DONE);
    const there = new URL(browser.next(await browser.go(begin), begin));
    const query = new URLSearchParams({
      error: 'server_error"><script>alert(1)</script>',
      error_description: '<script>alert(1)</script>',
      state: there.searchParams.get('state')!,
      iss: logins.work.issuer,
    });
    await expectError(browser, `${HOME}/auth/callback/work?${query.toString()}`, 'login_failed');
  });

  it.each([
    ['none', (url: URL) => url.searchParams.delete('state')],
    ['an empty one', (url: URL) => url.searchParams.set('state', '')],
    ['another', (url: URL) => url.searchParams.set('state', 'a'.repeat(43))],
    [
      'one that is cut off',
      (url: URL) => url.searchParams.set('state', url.searchParams.get('state')!.slice(1)),
    ],
    ['two', (url: URL) => url.searchParams.append('state', url.searchParams.get('state')!)],
    ['markup', (url: URL) => url.searchParams.set('state', '<script>alert(1)</script>')],
    ['a zero byte', (url: URL) => url.searchParams.set('state', '\0')],
    ['a code', (url: URL) => url.searchParams.set('state', `lc_${'a'.repeat(43)}`)],
  ])('a callback whose state is %s is nobody’s', async (_what, forge) => {
    const browser = logins.browser();
    const url = new URL(await untilCallback(browser));
    forge(url);
    await expectNothing(browser, url.href);
  });

  it('a callback counts once, also when it comes many times at once', async () => {
    const browser = logins.browser();
    const callback = await untilCallback(browser);
    const cookie = [...browser.cookies.get(new URL(HOME).host)!].map((pair) => pair.join('=')).join('; ');
    const url = callback.replace(HOME, logins.url);
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => fetch(url, { redirect: 'manual', headers: { cookie } })),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      302,
      ...Array.from({ length: 19 }, () => 400),
    ]);
    await expectNothing(browser, callback);
  });

  it('a callback of another provider is nobody’s, and ends the login', async () => {
    const browser = logins.browser();
    const callback = await untilCallback(browser);
    await expectNothing(browser, callback.replace('/callback/work', '/callback/other'));
    await expectNothing(browser, callback);
  });

  it('a callback in a browser without the cookie is nobody’s', async () => {
    const callback = await untilCallback(logins.browser());
    await expectNothing(logins.browser(), callback);
  });

  it('a callback in a browser that has begun another login is nobody’s', async () => {
    const callback = await untilCallback(logins.browser());
    const victim = logins.browser();
    await untilCallback(victim);
    await expectNothing(victim, callback);
  });

  it('a callback with another secret under the name of its cookie, or with two, is nobody’s', async () => {
    for (const forge of [
      (name: string) => `${name}=${'a'.repeat(43)}`,
      (name: string, secret: string) => `${name}=${secret}; ${name}=${secret}`,
      (name: string) => `${name}=`,
    ]) {
      const browser = logins.browser();
      const callback = await untilCallback(browser);
      const [[name, secret]] = [...browser.cookies.get(new URL(HOME).host)!] as [[string, string]];
      const url = callback.replace(HOME, logins.url);
      const headers = { cookie: forge(name, secret) };
      expect((await fetch(url, { headers, redirect: 'manual' })).status).toBe(400);
    }
  });

  it('a callback after ten minutes is nobody’s', async () => {
    const [late, early] = [logins.browser(), logins.browser()];
    const [tooLate, inTime] = [await untilCallback(late), await untilCallback(early)];
    logins.clock.advance(599);
    expect(early.next(await early.go(inTime), inTime)).toMatch(/code=lc_/);
    logins.clock.advance(1);
    await expectNothing(late, tooLate);
  });

  it.each([
    ['another issuer', (url: URL) => url.searchParams.set('iss', 'https://evil.example')],
    ['the issuer of the other provider', (url: URL) => url.searchParams.set('iss', logins.other.issuer)],
    ['no issuer, where the provider promises one', (url: URL) => url.searchParams.delete('iss')],
    ['two issuers', (url: URL) => url.searchParams.append('iss', 'https://evil.example')],
    ['no code', (url: URL) => url.searchParams.delete('code')],
    ['two codes', (url: URL) => url.searchParams.append('code', 'b')],
    ['the code of nobody', (url: URL) => url.searchParams.set('code', 'a')],
    ['a token instead of a code', (url: URL) => url.searchParams.append('id_token', 'a.b.c')],
  ])('a callback with %s ends without a session', async (_what, forge) => {
    const browser = logins.browser();
    const url = new URL(await untilCallback(browser));
    forge(url);
    await expectError(browser, url.href, 'login_failed');
  });

  it('somebody else’s code, put into a callback of one’s own, ends without a session', async () => {
    const stolen = new URL(await untilCallback(logins.browser())).searchParams.get('code')!;
    const thief = logins.browser();
    const url = new URL(await untilCallback(thief));
    url.searchParams.set('code', stolen);
    await expectError(thief, url.href, 'login_failed');
  });

  it('a provider that is away gets 503, at the beginning and at the callback', async () => {
    for (const state of ['hang', 'fail'] as const) {
      const away = await bootLogins(platform);
      away.work.state = state;
      const answers: Response[] = [];
      answers.push(await away.browser().go(beginning('work', DONE)));
      away.work.state = 'up';
      const browser = away.browser();
      const begin = beginning('work', DONE);
      const callback = await browser.atProvider(browser.next(await browser.go(begin), begin), 'ada');
      away.work.state = state;
      answers.push(await browser.go(callback));
      for (const answer of answers) {
        expect(answer.status).toBe(503);
        expect(answer.headers.get('retry-after')).toBe('1');
        expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
        expect(answer.headers.get('location')).toBeNull();
        expect(await answer.json()).toMatchObject({ code: 'auth_unavailable' });
      }
      await away.close();
    }
  });
});
