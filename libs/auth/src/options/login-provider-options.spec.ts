import { describe, expect, it } from '@jest/globals';

import { SECRET } from '../../../../test/support/secret.js';
import { githubProvider, googleProvider, microsoftProvider, oidcProvider } from './login-provider-options.js';
import { AuthOptionsError } from './options-error.js';
import { resolveOptions } from './resolve-options.js';

const client = { clientId: 'id', clientSecret: 'the secret' };
const loginProviders = { work: oidcProvider({ ...client, issuer: 'https://login.example.com' }) };
const loginRedirects = ['https://app.example.com/done'];
const loginBaseUrl = 'https://api.example.com';
const good = { loginProviders, loginRedirects, loginBaseUrl };
const given = { hasUsers: true, hasMailer: true, hasLoginProviders: true };

function resolved(written: object, surroundings: object = given, issuer = 'gatehouse') {
  return resolveOptions({ jwt: { secret: SECRET, issuer }, ...written } as never, surroundings).logins;
}

function problemsOf(...args: Parameters<typeof resolved>): readonly string[] {
  try {
    resolved(...args);
  } catch (error) {
    expect(error).toBeInstanceOf(AuthOptionsError);
    expect((error as Error).message).not.toContain(client.clientSecret);
    return (error as AuthOptionsError).problems;
  }
  return [];
}

/** What is said of each option: everything before the first word of what is wrong with it. */
const optionsIn = (problems: readonly string[]): string[] =>
  problems.map((problem) => /^\S+/.exec(problem)![0]).toSorted();

describe('loginProviders', () => {
  it('are none by default', () => {
    expect(resolved({}, { ...given, hasLoginProviders: false })).toBeUndefined();
  });

  it('have defaults', () => {
    expect(resolved(good)).toEqual({
      providers: [
        {
          name: 'work',
          kind: 'oidc',
          issuer: 'https://login.example.com',
          ...client,
          scope: 'openid email profile',
          trustsEmail: false,
          createsUsers: true,
          apiUrl: undefined,
          callback: 'https://api.example.com/auth/callback/work',
        },
      ],
      redirects: loginRedirects,
      isSecure: true,
    });
  });

  it('are those of the presets', () => {
    const presets = {
      google: googleProvider(client),
      microsoft: microsoftProvider({ ...client, tenant: 'organizations' }),
      github: githubProvider(client),
      server: githubProvider({
        ...client,
        serverUrl: 'https://git.example.com/',
        apiUrl: 'https://git.example.com/api/v3/',
      }),
    };
    expect(resolved({ ...good, loginProviders: presets })?.providers).toMatchObject([
      { issuer: 'https://accounts.google.com', trustsEmail: true },
      { issuer: 'https://login.microsoftonline.com/organizations/v2.0', trustsEmail: false },
      { issuer: 'https://github.com/login/oauth', apiUrl: 'https://api.github.com', trustsEmail: false },
      { issuer: 'https://git.example.com/login/oauth', apiUrl: 'https://git.example.com/api/v3' },
    ]);
  });

  it('are called back where the endpoints are', () => {
    const callbackOf = (written: object, ...rest: [object?, string?]): string | undefined =>
      resolved({ ...good, ...written }, ...rest)?.providers[0]?.callback;
    expect(callbackOf({ loginBaseUrl: 'https://example.com/api/' })).toBe(
      'https://example.com/api/auth/callback/work',
    );
    expect(callbackOf({}, { ...given, endpoints: { prefix: 'api/auth' } })).toBe(
      'https://api.example.com/api/auth/callback/work',
    );
    expect(callbackOf({ loginBaseUrl: undefined }, given, 'https://issuer.example.com')).toBe(
      'https://issuer.example.com/auth/callback/work',
    );
    expect(resolved({ ...good, loginBaseUrl: 'http://127.0.0.1:3000' })).toMatchObject({ isSecure: false });
  });

  it.each([
    ['http://app.example.com/done'],
    ['//app.example.com/done'],
    ['app.example.com/done'],
    ['https://app.example.com/done#a'],
    ['https://user@app.example.com/done'],
    ['https://app.example.com\\done'],
    ['https://app.example.com/a b'],
    ['javascript:alert(1)'],
    ['data:text/html,a'],
    ['myapp:/done'],
    ['com.example.app://evil.example/done'],
    [''],
    [1],
  ])('do not end at %s', (address) => {
    expect(optionsIn(problemsOf({ ...good, loginRedirects: [address] }))).toEqual(['loginRedirects']);
  });

  it.each([
    'https://app.example.com/done?a=b',
    'http://127.0.0.1:5173/',
    'http://localhost/a',
    'com.example.app:/done',
  ])('may end at %s', (address) => {
    expect(resolved({ ...good, loginRedirects: [address] })?.redirects).toEqual([address]);
  });

  it('are wrong, each for its own reason, all at once', () => {
    const providers = {
      'No Name': loginProviders.work,
      none: {},
      kindless: { ...client, issuer: 'https://login.example.com' },
      far: oidcProvider({ ...client, issuer: 'http://login.example.com' }),
      secretless: oidcProvider({ ...client, issuer: 'https://login.example.com', clientSecret: '' }),
      scopeless: oidcProvider({ ...client, issuer: 'https://login.example.com', scope: 'email' }),
      tenantless: microsoftProvider({ ...client, tenant: 'evil.example/..' }),
      believer: { ...microsoftProvider({ ...client, tenant: 'common' }), trustsEmail: true },
      misspelt: { ...googleProvider(client), trustEmail: true },
      api: githubProvider({ ...client, apiUrl: 'http://api.example.com' }),
    };
    const problems = problemsOf({ loginProviders: providers, loginRedirects: [] });
    expect(optionsIn(problems)).toEqual(
      [
        'loginProviders.No',
        'loginProviders.none.kind',
        'loginProviders.kindless.kind',
        'loginProviders.far.issuer',
        'loginProviders.secretless.clientSecret',
        'loginProviders.scopeless.scope',
        'loginProviders.tenantless.issuer',
        'loginProviders.believer.trustsEmail',
        'loginProviders.misspelt.trustEmail',
        'loginProviders.api.apiUrl',
      ].toSorted(),
    );
    expect(problems.filter((problem) => !problem.includes('Remedy: '))).toEqual([]);
  });

  it('need people, their endpoints, their stores, addresses to end at, and their own address', () => {
    const lonely = { hasLoginProviders: false, hasLoginStores: false };
    expect(optionsIn(problemsOf({ loginProviders }, lonely))).toEqual([
      'loginBaseUrl',
      'loginProviders',
      'loginProviders',
      'loginRedirects',
    ]);
    expect(problemsOf(good, { ...given, hasLoginStores: false })).toEqual([
      expect.stringMatching(/^stores\.linkedAccounts is missing beside loginProviders\. Remedy: /),
    ]);
    expect(optionsIn(problemsOf({ ...good, loginBaseUrl: 'http://api.example.com' }))).toEqual([
      'loginBaseUrl',
    ]);
  });

  it('are missed where what belongs to them is given', () => {
    expect(optionsIn(problemsOf({ loginRedirects, loginBaseUrl }))).toEqual([
      'loginBaseUrl',
      'loginProviders',
      'loginRedirects',
    ]);
  });
});
