import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import * as oauth from 'oauth4webapi';

import type { IssuerKey } from '../support/external-issuer.js';

/** What is used of `oidc-provider`, which has no types of its own. */
interface Provider {
  callback(): (request: IncomingMessage, response: ServerResponse) => void;
}
interface Package {
  readonly Provider: new (issuer: string, configuration: object) => Provider;
}

/** A resource with JWTs, and one with opaque tokens. */
export const API = 'https://api.example.com';
export const OPAQUE_API = 'https://opaque.example.com';
const SECRET = 'a secret of more than thirty-two characters: %&=+';
const CALLBACK = 'http://127.0.0.1/callback';
const INSECURE = { [oauth.allowInsecureRequests]: true };

/** `oidc-provider` with its own keys and its own clients, asked by `oauth4webapi`. */
export interface RealIssuer {
  readonly issuer: string;
  /** Paths that were asked for. */
  readonly requests: string[];
  /** How this application introduces itself. */
  readonly introspection: { readonly clientId: string; readonly clientSecret: string };
  /** The first one signs. */
  rotate(...keys: readonly IssuerKey[]): void;
  /** A token that the client `worker` gets for itself. */
  ofService(resource: string, scope: string): Promise<string>;
  /** What the client `web` gets for ada, who logs in and consents. */
  ofUser(resource: string, scope: string): Promise<oauth.TokenEndpointResponse>;
  close(): Promise<void>;
}

export async function startProvider(...keys: readonly IssuerKey[]): Promise<RealIssuer> {
  const { Provider } = (await import('oidc-provider' as string)) as Package;
  let handle: ReturnType<Provider['callback']>;
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(new URL(request.url!, 'http://localhost').pathname);
    handle(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const rotate = (...[first, ...others]: readonly IssuerKey[]): void => {
    handle = new Provider(issuer, configuration([first!, ...others])).callback();
  };
  rotate(...keys);
  const client = (id: string): [oauth.Client, oauth.ClientAuth] => [
    { client_id: id },
    oauth.ClientSecretBasic(SECRET),
  ];
  const metadata = async (): Promise<oauth.AuthorizationServer> => {
    const url = new URL(issuer);
    return oauth.processDiscoveryResponse(url, await oauth.discoveryRequest(url, INSECURE));
  };
  return {
    issuer,
    requests,
    introspection: { clientId: 'gate:keeper', clientSecret: SECRET },
    rotate,
    async ofService(resource, scope) {
      const as = await metadata();
      const [worker, auth] = client('worker');
      const form = new URLSearchParams({ resource, scope });
      const response = await oauth.clientCredentialsGrantRequest(as, worker, auth, form, INSECURE);
      return (await oauth.processClientCredentialsResponse(as, worker, response)).access_token;
    },
    async ofUser(resource, scope) {
      const as = await metadata();
      const [web, auth] = client('web');
      const verifier = oauth.generateRandomCodeVerifier();
      const url = new URL(as.authorization_endpoint!);
      url.search = new URLSearchParams({
        client_id: 'web',
        response_type: 'code',
        redirect_uri: CALLBACK,
        resource,
        scope: `openid offline_access ${scope}`,
        prompt: 'consent',
        nonce: 'n-1',
        code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      }).toString();
      const parameters = oauth.validateAuthResponse(as, web, await consent(url));
      const response = await oauth.authorizationCodeGrantRequest(
        as,
        web,
        auth,
        parameters,
        CALLBACK,
        verifier,
        {
          ...INSECURE,
          additionalParameters: { resource },
        },
      );
      return oauth.processAuthorizationCodeResponse(as, web, response, { expectedNonce: 'n-1' });
    },
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function configuration(keys: readonly IssuerKey[]): object {
  const secret = { client_secret: SECRET, redirect_uris: [], response_types: [] };
  return {
    jwks: { keys: keys.map(({ privateJwk }) => privateJwk) },
    clients: [
      { client_id: 'worker', ...secret, grant_types: ['client_credentials'] },
      { client_id: 'gate:keeper', ...secret, grant_types: [] },
      {
        client_id: 'web',
        ...secret,
        redirect_uris: [CALLBACK],
        response_types: ['code'],
        grant_types: ['authorization_code', 'refresh_token'],
        id_token_signed_response_alg: keys[0]!.algorithm,
      },
    ],
    cookies: { keys: ['a key of cookies'] },
    findAccount: (_context: unknown, sub: string) => ({ accountId: sub, claims: () => ({ sub }) }),
    features: {
      devInteractions: { enabled: true },
      clientCredentials: { enabled: true },
      introspection: { enabled: true, allowedPolicy: () => true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_context: unknown, resource: string) => ({
          scope: 'note:read note:write',
          audience: resource,
          accessTokenFormat: resource === OPAQUE_API ? 'opaque' : 'jwt',
          jwt: { sign: { alg: keys[0]!.algorithm } },
        }),
      },
    },
  };
}

/** Logs in and consents, as a browser would. */
async function consent(start: URL): Promise<URL> {
  const cookies = new Map<string, string>();
  let url = start;
  let form: URLSearchParams | undefined;
  for (let i = 0; i < 12; i++) {
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form && { method: 'POST', body: form }),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie)!;
      cookies.set(name!, value!);
    }
    const location = response.headers.get('location');
    form = undefined;
    if (location === null) {
      const page = await response.text();
      const prompt = page.includes('name="login"') ? 'login' : 'consent';
      form = new URLSearchParams({ prompt, ...(prompt === 'login' && { login: 'ada', password: 'x' }) });
    } else {
      url = new URL(location, url);
      if (url.href.startsWith(CALLBACK)) return url;
    }
  }
  throw new Error('The provider does not come to an end');
}
