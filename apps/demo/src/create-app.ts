import { RequestMethod, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { AuthStores } from 'nestjs-gatehouse';

import { AppModule } from './app.module.js';

/** What Express takes by itself; Fastify would take ten times as much. */
const BODY_LIMIT = 100 * 1024;

/** The demo, on either adapter, not listening yet. */
export async function createApp(
  adapter: 'express' | 'fastify',
  stores?: AuthStores,
): Promise<INestApplication> {
  const module = AppModule.with(stores);
  const app =
    adapter === 'fastify'
      ? await NestFactory.create(module, new FastifyAdapter({ bodyLimit: BODY_LIMIT }))
      : await NestFactory.create(module);
  return app.setGlobalPrefix('api/v1', { exclude: [{ path: 'health{/*path}', method: RequestMethod.GET }] });
}
