/** Whom a login provider has logged in. */
export interface ProviderProfile {
  /** `iss`; with `subject` what tells people apart. */
  readonly issuer: string;
  readonly subject: string;
  /** As the provider writes it. */
  readonly email: string | undefined;
  /** Whether the provider says that the address is theirs. What that is worth, the options say. */
  readonly isEmailVerified: boolean;
  readonly name: string | undefined;
}

/** What one login is bound to, beside the provider. */
export interface LoginSecrets {
  readonly state: string;
  /** RFC 7636 section 4.1. */
  readonly verifier: string;
  /** OpenID Connect Core section 3.1.2.1. */
  readonly nonce: string;
}

/** Somebody else's place to log in. */
export interface LoginProvider {
  /**
   * @param secrets of which the address shows the state, the nonce and the challenge of the verifier.
   * @throws ProviderUnavailable
   */
  authorizationUrl(secrets: LoginSecrets): Promise<string>;

  /**
   * Exchanges the code of a callback and checks everything that came with it.
   *
   * @param query of the callback as it was received.
   * @throws ProviderUnavailable; ProviderRefusal
   */
  identify(query: string, secrets: LoginSecrets): Promise<ProviderProfile>;

  /**
   * Where a browser ends its session at the provider (OpenID Connect RP-Initiated Logout). The provider asks the person
   * first: nothing is kept here by which it would know who that is.
   *
   * @param redirectTo where to go afterwards; it has to be registered there.
   * @returns undefined when the provider does not offer it.
   * @throws ProviderUnavailable
   */
  logoutUrl(redirectTo: string | undefined): Promise<string | undefined>;
}

/** A provider that does not answer, answers too late or with a fault of its own: another try may help. */
export class ProviderUnavailable extends Error {
  override readonly name = 'ProviderUnavailable';
}

/** A login that comes to nothing: the provider says no, or what it says does not hold. */
export class ProviderRefusal extends Error {
  override readonly name = 'ProviderRefusal';

  /** @param code `access_denied` when it was the person or the provider who said no. */
  constructor(readonly code: 'access_denied' | 'login_failed') {
    super(code);
  }
}
