import fastifyJwt from '@fastify/jwt';

import { SECRET } from '../harness/tokens.mjs';
import { withTokenGuard } from './token-guard.mjs';

export const variants = [
  {
    id: 'fastify-jwt',
    title: 'a guard with @fastify/jwt',
    group: 'peers',
    platforms: ['fastify'],
    start: withTokenGuard((_token, request) => request.jwtVerify(), {
      configure: (app) => app.register(fastifyJwt, { secret: SECRET }),
    }),
  },
];
