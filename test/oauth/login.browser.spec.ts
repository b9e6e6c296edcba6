import { existsSync } from 'node:fs';
import { createServer, request as forward, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { oidcProvider, type SessionTokens } from 'nestjs-gatehouse';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';

import { closeAll } from '../support/platforms.js';
import { bootPeople, type People } from '../users/accounts.support.js';
import { CLIENT, startProvider, type TestProvider } from './login-provider.support.js';

/** Debian's package `chromium`. */
const CHROMIUM = '/usr/bin/chromium';
const CAN_RUN = existsSync(CHROMIUM) || process.env.CI === 'true';

(CAN_RUN ? describe : describe.skip)('login with a provider in Chromium', () => {
  let front: Server;
  let home: string;
  let provider: TestProvider;
  let people: People;
  let chrome: Browser;
  /** As if the network were slow: the application does not hear of callbacks. */
  let holdsCallbacks = false;

  beforeAll(async () => {
    // One origin for the application and its page, known before the application listens.
    let target = '';
    front = createServer((incoming, outgoing) => {
      const isHeld = holdsCallbacks && incoming.url!.startsWith('/auth/callback/');
      if (isHeld || incoming.url!.startsWith('/done'))
        return void outgoing.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Welcome</h1>');
      const url = new URL(incoming.url!, target);
      const { method, headers } = incoming;
      const there = forward(url, { method, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode!, answer.headers);
        answer.pipe(outgoing);
      });
      incoming.pipe(there);
    });
    await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
    home = `http://127.0.0.1:${(front.address() as AddressInfo).port}`;
    provider = await startProvider(`${home}/auth/callback/work`);
    provider.people.set('ada', { email: 'ada@example.com', email_verified: true, name: 'Ada' });
    people = await bootPeople('express', {
      loginProviders: { work: oidcProvider({ ...CLIENT, issuer: provider.issuer, trustsEmail: true }) },
      loginRedirects: [`${home}/done`],
      loginBaseUrl: home,
    });
    target = people.url;
    chrome = await chromium.launch({
      executablePath: CHROMIUM,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    });
  }, 60_000);
  afterAll(async () => {
    await chrome?.close();
    await closeAll();
    await provider?.close();
    front.closeAllConnections();
    await new Promise((resolve) => front.close(resolve));
  });

  const begin = (): string => `${home}/auth/login/work?redirect_to=${encodeURIComponent(`${home}/done`)}`;

  /** To the provider's page of consent. */
  async function logInThere(page: Page): Promise<void> {
    await page.goto(begin());
    await page.fill('input[name=login]', 'ada');
    await page.fill('input[name=password]', 'x');
    await page.click('button[type=submit]');
    await page.waitForSelector('input[value=consent]', { state: 'attached' });
  }

  /** Ports have no cookies of their own: those of the provider are there, too. */
  const cookiesOf = async (context: BrowserContext) =>
    (await context.cookies(home)).filter(({ name }) => name.startsWith('gatehouse-login-'));

  const exchangeIn = (page: Page, code: string | null): Promise<unknown> =>
    page.evaluate(async (sent) => {
      const answer = await fetch('/auth/login/exchange', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ code: sent }),
      });
      return answer.json();
    }, code);

  it('ends on the page with a code, which is exchanged for a session; no address has a token in it', async () => {
    const context = await chrome.newContext();
    const page = await context.newPage();
    const addresses: string[] = [];
    const referrers: string[] = [];
    page.on('request', (one) => {
      addresses.push(one.url());
      referrers.push(one.headers().referer ?? '');
    });
    await logInThere(page);
    expect(await cookiesOf(context)).toMatchObject([
      { httpOnly: true, sameSite: 'Lax', secure: false, path: '/' },
    ]);
    await page.click('button[type=submit]');
    await page.waitForURL(`${home}/done?*`);
    expect(await page.textContent('h1')).toBe('Welcome');
    expect(await cookiesOf(context)).toEqual([]);
    const tokens = (await exchangeIn(page, new URL(page.url()).searchParams.get('code'))) as SessionTokens;
    const { body } = await people.ask('GET', '/me', { token: tokens.accessToken });
    expect(body).toMatchObject({ email: 'ada@example.com', name: 'Ada' });
    const seen = [...addresses, ...referrers].join('\n');
    expect(seen).not.toContain(tokens.accessToken);
    expect(seen).not.toContain(tokens.refreshToken);
    expect(seen).not.toMatch(/eyJ/);
    expect(referrers.filter((one) => one.includes('callback'))).toEqual([]);
    // The way back is closed: the callback in the history of the browser.
    const callback = addresses.find((one) => one.includes('/auth/callback/'))!;
    expect((await page.goto(callback))!.status()).toBe(400);
    await context.close();
  }, 60_000);

  it('ends without a session when the person says no, and in a browser that has not begun it', async () => {
    const context = await chrome.newContext();
    const page = await context.newPage();
    await logInThere(page);
    await page.click('a[href$="/abort"]');
    await page.waitForURL(`${home}/done?*`);
    expect(page.url()).toBe(`${home}/done?error=access_denied`);
    await context.close();

    const thief = await chrome.newContext();
    const theirs = await thief.newPage();
    await logInThere(theirs);
    holdsCallbacks = true;
    await theirs.click('button[type=submit]');
    await theirs.waitForURL(`${home}/auth/callback/**`);
    holdsCallbacks = false;
    const victim = await chrome.newContext();
    const answer = await (await victim.newPage()).goto(theirs.url());
    expect([answer!.status(), await answer!.text()]).toEqual([400, expect.stringContaining('not begun')]);
    await Promise.all([thief.close(), victim.close()]);
    expect(people.events.filter(({ type }) => type === 'session.opened')).toHaveLength(1);
  }, 60_000);
});
