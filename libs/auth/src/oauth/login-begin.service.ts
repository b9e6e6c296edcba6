import { Injectable } from '@nestjs/common';

import type { Origin } from '../events/auth-events.js';
import { ResolvedAuthOptions } from '../options/auth-options.js';
import { LoginAttempts } from '../users/login-attempts.js';
import { LoginCookies } from './login-cookies.js';
import { hashSecret, isSecret, newSecret, secretsOf } from './login-secrets.js';
import { LoginStates } from './login-states.js';
import { ProviderDirectory } from './provider-directory.js';

/** A login that somebody asks for. */
export interface LoginRequest {
  /** Name of the provider. */
  readonly provider: string;
  /** Where to go afterwards, exactly as it stands in `loginRedirects`. */
  readonly redirectTo: string | undefined;
  /** S256 (RFC 7636 section 4.2): the code at the end is then good with its verifier alone. */
  readonly codeChallenge: string | undefined;
  /** The request's `Cookie`. */
  readonly cookies: string | undefined;
  /** Who links an account, being logged in. */
  readonly linking?: { readonly userId: string; readonly sessionId: string };
}

/** What became of a {@link LoginRequest}. */
export type LoginBeginning =
  /** The browser is to take the cookies and go to the address of the provider. */
  | { readonly outcome: 'begun'; readonly url: string; readonly cookies: readonly string[] }
  | { readonly outcome: 'unknown-provider' }
  /** A parameter is wrong: which, and what. */
  | { readonly outcome: 'refused'; readonly problem: string };

/** Where a browser ends its session at a provider. */
export type ProviderLogout =
  | Extract<LoginBeginning, { readonly outcome: 'unknown-provider' | 'refused' }>
  | {
      readonly outcome: 'found';
      readonly url: string;
    };

const NOT_ALLOWED = 'redirect_to is not one of the addresses that are allowed';

/** Sends people to their provider. */
@Injectable()
export class LoginBeginService {
  readonly #cookies: LoginCookies;

  constructor(
    private readonly options: ResolvedAuthOptions,
    private readonly providers: ProviderDirectory,
    private readonly states: LoginStates,
    private readonly attempts: LoginAttempts,
  ) {
    this.#cookies = new LoginCookies(options.logins?.isSecure ?? true);
  }

  /**
   * Begins a login: a row in the store and a cookie, each of no use without the other.
   *
   * @throws AuthError `auth_unavailable` when the provider or a store does not answer; `rate_limited`.
   */
  async begin(request: LoginRequest, origin: Origin): Promise<LoginBeginning> {
    const { redirectTo, codeChallenge, linking } = request;
    const provider = this.providers.find(request.provider);
    if (provider === undefined) return { outcome: 'unknown-provider' };
    if (redirectTo === undefined || !this.#isAllowed(redirectTo))
      return { outcome: 'refused', problem: NOT_ALLOWED };
    if (codeChallenge !== undefined && !isSecret(codeChallenge))
      return { outcome: 'refused', problem: 'code_challenge is no S256 challenge' };
    await this.attempts.fromSource(origin);
    const [state, browser] = [newSecret(), newSecret()];
    const url = await provider.authorizationUrl(secretsOf(state, browser));
    await this.states.begin(state, {
      step: 'callback',
      provider: request.provider,
      browserHash: hashSecret(browser),
      ...{ redirectTo, codeChallenge },
      userId: linking?.userId,
      sessionId: linking?.sessionId,
    });
    return {
      outcome: 'begun',
      url,
      cookies: this.#cookies.begin(hashSecret(state), browser, request.cookies),
    };
  }

  /**
   * Finds out where a browser ends its session at a provider. What it has here is untouched.
   *
   * @param redirectTo where to go afterwards; undefined: the browser stays there.
   * @returns `unknown-provider` also where the provider does not offer it.
   * @throws AuthError `auth_unavailable` when the provider does not answer.
   */
  async logoutAt(name: string, redirectTo: string | undefined): Promise<ProviderLogout> {
    if (redirectTo !== undefined && !this.#isAllowed(redirectTo))
      return { outcome: 'refused', problem: NOT_ALLOWED };
    const url = await this.providers.find(name)?.logoutUrl(redirectTo);
    return url === undefined ? { outcome: 'unknown-provider' } : { outcome: 'found', url };
  }

  /** As a whole: what is nearly one of them is none. */
  #isAllowed(redirectTo: string): boolean {
    return this.options.logins?.redirects.includes(redirectTo) === true;
  }
}
