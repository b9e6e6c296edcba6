import type { AddressInfo } from 'node:net';

import { Logger, type INestApplication } from '@nestjs/common';
import { TokenService, type AccessTokenInput } from 'nestjs-gatehouse';

import { createApp } from '../../apps/demo/src/create-app.js';
import type { Platform } from '../support/platforms.js';
import { SECRET } from '../support/secret.js';

/** An answer with its body read. */
export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown> & { id: string };
  readonly list: readonly Record<string, unknown>[];
}

/** The demo inside of the test's own process. */
export interface DemoApp {
  readonly app: INestApplication;
  readonly url: string;
  /** @param permissions of user_123 of org_456. */
  token(permissions: AccessTokenInput['permissions'], who?: Partial<AccessTokenInput>): string;
  /** @param path below `/api/v1`, or with `/health` a whole one. */
  call(method: string, path: string, token?: string, body?: unknown): Promise<Answer>;
}

/** Starts the demo's application on a free port. */
export async function startDemoApp(platform: Platform): Promise<DemoApp> {
  process.env.AUTH_JWT_SECRET_KEY = SECRET;
  Logger.overrideLogger(false);
  const app = await createApp(platform);
  await app.listen(0, '127.0.0.1');
  const { port } = (app.getHttpServer() as import('node:http').Server).address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const tokens = app.get(TokenService);
  return {
    app,
    url,
    token: (permissions, who = {}) =>
      tokens.createAccessToken({ userId: 'user_123', orgId: 'org_456', permissions, ...who }),
    call: async (method, path, token, body) => {
      const response = await fetch(`${url}${path.startsWith('/health') ? '' : '/api/v1'}${path}`, {
        method,
        headers: {
          ...(token !== undefined && { Authorization: `Bearer ${token}` }),
          ...(body !== undefined && { 'Content-Type': 'application/json' }),
        },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      const content: unknown = text === '' ? {} : JSON.parse(text);
      return { status: response.status, body: content as Answer['body'], list: content as Answer['list'] };
    },
  };
}
