import { afterEach, describe, expect, it, jest } from '@jest/globals';

import { SECRET } from '../../../../test/support/secret.js';
import { AuthOptionsError } from './options-error.js';
import { resolveOptions } from './resolve-options.js';

/** Stands for a value that must never be seen again. */
const CANARY = 'cAnArY';
const jwt = { secret: SECRET };

function problemsOf(options: unknown): readonly string[] {
  try {
    resolveOptions(options as never);
  } catch (error) {
    expect(error).toBeInstanceOf(AuthOptionsError);
    const { problems, message, stack } = error as AuthOptionsError;
    for (const problem of problems) expect(message).toContain(problem);
    expect(`${message}${stack}${JSON.stringify(error)}`).not.toContain(CANARY);
    return problems;
  }
  throw new Error('was accepted');
}

afterEach(() => {
  jest.restoreAllMocks();
});

describe('resolveOptions refuses', () => {
  it.each<[string, unknown]>([
    ['options', null],
    ['options', CANARY],
    ['options', [CANARY]],
    ['options', () => CANARY],
    ['jwt', { jwt: null }],
    ['jwt', { jwt: CANARY }],
    ['jwt', { jwt: [CANARY] }],
    ['jwt.secret (AUTH_JWT_SECRET_KEY)', {}],
    ['jwt.secret (AUTH_JWT_SECRET_KEY)', { jwt: { secret: null } }],
    ['jwt.secret (AUTH_JWT_SECRET_KEY)', { jwt: { secret: 12 } }],
    ['jwt.secret (AUTH_JWT_SECRET_KEY)', { jwt: { secret: { [CANARY]: CANARY } } }],
    ['jwt.secret (AUTH_JWT_SECRET_KEY)', { jwt: { secret: `${CANARY}zyxwv0987` } }],
    ['jwt.algorithm (AUTH_JWT_ALGORITHM)', { jwt: { ...jwt, algorithm: CANARY } }],
    ['jwt.algorithm (AUTH_JWT_ALGORITHM)', { jwt: { ...jwt, algorithm: 5 } }],
    ['jwt.algorithm (AUTH_JWT_ALGORITHM)', { jwt: { ...jwt, algorithm: 'hs256' } }],
    ['jwt.algorithm (AUTH_JWT_ALGORITHM)', { jwt: { ...jwt, algorithm: ['HS256'] } }],
    ['jwt.privateKey', { jwt: { privateKey: 5, algorithm: 'RS256' } }],
    ['jwt.privateKey', { jwt: { privateKey: CANARY, algorithm: 'RS256' } }],
    ['jwt.privateKey', { jwt: { privateKey: Buffer.from(CANARY), algorithm: 'RS256' } }],
    ['jwt.publicKey', { jwt: { publicKey: { kty: CANARY }, algorithm: 'RS256' } }],
    ['jwt.keyId', { jwt: { ...jwt, keyId: '' } }],
    ['jwt.issuer (AUTH_JWT_ISSUER)', { jwt: { ...jwt, issuer: ' ' } }],
    ['jwt.issuer (AUTH_JWT_ISSUER)', { jwt: { ...jwt, issuer: [CANARY] } }],
    ['jwt.audience (AUTH_JWT_AUDIENCE)', { jwt: { ...jwt, audience: [] } }],
    ['jwt.audience (AUTH_JWT_AUDIENCE)', { jwt: { ...jwt, audience: true } }],
    ['jwt.audience (AUTH_JWT_AUDIENCE)', { jwt: { ...jwt, audience: [CANARY, ''] } }],
    ['jwt.audience (AUTH_JWT_AUDIENCE)', { jwt: { ...jwt, audience: new RegExp(CANARY) } }],
    ['jwt.acceptedTypes', { jwt: { ...jwt, acceptedTypes: CANARY } }],
    ['jwt.acceptedTypes', { jwt: { ...jwt, acceptedTypes: [5] } }],
    ['apiKeys (AUTH_API_KEY_ENABLED)', { jwt, apiKeys: true }],
    ['apiKeys (AUTH_API_KEY_ENABLED)', { jwt, apiKeys: CANARY }],
    ['apiKeys.prefix', { jwt, apiKeys: { prefix: 5 } }],
    ['apiKeys.prefix', { jwt, apiKeys: { prefix: '' } }],
    ['apiKeys.prefix', { jwt, apiKeys: { prefix: `${CANARY}_` } }],
    ['apiKeys.header', { jwt, apiKeys: { header: 5 } }],
    ['apiKeys.header', { jwt, apiKeys: { header: `${CANARY}:` } }],
    ['apiKeys.header', { jwt, apiKeys: { header: 'AUTHORIZATION' } }],
    ['permissions', { jwt, permissions: CANARY }],
    ['permissions.session', { jwt, permissions: { session: CANARY } }],
    ['permissions.session.read', { jwt, permissions: { session: { read: 5 } } }],
    ['permissions', { jwt, permissions: { session: { read: CANARY } } }],
    ['permissions', { jwt, permissions: { session: { read: 'memory:delete' } } }],
    ['permissions', { jwt, permissions: { session: { '*': 'session:*' } } }],
    ['requireAuth (AUTH_REQUIRE_AUTH)', { jwt, requireAuth: CANARY }],
    ['requireAuthExceptions (AUTH_REQUIRE_AUTH_EXCEPTIONS)', { jwt, requireAuthExceptions: CANARY }],
    ['requireAuthExceptions (AUTH_REQUIRE_AUTH_EXCEPTIONS)', { jwt, requireAuthExceptions: [5] }],
    ['realm', { jwt, realm: 5 }],
    ['realm', { jwt, realm: '' }],
    ['realm', { jwt, realm: `${CANARY}"` }],
    ['realm', { jwt, realm: `${CANARY}\r\n` }],
    ['identityCache', { jwt, identityCache: true }],
    ['identityCache.maxEntries', { jwt, identityCache: { maxEntries: 0 } }],
    ['identityCache.maxEntries', { jwt, identityCache: { maxEntries: 1.5 } }],
    ['identityCache.maxEntries', { jwt, identityCache: { maxEntries: 1_000_001 } }],
    ['identityCache.maxEntries', { jwt, identityCache: { maxEntries: CANARY } }],
  ])('%s: %j', (place, options) => {
    const problems = problemsOf(options);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/ (?:is|has|holds) .*\. Remedy: [a-z].+\.$/);
    expect(problems[0]!.slice(0, place.length + 1)).toBe(`${place} `);
  });

  it.each([Number.NaN, Infinity, -Infinity, -1, 'x', '1.5h', true, null, {}])('%p as a duration', (value) => {
    for (const option of ['accessTokenTtl', 'maxAccessTokenTtl', 'clockTolerance']) {
      const problems = problemsOf({ jwt: { ...jwt, [option]: value } });
      expect(problems).toHaveLength(1);
      expect(problems[0]).toMatch(new RegExp(`^jwt\\.${option} (?:\\(AUTH_\\w+\\) )?is not .* Remedy: `));
    }
  });

  it.each(['accessTokenTtl', 'maxAccessTokenTtl'])(
    'a %s of less than a second, or with a fraction',
    (option) => {
      for (const value of [0, 0.5, 1.5, '0m']) {
        expect(problemsOf({ jwt: { ...jwt, [option]: value } })).toHaveLength(1);
      }
    },
  );

  it('more leeway than a minute, and tokens that live longer than the maximum', () => {
    expect(problemsOf({ jwt: { ...jwt, clockTolerance: 60.001 } })).toHaveLength(1);
    expect(problemsOf({ jwt: { ...jwt, accessTokenTtl: '2d', maxAccessTokenTtl: '1d' } })).toEqual([
      'jwt.accessTokenTtl (AUTH_JWT_ACCESS_TOKEN_EXPIRE_MINUTES) is longer than jwt.maxAccessTokenTtl. ' +
        'Remedy: shorten it, or raise the maximum.',
    ]);
  });

  it.each([
    ...[
      '',
      'health',
      '/',
      '/*',
      '*',
      '/a/',
      '//a',
      '/a//b',
      '/a/.',
      '/a/../b',
      '/./a',
      '/a*',
      '/a/*/b',
      '/a/**',
    ],
    ...[
      '/a?b',
      '/a#b',
      '/a%2fb',
      '/%61',
      '/a\\b',
      '/a;b',
      '/a b',
      '/ä',
      '/a\n',
      'http://host/a',
      '/health|/x',
    ],
  ])('the path exception %j', (path) => {
    expect(problemsOf({ jwt, requireAuthExceptions: ['/health', path] })).toEqual([
      'requireAuthExceptions (AUTH_REQUIRE_AUTH_EXCEPTIONS) holds a path that is neither exact nor a subtree. ' +
        'Remedy: write for example /health or /docs/*.',
    ]);
  });

  it('unknown options at every level, by their name', () => {
    const problems = problemsOf({
      jwt: { ...jwt, issuers: CANARY },
      apiKeys: { prefx: CANARY },
      identityCache: { ttl: CANARY },
      requireAuthException: CANARY,
      globalGuard: CANARY,
    });
    expect([...problems].sort()).toEqual(
      ['apiKeys.prefx', 'globalGuard', 'identityCache.ttl', 'jwt.issuers', 'requireAuthException'].map(
        (name) => `${name} is no option. Remedy: remove it or correct its name.`,
      ),
    );
  });

  it('everything at once', () => {
    jest.replaceProperty(process, 'env', {
      AUTH_REQUIRE_AUTH: CANARY,
      AUTH_API_KEY_ENABLED: CANARY,
      AUTH_JWT_ACCESS_TOKEN_EXPIRE_MINUTES: CANARY,
    });
    const problems = problemsOf({
      jwt: { secret: `${CANARY}${CANARY}`, issuer: '', algorithm: CANARY, clockTolerance: Infinity },
      realm: '"',
      unknown: CANARY,
    });
    const places = problems.map((problem) => problem.split(' ')[0]).sort();
    expect(places).toEqual(
      [
        ...[
          'apiKeys',
          'jwt.accessTokenTtl',
          'jwt.algorithm',
          'jwt.clockTolerance',
          'jwt.issuer',
          'jwt.secret',
        ],
        ...['jwt.secret', 'realm', 'requireAuth', 'unknown'],
      ].sort(),
    );
    expect(problems.join('\n')).toContain('AUTH_JWT_ACCESS_TOKEN_EXPIRE_MINUTES');
  });

  it('one option without blaming the secret that the environment holds', () => {
    jest.replaceProperty(process, 'env', { AUTH_JWT_SECRET_KEY: SECRET });
    expect(problemsOf({ realm: '"' })).toHaveLength(1);
  });

  it('values of the environment, without showing them', () => {
    jest.replaceProperty(process, 'env', {
      AUTH_JWT_SECRET_KEY: CANARY,
      AUTH_JWT_ISSUER: '',
      AUTH_REQUIRE_AUTH_EXCEPTIONS: CANARY,
    });
    const problems = problemsOf(undefined);
    expect(problems.map((problem) => problem.split(' ')[0])).toEqual(
      expect.arrayContaining(['jwt.secret', 'jwt.issuer', 'requireAuthExceptions']),
    );
  });
});
