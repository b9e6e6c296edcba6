import { isWellFormedApiKey } from '../api-keys/api-key.format.js';
import type { ResolvedAuthOptions } from '../options/auth-options.js';
import { isRefreshToken } from '../sessions/refresh-token.format.js';
import { isWellFormedClientSecret } from './client-secret.js';
import { isCode } from './login-secrets.js';

/**
 * Does it look like a credential of this application that somebody has put where a bearer token belongs? It is none of
 * another server's business.
 */
export function isOwnCredential(token: string, { apiKeys }: Pick<ResolvedAuthOptions, 'apiKeys'>): boolean {
  return (
    isRefreshToken(token) ||
    isCode(token) ||
    isWellFormedClientSecret(token) ||
    (apiKeys !== undefined && isWellFormedApiKey(token, apiKeys.prefix))
  );
}
