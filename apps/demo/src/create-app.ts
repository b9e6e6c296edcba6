import { RequestMethod, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';

import { AppModule } from './app.module.js';

/** The demo, on either adapter, not listening yet. */
export async function createApp(adapter: 'express' | 'fastify'): Promise<INestApplication> {
  const app =
    adapter === 'fastify'
      ? await NestFactory.create(AppModule, new FastifyAdapter())
      : await NestFactory.create(AppModule);
  app.setGlobalPrefix('api/v1', { exclude: [{ path: 'health{/*path}', method: RequestMethod.GET }] });
  app.enableShutdownHooks();
  return app;
}
