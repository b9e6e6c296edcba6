import type { AuthError } from '../../libs/auth/src/errors.js';
import type { JwtOptions, ResolvedJwtOptions } from '../../libs/auth/src/options/auth-options.js';
import { resolveOptions } from '../../libs/auth/src/options/resolve-options.js';
import { ManualClock } from '../../libs/auth/src/testing/manual-clock.js';
import { checkClaims } from '../../libs/auth/src/tokens/access-token.claims.js';
import { SECRET } from './secret.js';

/** Seconds since 1970. */
export const NOW = 1_800_000_000;

const GOOD = { iss: 'gatehouse', aud: 'gatehouse', sub: 'ada', exp: NOW + 600 };

export function jwtOptionsOf(jwt: JwtOptions = {}): ResolvedJwtOptions {
  return resolveOptions({ jwt: { secret: SECRET, ...jwt } }).jwt;
}

/** What is said of good claims after those were changed: `good`, or code and reason of the refusal. */
export function verdict(
  claims: Record<string, unknown>,
  jwt: JwtOptions = {},
  clock = new ManualClock(NOW * 1_000),
): string {
  return outcomeOf(() => checkClaims({ ...GOOD, ...claims }, jwtOptionsOf(jwt), clock.now()));
}

export function outcomeOf(check: () => unknown): string {
  try {
    check();
    return 'good';
  } catch (error) {
    return `${(error as AuthError).code}: ${(error as AuthError).reason}`;
  }
}
