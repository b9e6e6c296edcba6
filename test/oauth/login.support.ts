import type { AuthModuleOptions, SessionTokens } from 'nestjs-gatehouse';
import { oidcProvider, type OidcProviderInput } from 'nestjs-gatehouse';

import type { CallAnswer } from '../support/call.js';
import type { Platform } from '../support/platforms.js';
import { RecordingLogger } from '../support/recording-logger.js';
import { bootPeople, type People } from '../users/accounts.support.js';
import { Browser } from './login-browser.support.js';
import { CLIENT, startProvider, type TestProvider } from './login-provider.support.js';

export const CLIENT_SECRET = CLIENT.clientSecret;

/** What browsers call the application. */
export const HOME = 'https://api.example.com';
/** Where its logins end. */
export const DONE = 'https://app.example.com/login/done?tab=1';
export const OTHER_DONE = 'com.example.app:/done';

/** An application whose people log in with two providers, `work` (trusted for addresses) and `other`. */
export interface Logins extends People {
  readonly work: TestProvider;
  readonly other: TestProvider;
  readonly logger: RecordingLogger;
  /** A browser that nobody has used. */
  readonly browser: () => Browser;
  /** From the beginning to the address where the application's page takes over. */
  readonly logIn: (login: string, how?: How) => Promise<URL>;
  /** The answer to a code. */
  readonly exchange: (code: string | null, codeVerifier?: string) => Promise<CallAnswer>;
  /** All of it: a session, or the error that the login ends with. */
  readonly session: (login: string, how?: How) => Promise<SessionTokens | string>;
  readonly close: () => Promise<void>;
}

export interface How {
  readonly provider?: string;
  readonly browser?: Browser;
  readonly deny?: boolean;
  readonly challenge?: string;
}

/** @param trust beyond the client, for both providers. */
export async function bootLogins(
  platform: Platform,
  auth: AuthModuleOptions = {},
  trust: Partial<OidcProviderInput> = {},
): Promise<Logins> {
  const work = await startProvider(`${HOME}/auth/callback/work`);
  const other = await startProvider(`${HOME}/auth/callback/other`);
  const logger = new RecordingLogger();
  const people = await bootPeople(
    platform,
    {
      loginProviders: {
        work: oidcProvider({ ...CLIENT, issuer: work.issuer, trustsEmail: true, ...trust }),
        other: oidcProvider({ ...CLIENT, issuer: other.issuer, ...trust }),
      },
      loginRedirects: [DONE, OTHER_DONE],
      loginBaseUrl: HOME,
      ...auth,
    },
    { logger },
  );
  const newBrowser = (): Browser => new Browser({ [HOME]: people.url });
  const logIn: Logins['logIn'] = async (login, how = {}) => {
    const { provider = 'work', browser = newBrowser(), deny = false, challenge } = how;
    const begin = beginning(provider, DONE, challenge);
    const there = browser.next(await browser.go(begin), begin);
    const callback = await browser.atProvider(there, login, deny);
    return new URL(browser.next(await browser.go(callback), callback));
  };
  const exchange: Logins['exchange'] = (code, codeVerifier) =>
    people.ask('POST', '/login/exchange', { body: { code, codeVerifier } });
  return {
    ...people,
    ...{ work, other, logger, browser: newBrowser, logIn, exchange },
    session: async (login, how) => {
      const { searchParams } = await logIn(login, how);
      const code = searchParams.get('code');
      if (code === null) return searchParams.get('error') ?? 'nothing';
      const { status, body } = await exchange(code);
      return status === 200 ? (body as SessionTokens) : `exchange: ${status}`;
    },
    close: async () => {
      await Promise.all([work.close(), other.close()]);
    },
  };
}

/** The address that a page of the application sends a browser to. */
export function beginning(provider: string, redirectTo: string, challenge?: string): string {
  const parameters = new URLSearchParams({ redirect_to: redirectTo });
  if (challenge !== undefined) parameters.set('code_challenge', challenge);
  return `${HOME}/auth/login/${provider}?${parameters.toString()}`;
}
