import type { AddressInfo } from 'node:net';

import type { DynamicModule, INestApplication, ModuleMetadata, NestApplicationOptions } from '@nestjs/common';
import { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test, type TestingModuleBuilder } from '@nestjs/testing';
import { AuthModule, type AuthModuleOptions, type StaticOptions } from 'nestjs-gatehouse';

import { SECRET } from './secret.js';

export const PLATFORMS = ['express', 'fastify'] as const;
export type Platform = (typeof PLATFORMS)[number];

export { SECRET };

export interface Booted {
  readonly app: INestApplication;
  /** `http://127.0.0.1:port` */
  readonly url: string;
}

export interface BootOptions extends ModuleMetadata {
  auth?: AuthModuleOptions & StaticOptions;
  /** In the place of `AuthModule.forRoot(auth)`. */
  authModule?: DynamicModule;
  /** Before `init`: overrides of providers. */
  override?: (builder: TestingModuleBuilder) => TestingModuleBuilder;
  /** Before `init`: prefixes, versions, adapters for sockets. */
  configure?: (app: INestApplication) => unknown;
  nest?: NestApplicationOptions;
  /** Whether `X-Forwarded-For` is believed, from whoever sends it. */
  trustsProxies?: boolean;
}

const running: INestApplication[] = [];

/** Boots a real application behind the gate and listens on a free port. */
export async function boot(platform: Platform, options: BootOptions): Promise<Booted> {
  const {
    auth,
    authModule = AuthModule.forRoot({ ...auth, jwt: { secret: SECRET, ...auth?.jwt } }),
    override = (builder) => builder,
    configure,
    nest = { logger: false },
    trustsProxies = false,
    ...metadata
  } = options;
  const { imports = [] } = metadata;
  const module = await override(
    Test.createTestingModule({ ...metadata, imports: [authModule, ...imports] }),
  ).compile();
  const app =
    platform === 'fastify'
      ? module.createNestApplication(new FastifyAdapter({ trustProxy: trustsProxies }) as never, nest)
      : module.createNestApplication(new ExpressAdapter() as never, nest);
  if (platform === 'express' && trustsProxies) (app as NestExpressApplication).set('trust proxy', true);
  await configure?.(app);
  running.push(app);
  await app.listen(0, '127.0.0.1');
  const { port } = (app.getHttpServer() as import('node:http').Server).address() as AddressInfo;
  return { app, url: `http://127.0.0.1:${port}` };
}

/** For `afterEach` or `afterAll`: closes every application that {@link boot} started. */
export async function closeAll(): Promise<void> {
  await Promise.all(running.splice(0).map((app) => app.close()));
}
