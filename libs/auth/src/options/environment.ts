import type { AuthOptions } from './auth-options.js';
import type { Report } from './options-error.js';

/** The variable of each option that has one. */
export const VARIABLES: Readonly<Record<string, string>> = {
  'jwt.secret': 'AUTH_JWT_SECRET_KEY',
  'jwt.algorithm': 'AUTH_JWT_ALGORITHM',
  'jwt.accessTokenTtl': 'AUTH_JWT_ACCESS_TOKEN_EXPIRE_MINUTES',
  'jwt.issuer': 'AUTH_JWT_ISSUER',
  'jwt.audience': 'AUTH_JWT_AUDIENCE',
  apiKeys: 'AUTH_API_KEY_ENABLED',
  requireAuth: 'AUTH_REQUIRE_AUTH',
  requireAuthExceptions: 'AUTH_REQUIRE_AUTH_EXCEPTIONS',
  'users.setupToken': 'AUTH_SETUP_TOKEN',
};

const YES = new Set(['true', '1', 'yes', 'on']);
const NO = new Set(['false', '0', 'no', 'off']);

/**
 * The options that the environment gives. Only what is set: an absent variable leaves its option out.
 *
 * @param report told of each variable that cannot be read, by its option's name.
 */
export function readEnvironment(report: Report, env: NodeJS.ProcessEnv = process.env): AuthOptions {
  const text = (option: string): string | undefined => env[VARIABLES[option]!];
  const flag = (option: string): boolean | undefined => {
    const value = text(option)?.trim().toLowerCase();
    if (value === undefined) return undefined;
    if (!YES.has(value) && !NO.has(value)) report(option, 'is neither true nor false', 'write true or false');
    return YES.has(value);
  };
  const minutes = (option: string): number | undefined => {
    const value = text(option);
    if (value === undefined) return undefined;
    if (/^\d{1,9}$/.test(value.trim())) return Number(value) * 60;
    report(option, 'is not a whole number of minutes', 'write for example 60');
    return undefined;
  };
  const list = (option: string): string[] | undefined =>
    text(option)
      ?.split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '');

  const jwt = {
    secret: text('jwt.secret'),
    algorithm: text('jwt.algorithm') as NonNullable<AuthOptions['jwt']>['algorithm'],
    accessTokenTtl: minutes('jwt.accessTokenTtl'),
    issuer: text('jwt.issuer'),
    audience: text('jwt.audience'),
  };
  const apiKeys = flag('apiKeys');
  return {
    jwt,
    apiKeys: apiKeys === undefined ? undefined : apiKeys && {},
    requireAuth: flag('requireAuth'),
    requireAuthExceptions: list('requireAuthExceptions'),
    users: text('users.setupToken') === undefined ? undefined : { setupToken: text('users.setupToken')! },
  };
}
