import { Injectable, type OnModuleInit } from '@nestjs/common';

import { Clock } from '../clock.js';
import { AuthError } from '../errors.js';
import { ResolvedAuthOptions } from '../options/auth-options.js';
import type { ResolvedLoginProvider } from '../options/login-provider-options.js';
import { GithubProvider } from './provider.github.js';
import { OidcProvider } from './provider.oidc.js';
import { loadOpenidClient } from './provider-library.js';
import { ProviderUnavailable, type LoginProvider } from './provider-profile.js';

/** A login provider, with what the options say of it. */
export interface KnownProvider extends LoginProvider {
  readonly options: ResolvedLoginProvider;
}

/** The login providers of the options, by name. None of them has to be there when the application starts. */
@Injectable()
export class ProviderDirectory implements OnModuleInit {
  readonly #providers = new Map<string, KnownProvider>();

  constructor(
    private readonly options: ResolvedAuthOptions,
    private readonly clock: Clock,
  ) {}

  /** @throws AuthOptionsError when `openid-client` cannot be loaded. */
  async onModuleInit(): Promise<void> {
    const providers = this.options.logins?.providers ?? [];
    if (providers.length === 0) return;
    const library = await loadOpenidClient();
    for (const options of providers) {
      const provider =
        options.kind === 'github'
          ? new GithubProvider(options, library)
          : new OidcProvider(options, library, this.clock);
      this.#providers.set(options.name, {
        options,
        authorizationUrl: (secrets) => unlessAway(provider.authorizationUrl(secrets)),
        logoutUrl: (redirectTo) => unlessAway(provider.logoutUrl(redirectTo)),
        identify: (query, secrets) => unlessAway(provider.identify(query, secrets)),
      });
    }
  }

  /** @returns undefined for a name that is no provider's. */
  find(name: string): KnownProvider | undefined {
    return this.#providers.get(name);
  }
}

/** @throws AuthError `auth_unavailable` when the provider is. */
async function unlessAway<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (cause) {
    if (!(cause instanceof ProviderUnavailable)) throw cause;
    throw new AuthError('auth_unavailable', 'the login provider does not answer', { cause });
  }
}
