import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:http';

import { exportJWK, generateKeyPair, type CryptoKey } from 'jose';
import Provider, { type Configuration, type KoaContextWithOIDC } from 'oidc-provider';

/** Somebody at a provider. */
export interface Person {
  readonly email?: string;
  readonly email_verified?: boolean;
  readonly name?: string;
}

/** A provider of OpenID Connect on loopback, with its own pages for logging in and consenting. */
export interface TestProvider {
  readonly issuer: string;
  /** By what they type as their name, which is their `sub`. */
  readonly people: Map<string, Person>;
  /** Every address that it was asked for, with the query. */
  readonly asked: string[];
  /** That its ID tokens are signed with (RS256). */
  readonly key: CryptoKey;
  /** In the place of what its token endpoint answers. */
  tamper: ((body: Record<string, unknown>) => unknown) | undefined;
  /** `hang`: never answers; `fail`: 500. */
  state: 'up' | 'hang' | 'fail';
  close(): Promise<void>;
}

export const CLIENT = { clientId: 'gatehouse', clientSecret: 'a secret of the test, long enough' } as const;

/** @param callback `redirect_uri` of {@link CLIENT}. */
export async function startProvider(callback: string, more: Configuration = {}): Promise<TestProvider> {
  const people = new Map<string, Person>();
  const asked: string[] = [];
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  let handle: (...args: Parameters<ReturnType<Provider['callback']>>) => unknown = () => undefined;
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    if (provider.state === 'fail') return void response.writeHead(500).end('<h1>Error</h1>');
    if (provider.state === 'up') handle(request, response);
  });
  const issuer = await listen(server);
  const jwk = await exportJWK(privateKey);
  const oidc = quietly(
    () =>
      new Provider(issuer, {
        clients: [
          {
            client_id: CLIENT.clientId,
            client_secret: CLIENT.clientSecret,
            redirect_uris: [callback],
            post_logout_redirect_uris: ['https://app.example.com/login/done?tab=1'],
            response_types: ['code'],
            grant_types: ['authorization_code'],
          },
        ],
        findAccount: (_context: unknown, sub: string) => ({
          accountId: sub,
          claims: () => ({ sub, ...people.get(sub) }),
        }),
        claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
        conformIdTokenClaims: false,
        pkce: { required: () => true },
        jwks: { keys: [{ ...jwk, alg: 'RS256', use: 'sig', kid: 'one' }] },
        ttl: {
          Interaction: 600,
          Session: 600,
          Grant: 600,
          AccessToken: 600,
          IdToken: 600,
          AuthorizationCode: 60,
        },
        cookies: { keys: ['a key of the test'] },
        ...more,
      }),
  );
  oidc.use(async (context: KoaContextWithOIDC, next: () => Promise<void>) => {
    await next();
    if (context.path === '/token' && provider.tamper !== undefined)
      context.body = await provider.tamper(context.body as Record<string, unknown>);
  });
  handle = oidc.callback();
  const provider: TestProvider = {
    ...{ issuer, people, asked, key: privateKey },
    tamper: undefined,
    state: 'up',
    close: () => end(server),
  };
  return provider;
}

/** GitHub's four addresses. Nothing on npm is a GitHub. */
export interface TestGithub {
  readonly url: string;
  /** What `/user` and `/user/emails` answer. */
  user: unknown;
  emails: unknown;
  /** Bodies that the token endpoint was sent. */
  readonly exchanged: URLSearchParams[];
  close(): Promise<void>;
}

/** Answers every authorization at once: whoever comes is logged in and has consented. */
export async function startGithub(): Promise<TestGithub> {
  const codes = new Map<string, URLSearchParams>();
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url!, 'http://github');
    const answer = (body: unknown, status = 200): void =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (pathname === '/login/oauth/authorize') {
      const code = `code-${codes.size}`;
      codes.set(code, searchParams);
      const back = new URL(searchParams.get('redirect_uri')!);
      back.searchParams.set('code', code);
      back.searchParams.set('state', searchParams.get('state')!);
      return void response.writeHead(302, { location: back.href }).end();
    }
    if (pathname === '/login/oauth/access_token') {
      let text = '';
      request.on('data', (chunk: Buffer) => (text += chunk.toString()));
      request.on('end', () => {
        const body = new URLSearchParams(text);
        github.exchanged.push(body);
        // GitHub answers 200 to what it refuses, too.
        if (!codes.has(body.get('code') ?? '')) return answer({ error: 'bad_verification_code' });
        answer({ access_token: 'gho_of_the_test', token_type: 'bearer', scope: 'read:user,user:email' });
      });
      return undefined;
    }
    if (request.headers.authorization !== 'Bearer gho_of_the_test') return answer({ message: 'no' }, 401);
    return answer(pathname === '/api/user' ? github.user : github.emails);
  });
  const github: TestGithub = {
    url: await listen(server),
    user: { id: 583231, login: 'octocat', name: 'The Octocat' },
    emails: [],
    exchanged: [],
    close: () => end(server),
  };
  return github;
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function end(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

/** It warns of being what it is here: made for a test. */
function quietly<T>(make: () => T): T {
  const { info, warn } = console;
  Object.assign(console, { info: () => undefined, warn: () => undefined });
  try {
    return make();
  } finally {
    Object.assign(console, { info, warn });
  }
}
