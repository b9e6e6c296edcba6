import { describe, expect, it } from '@jest/globals';

import { SECRET } from '../../../../test/support/secret.js';
import { AuthOptionsError } from './options-error.js';
import { resolveOptions } from './resolve-options.js';

const good = { issuer: 'https://login.example.com', audience: 'api' };
const introspection = { clientId: 'api', clientSecret: 's' };

function resolved(trustedIssuers: unknown, issuer = 'gatehouse') {
  return resolveOptions({ jwt: { secret: SECRET, issuer }, trustedIssuers } as never).trustedIssuers;
}

function problemsOf(...args: Parameters<typeof resolved>): readonly string[] {
  try {
    resolved(...args);
  } catch (error) {
    expect(error).toBeInstanceOf(AuthOptionsError);
    return (error as AuthOptionsError).problems;
  }
  return [];
}

describe('trustedIssuers', () => {
  it('are none by default', () => {
    expect(resolved(undefined)).toEqual([]);
  });

  it('have defaults', () => {
    expect(resolved([{ ...good, introspection }])).toEqual([
      {
        issuer: 'https://login.example.com',
        audience: ['api'],
        jwksUri: undefined,
        algorithms: ['RS256', 'PS256', 'ES256', 'EdDSA'],
        acceptedTypes: ['at+jwt'],
        mapClaims: 'scope',
        introspection: { ...introspection, endpoint: undefined, cacheFor: 30 },
      },
    ]);
  });

  it('keep what is written', () => {
    const mapClaims = (): undefined => undefined;
    const written = {
      issuer: 'http://127.0.0.1:8080/realms/a',
      audience: ['a', 'b'],
      jwksUri: 'https://keys.example.com/jwks?realm=a',
      algorithms: ['ES512'],
      acceptedTypes: ['application/JWT'],
      mapClaims,
      introspection: { ...introspection, endpoint: 'http://[::1]:1/introspect', cacheFor: '5m' },
    };
    expect(resolved([written])).toEqual([
      {
        ...written,
        acceptedTypes: ['at+jwt', 'jwt'],
        introspection: { ...written.introspection, cacheFor: 300 },
      },
    ]);
  });

  it.each<[string, object]>([
    ['issuer', { issuer: 'login.example.com' }],
    ['issuer', { issuer: 'http://login.example.com' }],
    ['issuer', { issuer: 'http://localhost.example.com' }],
    ['issuer', { issuer: 'http://127.0.0.1.example.com' }],
    ['issuer', { issuer: 'https://user:pass@login.example.com' }],
    ['issuer', { issuer: 'https://login.example.com#a' }],
    ['issuer', { issuer: 'https://login.example.com#' }],
    ['issuer', { issuer: 'https://login.example.com?a=b' }],
    ['issuer', { issuer: ' https://login.example.com' }],
    ['issuer', { issuer: `https://login.example.com/${'a'.repeat(180)}` }],
    ['issuer', { issuer: 'ftp://login.example.com' }],
    ['issuer', { issuer: 5 }],
    ['audience', { audience: undefined }],
    ['audience', { audience: [] }],
    ['audience', { audience: false }],
    ['audience', { audience: ' ' }],
    ['jwksUri', { jwksUri: 'http://login.example.com/jwks' }],
    ['jwksUri', { jwksUri: '/jwks' }],
    ['algorithms', { algorithms: ['HS256'] }],
    ['algorithms', { algorithms: ['none'] }],
    ['algorithms', { algorithms: [] }],
    ['algorithms', { algorithms: 'RS256' }],
    ['acceptedTypes', { acceptedTypes: ['logout+jwt'] }],
    ['acceptedTypes', { acceptedTypes: ['application/DPoP+JWT'] }],
    ['acceptedTypes', { acceptedTypes: 'JWT' }],
    ['mapClaims', { mapClaims: 'groups' }],
    ['mapClaims', { mapClaims: {} }],
    ['introspection', { introspection: true }],
    ['introspection.clientId', { introspection: { ...introspection, clientId: '' } }],
    ['introspection.clientSecret', { introspection: { clientId: 'a' } }],
    ['introspection.endpoint', { introspection: { ...introspection, endpoint: 'http://a.example' } }],
    ['introspection.cacheFor', { introspection: { ...introspection, cacheFor: '6m' } }],
    ['introspection.cacheFor', { introspection: { ...introspection, cacheFor: 0 } }],
    ['algorithm', { algorithm: 'RS256' }],
  ])('refuse %s of %j, with a remedy', (option, wrong) => {
    const problems = problemsOf([{ ...good, ...wrong }]);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(
      new RegExp(`^trustedIssuers\\[0\\]\\.${option.replace('.', '\\.')} .*Remedy: `),
    );
  });

  it.each<[string, unknown, string]>([
    ['something else than a list', good, 'is no list'],
    ['an item that is none', ['https://login.example.com'], 'is no issuer'],
    ['one twice', [good, { ...good, audience: 'other' }], 'has an issuer twice'],
    [
      'introspection twice',
      [
        { ...good, introspection },
        { ...good, issuer: 'https://b.example.com', introspection },
      ],
      'has introspection for more than one issuer',
    ],
  ])('refuse %s', (_what, trustedIssuers, says) => {
    const problems = problemsOf(trustedIssuers);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`trustedIssuers ${says}`);
    expect(problems[0]).toContain('Remedy: ');
  });

  it("refuse the application's own issuer", () => {
    expect(problemsOf([good], good.issuer)).toEqual([
      expect.stringMatching(/^trustedIssuers\[0\]\.issuer is the application's own\. Remedy: /),
    ]);
  });

  it('tell all problems at once', () => {
    const problems = problemsOf([
      { ...good, issuer: 'http://a.example', jwksUri: 'no' },
      { ...good, algorithms: ['HS256'], mapClaims: 1 },
    ]);
    expect(problems).toHaveLength(4);
  });
});
