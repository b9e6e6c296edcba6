import 'reflect-metadata';

import { Controller, Get, Module, UseGuards } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';

/** The one route of every variant. */
export const PATH = '/hello';

const ADAPTERS = { express: ExpressAdapter, fastify: FastifyAdapter };

/**
 * Boots an application with one route and listens on a free port of the loopback.
 *
 * @param {'express' | 'fastify'} platform
 * @param {object} parts
 * @param {unknown[]} [parts.imports]
 * @param {unknown[]} [parts.providers]
 * @param {unknown} [parts.guard] for `@UseGuards` on the controller.
 * @param {MethodDecorator[]} [parts.decorators] more decorators of the handler.
 * @param {(app: import('@nestjs/common').INestApplication) => unknown} [parts.configure] before the application starts.
 */
export async function startApp(
  platform,
  { imports = [], providers = [], guard, decorators = [], configure } = {},
) {
  class HelloController {
    hello() {
      return { hello: 'world' };
    }
  }
  const handler = Object.getOwnPropertyDescriptor(HelloController.prototype, 'hello');
  for (const decorate of [Get(PATH), ...decorators]) decorate(HelloController.prototype, 'hello', handler);
  if (guard !== undefined) UseGuards(guard)(HelloController);
  Controller()(HelloController);

  class AppModule {}
  Module({ imports, providers, controllers: [HelloController] })(AppModule);

  const app = await NestFactory.create(AppModule, new ADAPTERS[platform](), { logger: false });
  await configure?.(app);
  await app.listen(0, '127.0.0.1');
  return app;
}
