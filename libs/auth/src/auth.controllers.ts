import type { ModuleMetadata } from '@nestjs/common';

import { ApiKeyController } from './api-keys/api-key.controller.js';
import { mountedController } from './guard/mounted-controller.js';
import { resolveEndpoints } from './options/endpoints.js';
import { SessionController } from './sessions/session.controller.js';
import { TokenController } from './sessions/token.controller.js';
import type { ModuleShape } from './auth-module.options.js';
import { KeySetController } from './tokens/key-set.controller.js';

/** The controllers of the endpoints that are switched on. */
export function controllersOf({
  endpoints: written,
  globalGuard,
}: ModuleShape): NonNullable<ModuleMetadata['controllers']> {
  const endpoints = resolveEndpoints(written);
  if (endpoints === undefined) return [];
  const { prefix, sessions, tokens, apiKeys, keySet } = endpoints;
  return [
    ...(sessions ? [mountedController(SessionController, prefix, globalGuard)] : []),
    ...(tokens ? [mountedController(TokenController, prefix, globalGuard)] : []),
    ...(keySet ? [KeySetController] : []),
    ...(apiKeys ? [mountedController(ApiKeyController, `${prefix}/api-keys`, globalGuard)] : []),
  ];
}
