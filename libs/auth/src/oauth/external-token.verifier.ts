import type { Clock } from '../clock.js';
import { AuthError } from '../errors.js';
import type { UserIdentity } from '../identity/user-identity.js';
import type { ResolvedJwtOptions } from '../options/auth-options.js';
import type { ExternalAlgorithm, ResolvedTrustedIssuer } from '../options/oauth-options.js';
import type { DecodedToken } from '../tokens/compact-token.js';
import type { ExternalIdentities } from './external-identities.js';
import {
  checkExternalClaims,
  checkExternalHeader,
  demandAccessToken,
  demandIssuedAt,
  refuseIdToken,
} from './external-token.claims.js';
import type { ImportedKey, Jose } from './jose.loader.js';
import type { RemoteKeySet } from './remote-key-set.js';
import type { RemoteKey } from './remote-key.js';

/** Verifies the access tokens (JWT) of one other issuer. */
export class ExternalTokenVerifier {
  constructor(
    private readonly issuer: ResolvedTrustedIssuer,
    private readonly options: ResolvedJwtOptions,
    private readonly keys: RemoteKeySet,
    private readonly identities: ExternalIdentities,
    private readonly clock: Clock,
    private readonly jose: Jose,
  ) {}

  /**
   * @param decoded the token taken apart, its form checked.
   * @throws AuthError (as a rejection) `credentials_invalid`, `token_expired`; `auth_unavailable` when the keys cannot be
   * fetched, the mapping throws or the subject directory does not answer.
   */
  async verify(token: string, { header, claims }: DecodedToken): Promise<UserIdentity> {
    const { keyId, algorithm } = checkExternalHeader(header, this.issuer);
    const key = await this.keys.find(keyId, algorithm);
    const rememberUntil = this.keys.goodUntil;
    await this.#checkSignature(token, key, algorithm);
    demandAccessToken(claims);
    demandIssuedAt(claims);
    if (!isTypedAccessToken(header)) refuseIdToken(claims);
    const checked = checkExternalClaims(claims, this.issuer, this.options, this.clock.now());
    const substance = token.slice(0, token.lastIndexOf('.'));
    return this.identities.of({ issuer: this.issuer, claims, checked, substance, rememberUntil });
  }

  async #checkSignature(token: string, key: RemoteKey, algorithm: ExternalAlgorithm): Promise<void> {
    const imported = await this.#import(key, algorithm);
    try {
      await this.jose.compactVerify(token, imported, { algorithms: [algorithm] });
    } catch (cause) {
      throw new AuthError('credentials_invalid', 'the signature is wrong', { cause });
    }
  }

  async #import(key: RemoteKey, algorithm: ExternalAlgorithm): Promise<ImportedKey> {
    try {
      return await key.importFor(algorithm, this.jose);
    } catch (cause) {
      throw new AuthError('auth_unavailable', 'the key of an issuer is none', { cause });
    }
  }
}

function isTypedAccessToken({ typ }: DecodedToken['header']): boolean {
  return typeof typ === 'string' && /^(?:application\/)?at\+jwt$/i.test(typ);
}
