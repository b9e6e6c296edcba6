import type { ModuleMetadata, Type } from '@nestjs/common';

import { ApiKeyController } from './api-keys/api-key.controller.js';
import { AuditController } from './audit/audit.controller.js';
import { mountedController } from './guard/mounted-controller.js';
import { ClientController } from './oauth/client.controller.js';
import { LinkedAccountController } from './oauth/linked-account.controller.js';
import { LoginProviderController } from './oauth/login-provider.controller.js';
import { MetadataController } from './oauth/metadata.controller.js';
import { TokenEndpointController } from './oauth/token-endpoint.controller.js';
import { resolveEndpoints } from './options/endpoints.js';
import { HolderController } from './roles/holder.controller.js';
import { PermissionController } from './roles/permission.controller.js';
import { RoleController } from './roles/role.controller.js';
import { SessionController } from './sessions/session.controller.js';
import { TokenController } from './sessions/token.controller.js';
import type { ModuleShape } from './auth-module.options.js';
import { KeySetController } from './tokens/key-set.controller.js';
import { AccountController } from './users/account.controller.js';
import { LoginController } from './users/login.controller.js';
import { RegistrationController } from './users/registration.controller.js';
import { SetupController } from './users/setup.controller.js';
import { UserController } from './users/user.controller.js';

/** The controllers of the endpoints that are switched on. */
export function controllersOf(shape: ModuleShape): NonNullable<ModuleMetadata['controllers']> {
  const endpoints = resolveEndpoints(shape.endpoints);
  if (endpoints === undefined) return [];
  const { prefix, sessions, tokens, apiKeys, keySet } = endpoints;
  const mountedAt = (path: string, isOn: boolean, ...controllers: readonly Type<object>[]) =>
    isOn ? controllers.map((one) => mountedController(one, path, shape.globalGuard)) : [];
  const mounted = (isOn: boolean, ...controllers: readonly Type<object>[]) =>
    mountedAt(prefix, isOn, ...controllers);
  return [
    ...mounted(sessions, SessionController),
    ...mounted(tokens, TokenController),
    ...(keySet ? [KeySetController] : []),
    ...mountedAt(`${prefix}/api-keys`, apiKeys, ApiKeyController),
    ...mounted(shape.users && endpoints.account, LoginController, AccountController),
    ...mounted(
      shape.users && shape.loginProviders && endpoints.providers,
      LoginProviderController,
      LinkedAccountController,
    ),
    ...mounted(shape.users && endpoints.registration, RegistrationController),
    ...mounted(shape.users && endpoints.setup, SetupController),
    ...mounted(shape.users && endpoints.users, UserController),
    ...mounted(shape.users && endpoints.roles, PermissionController),
    ...mountedAt(`${prefix}/roles`, shape.users && endpoints.roles, RoleController),
    ...mountedAt(`${prefix}/users`, shape.users && endpoints.roles, HolderController),
    ...mounted(shape.audit && endpoints.audit, AuditController),
    ...mountedAt(`${prefix}/clients`, shape.services && endpoints.clients, ClientController),
    ...(shape.services && endpoints.tokenEndpoint ? [TokenEndpointController, MetadataController] : []),
  ];
}
