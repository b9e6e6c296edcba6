import type { Clock } from '../clock.js';
import { AuthError } from '../errors.js';
import type { PermissionSets } from '../identity/permission-set.js';
import type { SubjectDirectory } from '../identity/subject-directory.js';
import type { UserIdentity } from '../identity/user-identity.js';
import type { ResolvedAuthOptions } from '../options/auth-options.js';
import { decodeCompactToken } from '../tokens/compact-token.js';
import { ExternalIdentities } from './external-identities.js';
import { ExternalTokenVerifier } from './external-token.verifier.js';
import { IntrospectionClient } from './introspection.client.js';
import { IssuerMetadata } from './issuer-metadata.js';
import type { Jose } from './jose.loader.js';
import { isOwnCredential } from './own-credentials.js';
import { RemoteKeySet } from './remote-key-set.js';

/** The issuers whose tokens are accepted beside the application's own. Each has keys of its own. */
export class TrustedIssuers {
  readonly #verifiers = new Map<unknown, ExternalTokenVerifier>();
  readonly #introspection: IntrospectionClient | undefined;

  constructor(
    private readonly options: ResolvedAuthOptions,
    permissions: PermissionSets,
    subjects: SubjectDirectory,
    clock: Clock,
    jose: Jose,
  ) {
    const identities = new ExternalIdentities(options, permissions, subjects);
    for (const issuer of options.trustedIssuers) {
      const metadata = new IssuerMetadata(issuer.issuer, clock);
      const keys = new RemoteKeySet(issuer, metadata, clock);
      const verifier = new ExternalTokenVerifier(issuer, options.jwt, keys, identities, clock, jose);
      this.#verifiers.set(issuer.issuer, verifier);
      const { introspection: asked } = issuer;
      if (asked !== undefined)
        this.#introspection = new IntrospectionClient(
          issuer,
          asked,
          options.jwt,
          metadata,
          identities,
          clock,
        );
    }
  }

  /**
   * A token that is a JWT.
   *
   * @param issuer its `iss`, which nobody has signed yet: it only picks one of those in the options.
   * @throws AuthError (or rejects with it) `credentials_invalid`, `token_expired`, `auth_unavailable`.
   */
  verify(token: string, issuer: unknown): Promise<UserIdentity> {
    const verifier = this.#verifiers.get(issuer);
    if (verifier === undefined) throw new AuthError('credentials_invalid', 'the iss is another');
    return verifier.verify(token, decodeCompactToken(token));
  }

  /**
   * A token that is no JWT.
   *
   * @throws AuthError (or rejects with it) `credentials_invalid`, `token_expired`, `auth_unavailable`.
   */
  introspect(token: string): Promise<UserIdentity> {
    const isAskedAbout = !isOwnCredential(token, this.options);
    if (this.#introspection !== undefined && isAskedAbout) return this.#introspection.verify(token);
    throw new AuthError('credentials_invalid', 'the token is not three base64url segments');
  }
}
