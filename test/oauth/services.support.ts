import { Controller, Get, Post, type INestApplication } from '@nestjs/common';
import {
  ClientService,
  CurrentUser,
  definePermissions,
  RequirePermissions,
  RequireService,
  UserIdentity,
  type AuthStores,
  type NewClient,
} from 'nestjs-gatehouse';
import * as oauth from 'oauth4webapi';

import { call, type CallAnswer, type CallOptions } from '../support/call.js';
import { boot, type BootOptions, type Booted, type Platform } from '../support/platforms.js';

export const PERMISSIONS = definePermissions({ memory: ['read', 'create'], admin: ['read'] });

/** What services write in the place of this machine's address. */
export const BASE_URL = 'https://api.example.com';

@Controller('reports')
export class ReportsController {
  @Get()
  @RequirePermissions('memory:read')
  read(@CurrentUser() caller: UserIdentity): unknown {
    return { ...caller.toJSON() };
  }

  @Post()
  @RequirePermissions('memory:create')
  write(): void {}

  @Get('internal')
  @RequireService()
  internal(@CurrentUser('userId') clientId: string): string {
    return clientId;
  }

  @Get('nightly')
  @RequireService()
  @RequirePermissions('memory:create')
  nightly(): string {
    return 'done';
  }
}

/** An application that gives services tokens, and takes them. */
export interface ServicesApp extends Booted {
  readonly clients: ClientService;
  /** Makes a service that may read and write reports. */
  readonly makeClient: (input?: Partial<Parameters<ClientService['create']>[0]>) => Promise<NewClient>;
  /** Sends a form to the token endpoint. */
  readonly post: (
    parameters: Record<string, string> | string,
    headers?: Record<string, string>,
  ) => Promise<CallAnswer>;
  /** A token of a service with a secret. */
  readonly tokenOf: (client: NewClient, scope?: string) => Promise<string>;
  readonly get: (path: string, options?: CallOptions) => Promise<CallAnswer>;
  /** For oauth4webapi: calls to {@link BASE_URL} come here. */
  readonly fetch: typeof globalThis.fetch;
}

export async function bootServices(
  platform: Platform,
  { auth, ...options }: BootOptions = {},
  stores?: AuthStores,
): Promise<ServicesApp> {
  const booted = await boot(platform, {
    controllers: [ReportsController],
    ...options,
    auth: { permissions: PERMISSIONS, services: { baseUrl: BASE_URL }, stores, ...auth },
  });
  return withServices(booted);
}

export function withServices(booted: Booted): ServicesApp {
  const { url } = booted;
  const clients = (booted.app as INestApplication).get(ClientService);
  const post: ServicesApp['post'] = (parameters, headers) =>
    call(`${url}/oauth/token`, { method: 'POST', headers, body: new URLSearchParams(parameters) });
  return {
    ...booted,
    clients,
    post,
    get: (path, callOptions) => call(url + path, callOptions),
    makeClient: (input) =>
      clients.create({ name: 'reporter', permissions: ['memory:read', 'memory:create'], ...input }),
    tokenOf: async ({ client, secret }, scope) => {
      const { body } = await post({
        grant_type: 'client_credentials',
        client_id: client.clientId,
        client_secret: secret!,
        ...(scope !== undefined && { scope }),
      });
      return (body as { access_token: string }).access_token;
    },
    fetch: (input, init) => fetch((input as string).replace(BASE_URL, url), init),
  };
}

/** The grant with the real client, from the metadata alone. */
export async function grantWith(
  { fetch }: Pick<ServicesApp, 'fetch'>,
  clientId: string,
  authentication: oauth.ClientAuth,
  parameters: Record<string, string> = {},
): Promise<oauth.TokenEndpointResponse> {
  const options = { [oauth.customFetch]: fetch as never };
  const issuer = new URL(BASE_URL);
  const server = await oauth.processDiscoveryResponse(
    issuer,
    await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...options }),
  );
  const client = { client_id: clientId };
  const response = await oauth.clientCredentialsGrantRequest(
    server,
    client,
    authentication,
    parameters,
    options,
  );
  return oauth.processClientCredentialsResponse(server, client, response);
}
