import { RequestMethod, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';

import { AppModule } from './app.module.js';

/** What Express takes by itself; Fastify would take ten times as much. */
const BODY_LIMIT = 100 * 1024;

/** The demo, on either adapter, not listening yet. */
export async function createApp(adapter: 'express' | 'fastify'): Promise<INestApplication> {
  const app =
    adapter === 'fastify'
      ? await NestFactory.create(AppModule, new FastifyAdapter({ bodyLimit: BODY_LIMIT }))
      : await NestFactory.create(AppModule);
  return app.setGlobalPrefix('api/v1', { exclude: [{ path: 'health{/*path}', method: RequestMethod.GET }] });
}
