import { randomBytes } from 'node:crypto';

/** What the demo reads beside the `AUTH_*` variables. */
export interface DemoEnvironment {
  readonly port: number;
  readonly adapter: 'express' | 'fastify';
  readonly isProduction: boolean;
  /** True when there was no secret and a random one was made: tokens end with the process. */
  readonly hasRandomSecret: boolean;
}

/** Reads the environment; outside production a missing secret is replaced by a random one. */
export function readEnvironment(env: NodeJS.ProcessEnv): DemoEnvironment {
  const { PORT = '3000', HTTP_ADAPTER: adapter = 'express', NODE_ENV } = env;
  if (!/^\d{1,5}$/.test(PORT) || Number(PORT) > 65_535)
    throw new Error('PORT is no port number: give 0 to 65535');
  if (adapter !== 'express' && adapter !== 'fastify')
    throw new Error('HTTP_ADAPTER is neither express nor fastify');
  const isProduction = NODE_ENV === 'production';
  const hasRandomSecret = env.AUTH_JWT_SECRET_KEY === undefined && !isProduction;
  if (hasRandomSecret) env.AUTH_JWT_SECRET_KEY = randomBytes(48).toString('base64url');
  return { port: Number(PORT), adapter, isProduction, hasRandomSecret };
}
