import { RequestMethod, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';

import { AppModule, type AppOptions } from './app.module.js';

/** What Express takes by itself; Fastify would take ten times as much. */
const BODY_LIMIT = 100 * 1024;

/** What others look for at the root: load balancers, and whoever verifies tokens (RFC 8615). */
const AT_THE_ROOT = ['health{/*path}', '.well-known/*path'].map((path) => ({
  path,
  method: RequestMethod.GET,
}));

/** The demo, on either adapter, not listening yet. */
export async function createApp(
  adapter: 'express' | 'fastify',
  options?: AppOptions,
): Promise<INestApplication> {
  const module = AppModule.with(options);
  const app =
    adapter === 'fastify'
      ? await NestFactory.create(module, new FastifyAdapter({ bodyLimit: BODY_LIMIT }))
      : await NestFactory.create(module);
  return app.setGlobalPrefix('api/v1', { exclude: AT_THE_ROOT });
}
