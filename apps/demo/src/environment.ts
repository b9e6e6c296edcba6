import { randomBytes } from 'node:crypto';

/** What the demo reads beside the `AUTH_*` variables. */
export interface DemoEnvironment {
  readonly port: number;
  /** Loopback unless `LISTEN_HOST` says otherwise. */
  readonly host: string;
  readonly adapter: 'express' | 'fastify';
  readonly isProduction: boolean;
  /** `DATABASE_URL`: a Postgres server. */
  readonly databaseUrl: string | undefined;
  /** `REDIS_URL`: a Redis server. */
  readonly redisUrl: string | undefined;
  /** `DATA_DIR`: where the data are without a server. */
  readonly dataFolder: string;
  /** True when there was no secret and a random one was made: tokens end with the process. */
  readonly hasRandomSecret: boolean;
}

/** Something that whoever starts the demo can put right. Its message says all there is to say. */
export class StartError extends Error {}

/**
 * Reads the environment; outside production a missing secret and a missing set-up token are replaced by random ones.
 *
 * @throws StartError
 */
export function readEnvironment(env: NodeJS.ProcessEnv = process.env): DemoEnvironment {
  const { PORT = '3000', LISTEN_HOST: host = '127.0.0.1', HTTP_ADAPTER: adapter = 'express', NODE_ENV } = env;
  if (!/^\d{1,5}$/.test(PORT) || Number(PORT) > 65_535)
    throw new StartError('PORT is no port number. Remedy: give 0 to 65535.');
  if (adapter !== 'express' && adapter !== 'fastify')
    throw new StartError('HTTP_ADAPTER is unknown. Remedy: write express or fastify.');
  const isProduction = NODE_ENV === 'production';
  const hasRandomSecret = env.AUTH_JWT_SECRET_KEY === undefined && !isProduction;
  if (hasRandomSecret) env.AUTH_JWT_SECRET_KEY = randomBytes(48).toString('base64url');
  if (!isProduction) env.AUTH_SETUP_TOKEN ??= randomBytes(24).toString('base64url');
  return {
    port: Number(PORT),
    host,
    adapter,
    isProduction,
    databaseUrl: env.DATABASE_URL,
    redisUrl: env.REDIS_URL,
    dataFolder: env.DATA_DIR ?? '.data',
    hasRandomSecret,
  };
}
