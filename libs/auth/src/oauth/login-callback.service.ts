import { Injectable, Logger } from '@nestjs/common';

import { Clock } from '../clock.js';
import { AuthEvents, type Origin } from '../events/auth-events.js';
import { ResolvedAuthOptions } from '../options/auth-options.js';
import { SessionService } from '../sessions/session.service.js';
import { storeAnswer } from '../store-answer.js';
import { UserStore } from '../users/user.store.js';
import { LoginCookies } from './login-cookies.js';
import { hashSecret, isSecret, newCode, secretsOf } from './login-secrets.js';
import type { LoginState } from './login-state.store.js';
import { LoginStates } from './login-states.js';
import { LoginSubjects } from './login-subjects.js';
import { ProviderDirectory, type KnownProvider } from './provider-directory.js';
import { ProviderRefusal, type ProviderProfile } from './provider-profile.js';

/** What became of a callback. */
export type CallbackOutcome =
  /** The browser goes back to the application, with `code`, `linked` or `error`. */
  | { readonly outcome: 'redirect'; readonly url: string; readonly cookie: string }
  | { readonly outcome: 'unknown-provider' }
  /** It belongs to no login that this browser has begun: there is nowhere to go. */
  | { readonly outcome: 'refused' };

/** Takes people back from their provider. */
@Injectable()
export class LoginCallbackService {
  readonly #logger = new Logger(LoginCallbackService.name);
  readonly #cookies: LoginCookies;

  constructor(
    options: ResolvedAuthOptions,
    private readonly providers: ProviderDirectory,
    private readonly states: LoginStates,
    private readonly subjects: LoginSubjects,
    private readonly users: UserStore,
    private readonly sessions: SessionService,
    private readonly clock: Clock,
    private readonly events: AuthEvents,
  ) {
    this.#cookies = new LoginCookies(options.logins?.isSecure ?? true);
  }

  /**
   * Ends at the provider what was begun there. Whatever is wrong, the login is over: nothing is tried twice.
   *
   * @param query of the request, as it was received.
   * @param cookies the request's `Cookie`.
   * @throws AuthError `auth_unavailable` when the provider or a store does not answer.
   */
  async finish(
    name: string,
    query: string,
    cookies: string | undefined,
    origin: Origin,
  ): Promise<CallbackOutcome> {
    const provider = this.providers.find(name);
    if (provider === undefined) return { outcome: 'unknown-provider' };
    const [state, ...others] = new URLSearchParams(query).getAll('state');
    if (!isSecret(state) || others.length > 0) return this.#refuse('the callback has no state', origin);
    const login = await this.states.consume(state, 'callback');
    if (login === undefined) return this.#refuse('the state is unknown, spent or expired', origin);
    if (login.provider !== name) return this.#refuse("it is another provider's callback", origin);
    const browser = this.#cookies.read(login.stateHash, cookies);
    if (browser === undefined || hashSecret(browser) !== login.browserHash)
      return this.#refuse('the browser has not begun the login', origin);
    const answer = await this.#conclude(provider, login, query, secretsOf(state, browser), origin);
    const url = new URL(login.redirectTo);
    for (const [key, value] of Object.entries(answer)) url.searchParams.set(key, value);
    return { outcome: 'redirect', url: url.href, cookie: this.#cookies.end(login.stateHash) };
  }

  async #conclude(
    provider: KnownProvider,
    login: LoginState,
    query: string,
    secrets: ReturnType<typeof secretsOf>,
    origin: Origin,
  ): Promise<Readonly<Record<string, string>>> {
    let profile: ProviderProfile;
    try {
      profile = await provider.identify(query, secrets);
    } catch (error) {
      if (!(error instanceof ProviderRefusal)) throw error;
      const isDenied = error.code === 'access_denied';
      this.#failed(isDenied ? 'the provider says no' : "the provider's answer does not hold", origin);
      return { error: error.code };
    }
    if (login.userId !== undefined) return this.#link(provider, login, profile, origin);
    // Before the user is looked at: a change of the user from now on counts for the code.
    const now = this.clock.now();
    const found = await this.subjects.find(provider.options, profile, origin);
    if (found.outcome === 'refused') {
      this.#failed(`nobody is logged in by the provider: ${found.error}`, origin);
      return { error: found.error };
    }
    const code = newCode();
    const { provider: name, browserHash, redirectTo, codeChallenge } = login;
    const { userId } = found.user;
    const exchange = { provider: name, browserHash, redirectTo, codeChallenge, userId, sessionId: undefined };
    await this.states.begin(code, { step: 'exchange', ...exchange }, now);
    return { code };
  }

  async #link(
    { options }: KnownProvider,
    { userId = '', sessionId = '' }: LoginState,
    profile: ProviderProfile,
    origin: Origin,
  ): Promise<Readonly<Record<string, string>>> {
    const user = await storeAnswer('the user store', this.users.findById(userId));
    // Whoever has been logged out meanwhile is not to leave a way in behind. After the user: what proves an address ends
    // the sessions from before, so a link of one of those is never taken for proven.
    const session = await this.sessions.find(sessionId);
    const isOpen =
      session?.userId === userId &&
      session.closedAt === undefined &&
      session.expiresAt.getTime() > this.clock.now();
    if (!isOpen || user?.isActive !== true) return { error: 'access_denied' };
    const isLinked = await this.subjects.link(user, options, profile, origin);
    return isLinked ? { linked: options.name } : { error: 'already_linked' };
  }

  #refuse(reason: string, origin: Origin): CallbackOutcome {
    this.#failed(reason, origin);
    return { outcome: 'refused' };
  }

  #failed(reason: string, origin: Origin): void {
    this.#logger.debug(`login failed: ${reason}`);
    this.events.emit({ type: 'login.failed', target: undefined, reason }, origin);
  }
}
