import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { githubProvider, type AuthModuleOptions } from 'nestjs-gatehouse';

import { closeAll } from '../support/platforms.js';
import { bootPeople, type People } from '../users/accounts.support.js';
import { Browser } from './login-browser.support.js';
import { startGithub, type TestGithub } from './login-provider.support.js';
import { beginning, DONE, HOME } from './login.support.js';

const PRIMARY = { email: 'octocat@example.com', primary: true, verified: true, visibility: 'private' };

describe('login with GitHub', () => {
  let github: TestGithub;
  let people: People;
  beforeAll(async () => {
    github = await startGithub();
    const options: AuthModuleOptions = {
      loginProviders: {
        github: githubProvider({
          clientId: 'gatehouse',
          clientSecret: 'a secret of the test',
          trustsEmail: true,
          serverUrl: github.url,
          apiUrl: `${github.url}/api`,
        }),
      },
      loginRedirects: [DONE],
      loginBaseUrl: HOME,
    };
    people = await bootPeople('express', options);
  });
  beforeEach(() => {
    github.user = { id: 583231, login: 'octocat', name: 'The Octocat' };
    github.emails = [PRIMARY];
  });
  afterAll(async () => {
    await closeAll();
    await github.close();
  });

  async function end(): Promise<URLSearchParams> {
    const browser = new Browser({ [HOME]: people.url });
    const begin = beginning('github', DONE);
    const there = browser.next(await browser.go(begin), begin);
    const callback = browser.next(await browser.go(there), there);
    return new URL(browser.next(await browser.go(callback), callback)).searchParams;
  }

  it('ends in a session of whoever has the number at GitHub, with PKCE', async () => {
    const body = { code: (await end()).get('code') };
    const { body: tokens } = await people.ask('POST', '/login/exchange', { body });
    const { accessToken: token } = tokens as { accessToken: string };
    const { body: me } = await people.ask('GET', '/me', { token });
    expect(me).toMatchObject({ email: PRIMARY.email, name: 'The Octocat' });
    const { userId } = me as { userId: string };
    expect(await people.stores.linkedAccounts.list(userId)).toMatchObject([
      { issuer: `${github.url}/login/oauth`, subject: '583231', provider: 'github', isProven: true },
    ]);
    const [exchanged] = github.exchanged;
    expect(exchanged!.get('code_verifier')).toMatch(/^[\w-]{43}$/);
    expect(exchanged!.get('redirect_uri')).toBe(`${HOME}/auth/callback/github`);
    expect(exchanged!.get('client_secret')).toBe('a secret of the test');
    // The name of the account may be somebody else's by now; the number stays.
    github.user = { id: 583231, login: 'renamed' };
    github.emails = [];
    expect((await end()).has('code')).toBe(true);
    github.user = { id: 4711, login: 'octocat' };
    expect((await end()).get('error')).toBe('email_missing');
  });

  it.each([
    ['that is not verified', [{ ...PRIMARY, email: 'new@example.com', verified: false }]],
    ['that is not the primary one', [{ ...PRIMARY, email: 'new@example.com', primary: false }]],
    ['in a form that is not GitHub’s', { message: 'Not Found' }],
    ['of nobody', [null]],
  ])('takes no address %s', async (_what, emails) => {
    github.user = { id: 4711, login: 'new' };
    github.emails = emails;
    expect((await end()).get('error')).toBe('email_missing');
  });

  it.each([null, [], {}, { id: '583231' }, { id: 5.8 }, { id: null }, { id: Number.MAX_VALUE }])(
    'takes nobody for the user %j',
    async (user) => {
      github.user = user;
      expect((await end()).get('error')).toBe('login_failed');
    },
  );
});
