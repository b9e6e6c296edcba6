import { Injectable } from '@nestjs/common';

import { BuiltInPermission } from '../identity/permission.js';
import { ResolvedAuthOptions } from '../options/auth-options.js';
import { SigningKeyRing } from '../tokens/signing-key-ring.js';
import { ASSERTION_ALGORITHMS } from './client-keys.js';
import { ServiceAddresses } from './service-addresses.js';

/** What this application is as an authorization server (RFC 8414 section 2). */
export interface ServerMetadata {
  readonly issuer: string;
  readonly token_endpoint: string;
  /** Absent where tokens are signed with a secret. */
  readonly jwks_uri: string | undefined;
  readonly scopes_supported: readonly string[];
  /** There is no authorization endpoint. */
  readonly response_types_supported: readonly [];
  readonly grant_types_supported: readonly string[];
  readonly token_endpoint_auth_methods_supported: readonly string[];
  readonly token_endpoint_auth_signing_alg_values_supported: readonly string[];
}

/** What this application is as a protected resource (RFC 9728 section 2). */
export interface ResourceMetadata {
  readonly resource: string;
  readonly authorization_servers: readonly string[];
  readonly bearer_methods_supported: readonly string[];
  readonly scopes_supported: readonly string[];
}

/** Tells services, and those who write them, what they need to know. */
@Injectable()
export class MetadataService {
  constructor(
    private readonly options: ResolvedAuthOptions,
    private readonly addresses: ServiceAddresses,
    private readonly ring: SigningKeyRing,
  ) {}

  get server(): ServerMetadata {
    const { issuer, tokenEndpoint, keySet } = this.addresses;
    return {
      issuer,
      token_endpoint: tokenEndpoint,
      jwks_uri: this.ring.publicKeys.length === 0 ? undefined : keySet,
      scopes_supported: this.#scopes,
      response_types_supported: [],
      grant_types_supported: ['client_credentials'],
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
      token_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
    };
  }

  get resource(): ResourceMetadata {
    const { issuer, baseUrl } = this.addresses;
    return {
      resource: baseUrl,
      authorization_servers: [issuer, ...this.options.trustedIssuers.map((trusted) => trusted.issuer)],
      bearer_methods_supported: ['header'],
      scopes_supported: this.#scopes,
    };
  }

  /** What the catalogue knows: without one there are the permissions of this package's endpoints alone. */
  get #scopes(): readonly string[] {
    const catalogue = this.options.permissions ?? BuiltInPermission;
    return Object.values(catalogue).flatMap((names) => Object.values(names));
  }
}
