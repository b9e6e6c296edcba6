import { describe, expect, it } from '@jest/globals';

import { readEnvironment, StartError } from '../../apps/demo/src/environment.js';
import { SECRET } from '../support/secret.js';

describe('the environment of the demo', () => {
  it('is port 3000 of loopback, Express, and a random secret, when nothing is said', () => {
    const env: NodeJS.ProcessEnv = {};
    expect(readEnvironment(env)).toEqual({
      port: 3000,
      host: '127.0.0.1',
      adapter: 'express',
      isProduction: false,
      databaseUrl: undefined,
      redisUrl: undefined,
      dataFolder: '.data',
      hasRandomSecret: true,
    });
    expect(Buffer.byteLength(env.AUTH_JWT_SECRET_KEY!)).toBeGreaterThanOrEqual(64);
    expect(env.AUTH_SETUP_TOKEN).toMatch(/^[\w-]{32}$/);
  });

  it('is what the variables say', () => {
    const env = {
      PORT: '8080',
      LISTEN_HOST: '0.0.0.0',
      HTTP_ADAPTER: 'fastify',
      AUTH_JWT_SECRET_KEY: SECRET,
      AUTH_SETUP_TOKEN: 'sixteen letters or so',
      DATABASE_URL: 'postgres://127.0.0.1/demo',
      REDIS_URL: 'redis://127.0.0.1',
      DATA_DIR: '/data',
    };
    expect(readEnvironment(env)).toEqual({
      port: 8080,
      host: '0.0.0.0',
      adapter: 'fastify',
      isProduction: false,
      databaseUrl: 'postgres://127.0.0.1/demo',
      redisUrl: 'redis://127.0.0.1',
      dataFolder: '/data',
      hasRandomSecret: false,
    });
    expect(env.AUTH_JWT_SECRET_KEY).toBe(SECRET);
    expect(env.AUTH_SETUP_TOKEN).toBe('sixteen letters or so');
  });

  it('has no random secret in production, and none in the place of an empty one', () => {
    const production: NodeJS.ProcessEnv = { NODE_ENV: 'production' };
    expect(readEnvironment(production)).toMatchObject({ isProduction: true, hasRandomSecret: false });
    expect(production.AUTH_JWT_SECRET_KEY).toBeUndefined();
    expect(production.AUTH_SETUP_TOKEN).toBeUndefined();

    const empty: NodeJS.ProcessEnv = { AUTH_JWT_SECRET_KEY: '' };
    expect(readEnvironment(empty).hasRandomSecret).toBe(false);
    expect(empty.AUTH_JWT_SECRET_KEY).toBe('');
  });

  it.each(['', '-1', '1e3', '65536', '3000 ', '0x10'])('takes no %j for a port', (PORT) => {
    expect(() => readEnvironment({ PORT })).toThrow(StartError);
  });

  it.each(['', 'Express', 'koa'])('takes no %j for an adapter', (HTTP_ADAPTER) => {
    expect(() => readEnvironment({ HTTP_ADAPTER })).toThrow(StartError);
  });
});
