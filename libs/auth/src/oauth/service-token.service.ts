import { Injectable } from '@nestjs/common';

import { Clock } from '../clock.js';
import type { Origin } from '../events/auth-events.js';
import { PermissionSet } from '../identity/permission-set.js';
import { isGrant, isKnownGrant, type PermissionGrant } from '../identity/permission.js';
import { ResolvedAuthOptions } from '../options/auth-options.js';
import { TokenService } from '../tokens/token.service.js';
import { ClientAuthentication } from './client-authentication.js';
import type { TokenRefusal, TokenRequest } from './token-endpoint.request.js';

/** What a service gets (RFC 6749 section 5.1). */
export interface ServiceTokenAnswer {
  readonly access_token: string;
  readonly token_type: 'Bearer';
  /** Seconds. */
  readonly expires_in: number;
  /** What the token carries; left out when that is nothing. */
  readonly scope: string | undefined;
}

const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*$/;

/** Gives services access tokens for themselves: the grant `client_credentials` (RFC 6749 section 4.4). */
@Injectable()
export class ServiceTokenService {
  constructor(
    private readonly options: ResolvedAuthOptions,
    private readonly clients: ClientAuthentication,
    private readonly tokens: TokenService,
    private readonly clock: Clock,
  ) {}

  /**
   * @returns a token with the permissions of the service, or with those of them that `scope` names.
   * @throws AuthError `rate_limited`, `auth_unavailable`.
   */
  async issue(request: TokenRequest, origin: Origin): Promise<ServiceTokenAnswer | TokenRefusal> {
    // Before the service is looked at: a change of it from now on counts for the token.
    const now = this.clock.now();
    const client = await this.clients.authenticate(request.client, origin);
    if ('error' in client) return client;
    const permissions = this.#narrowed(this.#known(client.permissions), request.scope);
    if (permissions === undefined)
      return badScope('scope is malformed, unknown or more than the client may have');
    const { tokenTtl } = this.options.services!;
    const { clientId, orgId } = client;
    const input = { clientId, orgId, permissions: permissions as PermissionGrant[], expiresIn: tokenTtl };
    try {
      const token = this.tokens.createServiceToken(input, now);
      const scope = permissions.length === 0 ? undefined : permissions.join(' ');
      return { access_token: token, token_type: 'Bearer', expires_in: tokenTtl, scope };
    } catch (error) {
      if (error instanceof RangeError)
        return badScope('the token would be too large: ask for less with scope');
      throw error;
    }
  }

  /** What a service was given may have left the catalogue since. */
  #known(grants: readonly string[]): readonly string[] {
    const { permissions } = this.options;
    return permissions === undefined ? grants : grants.filter((grant) => isKnownGrant(grant, permissions));
  }

  /** RFC 6749 section 3.3. @returns undefined for what is malformed, unknown or not covered. */
  #narrowed(ceiling: readonly string[], scope: string | undefined): readonly string[] | undefined {
    if (scope === undefined) return ceiling;
    if (!SCOPE.test(scope)) return undefined;
    const asked = [...new Set(scope.split(' '))];
    const isKnown = asked.every(isGrant) && this.#known(asked).length === asked.length;
    return isKnown && new PermissionSet(ceiling).coversAll(asked) ? asked : undefined;
  }
}

function badScope(description: string): TokenRefusal {
  return { error: 'invalid_scope', description };
}
