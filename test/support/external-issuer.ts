import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';

type Json = Readonly<Record<string, unknown>>;
type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A key pair of an issuer. */
export interface IssuerKey {
  readonly algorithm: string;
  readonly privateKey: CryptoKey;
  /** As it stands in a key set. */
  readonly jwk: JWK;
  /** With its private part. */
  readonly privateJwk: JWK;
}

/** @param jwk members that are set, or left out with undefined. */
export async function issuerKey(algorithm = 'ES256', kid = 'one', jwk: Json = {}): Promise<IssuerKey> {
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true });
  const said = { kid, alg: algorithm, use: 'sig', ...jwk };
  return {
    algorithm,
    privateKey,
    jwk: { ...(await exportJWK(publicKey)), ...said },
    privateJwk: { ...(await exportJWK(privateKey)), ...said },
  };
}

/** An authorization server that answers as a test wants it, good or bad. It signs as no provider would let it. */
export interface ExternalIssuer {
  /** `iss` and address. */
  readonly issuer: string;
  /** Paths that were asked for. */
  readonly requests: string[];
  /** In its key set. */
  keys: unknown[];
  metadata: Json;
  /** Instead of what is served at a path. */
  readonly handlers: Map<string, Handler>;
  /** How often its key set was asked for. */
  fetches(): number;
  /** Claims of a good token for `api`; a claim that is undefined is left out. */
  token(key: IssuerKey, claims?: Json, header?: Json): Promise<string>;
  close(): Promise<void>;
}

/** @param path behind the origin, where it is one of several issuers. */
export async function startIssuer(path = '', keys: unknown[] = []): Promise<ExternalIssuer> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url!, 'http://localhost');
    issuer.requests.push(pathname);
    const handler = issuer.handlers.get(pathname);
    if (handler !== undefined) return handler(request, response);
    if (pathname === `${path}/.well-known/openid-configuration`) return sendJson(response, issuer.metadata);
    if (pathname === `${path}/jwks`) return sendJson(response, { keys: issuer.keys });
    return sendJson(response, { error: 'not_found' }, 404);
  });
  const address = `${await listen(server)}${path}`;
  const issuer: ExternalIssuer = {
    issuer: address,
    requests: [],
    keys,
    metadata: { issuer: address, jwks_uri: `${address}/jwks` },
    handlers: new Map(),
    fetches: () => issuer.requests.filter((one) => one === `${path}/jwks`).length,
    token: (key, claims, header) => signToken(address, key, claims, header),
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return issuer;
}

export function sendJson(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** @param now seconds since 1970. */
export async function signToken(
  issuer: string,
  { algorithm, privateKey, jwk }: IssuerKey,
  claims: Json = {},
  header: Json = {},
  now = Math.floor(Date.now() / 1_000),
): Promise<string> {
  const payload = { iss: issuer, aud: 'api', sub: 'ada', iat: now, exp: now + 600, jti: 'j1', ...claims };
  return new SignJWT(payload)
    .setProtectedHeader({ alg: algorithm, typ: 'at+jwt', kid: jwk.kid, ...header })
    .sign(privateKey);
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
