import { describe, expect, it } from '@jest/globals';

import { readEnvironment, VARIABLES } from './environment.js';

interface Reading {
  readonly options: ReturnType<typeof readEnvironment>;
  readonly problems: readonly string[][];
}

function read(env: Record<string, string>): Reading {
  const problems: string[][] = [];
  const options = readEnvironment((...problem) => problems.push(problem as string[]), env);
  return { options, problems };
}

describe('readEnvironment', () => {
  it('knows the variables of the predecessor, and the audience', () => {
    expect(VARIABLES).toEqual({
      'jwt.secret': 'AUTH_JWT_SECRET_KEY',
      'jwt.algorithm': 'AUTH_JWT_ALGORITHM',
      'jwt.accessTokenTtl': 'AUTH_JWT_ACCESS_TOKEN_EXPIRE_MINUTES',
      'jwt.issuer': 'AUTH_JWT_ISSUER',
      'jwt.audience': 'AUTH_JWT_AUDIENCE',
      apiKeys: 'AUTH_API_KEY_ENABLED',
      requireAuth: 'AUTH_REQUIRE_AUTH',
      requireAuthExceptions: 'AUTH_REQUIRE_AUTH_EXCEPTIONS',
      'users.setupToken': 'AUTH_SETUP_TOKEN',
    });
  });

  it('reads every variable', () => {
    const { options, problems } = read({
      AUTH_JWT_SECRET_KEY: ' kept as it is ',
      AUTH_JWT_ALGORITHM: 'HS512',
      AUTH_JWT_ACCESS_TOKEN_EXPIRE_MINUTES: '15',
      AUTH_JWT_ISSUER: 'https://issuer.example',
      AUTH_JWT_AUDIENCE: 'https://api.example',
      AUTH_API_KEY_ENABLED: 'true',
      AUTH_REQUIRE_AUTH: 'false',
      AUTH_REQUIRE_AUTH_EXCEPTIONS: '/health, /docs/* ,,/version',
    });
    expect(problems).toEqual([]);
    expect(options).toEqual({
      jwt: {
        secret: ' kept as it is ',
        algorithm: 'HS512',
        accessTokenTtl: 900,
        issuer: 'https://issuer.example',
        audience: 'https://api.example',
      },
      apiKeys: {},
      requireAuth: false,
      requireAuthExceptions: ['/health', '/docs/*', '/version'],
    });
  });

  it('leaves out what is not set', () => {
    const { options, problems } = read({ UNRELATED: 'x', auth_require_auth: 'false' });
    expect(problems).toEqual([]);
    expect(options).toEqual({ jwt: {} });
  });

  it.each([
    ...['true', 'TRUE', ' True ', '1', 'yes', 'on'].map((text) => [text, true] as const),
    ...['false', 'False', '0', 'no', 'off'].map((text) => [text, false] as const),
  ])('reads the flag %j as %j', (text, value) => {
    const { options, problems } = read({ AUTH_REQUIRE_AUTH: text, AUTH_API_KEY_ENABLED: text });
    expect(problems).toEqual([]);
    expect(options.requireAuth).toBe(value);
    expect(options.apiKeys).toEqual(value ? {} : false);
  });

  it.each(['', ' ', 'maybe', '2', 'truee', 'null'])('reports the flag %j', (text) => {
    expect(read({ AUTH_REQUIRE_AUTH: text }).problems).toEqual([
      ['requireAuth', 'is neither true nor false', 'write true or false'],
    ]);
  });

  it.each(['', 'x', '1.5', '-1', '1e3', '60m', '0x10', '1 0', 'Infinity', '9999999999'])(
    'reports the minutes %j',
    (text) => {
      expect(read({ AUTH_JWT_ACCESS_TOKEN_EXPIRE_MINUTES: text }).problems).toEqual([
        ['jwt.accessTokenTtl', 'is not a whole number of minutes', 'write for example 60'],
      ]);
    },
  );

  it('reads an empty list as no exception at all', () => {
    expect(read({ AUTH_REQUIRE_AUTH_EXCEPTIONS: ' ' }).options.requireAuthExceptions).toEqual([]);
  });
});
