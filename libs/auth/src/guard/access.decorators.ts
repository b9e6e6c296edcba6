import 'reflect-metadata';

import type { PermissionName } from '../identity/permission.js';
import type { AccessPolicyType } from './access-policy.js';
import type { AuthScheme } from './auth-strategy.js';

/** Where each decorator leaves its arguments: a list with one element for each time it was used on the target. */
export const ACCESS_KEY = Symbol('gatehouse:access');
export const ALL_PERMISSIONS_KEY = Symbol('gatehouse:all-permissions');
export const ANY_PERMISSION_KEY = Symbol('gatehouse:any-permission');
export const ALL_ROLES_KEY = Symbol('gatehouse:all-roles');
export const ANY_ROLE_KEY = Symbol('gatehouse:any-role');
export const POLICIES_KEY = Symbol('gatehouse:policies');
export const SERVICE_KEY = Symbol('gatehouse:service');
export const SCHEMES_KEY = Symbol('gatehouse:schemes');

type AccessDecorator = ClassDecorator & MethodDecorator;

/** No credential is needed, and none is looked at: `@CurrentUser()` is undefined. For a class or a method. */
export const Public = (): AccessDecorator => append(ACCESS_KEY, 'public');

/**
 * Callers come with or without a credential; without one `@CurrentUser()` is undefined. A credential that is presented
 * has to be good: an expired token is a 401, so that the client learns of it. For a class or a method.
 */
export const OptionalAuth = (): AccessDecorator => append(ACCESS_KEY, 'optional');

/**
 * A credential is needed, whatever `requireAuth` and `requireAuthExceptions` say; where they say nothing, that is so
 * without it. For a class or a method.
 */
export const RequireAuth = (): AccessDecorator => append(ACCESS_KEY, 'required');

/**
 * The caller needs every one of these permissions, or gets 403 `permission_denied`. Demands add up: those of class and
 * method, and those of several uses. A permission that the catalogue does not know stops the boot.
 */
export const RequirePermissions = (...permissions: [PermissionName, ...PermissionName[]]): AccessDecorator =>
  append(ALL_PERMISSIONS_KEY, nonEmpty('RequirePermissions', permissions));

/** The caller needs at least one of these permissions, or gets 403 `permission_denied`. Adds up with all other demands. */
export const RequireAnyPermission = (
  ...permissions: [PermissionName, ...PermissionName[]]
): AccessDecorator => append(ANY_PERMISSION_KEY, nonEmpty('RequireAnyPermission', permissions));

/**
 * The caller needs every one of these roles, or gets 403 `permission_denied`. Tokens carry roles, API keys do not. Adds up
 * with all other demands. Roles are made at run time: a name that no role has is no mistake at boot, and lets nobody in.
 */
export const RequireRoles = (...roles: [string, ...string[]]): AccessDecorator =>
  append(ALL_ROLES_KEY, nonEmpty('RequireRoles', roles));

/** The caller needs at least one of these roles, or gets 403 `permission_denied`. Adds up with all other demands. */
export const RequireAnyRole = (...roles: [string, ...string[]]): AccessDecorator =>
  append(ANY_ROLE_KEY, nonEmpty('RequireAnyRole', roles));

/**
 * Each of these policies has to let the caller pass, or the answer is 403 `permission_denied`; 503 `auth_unavailable` when
 * one throws. They are asked one after the other, those of the class first, after permissions and roles. A policy that no
 * module provides stops the boot.
 *
 * @throws TypeError for what is no class: with a circle of imports it is undefined here.
 */
export const CheckPolicy = (...policies: [AccessPolicyType, ...AccessPolicyType[]]): AccessDecorator => {
  for (const policy of policies)
    if (typeof policy !== 'function')
      throw new TypeError('@CheckPolicy() was given what is no class. Do two files import each other?');
  return append(POLICIES_KEY, nonEmpty('CheckPolicy', policies));
};

/**
 * The caller has to be a service: somebody with a token that a client got for itself (RFC 6749 section 4.4). People and
 * API keys get 403 `permission_denied`. Adds up with all other demands. For a class or a method.
 */
export const RequireService = (): AccessDecorator => append(SERVICE_KEY, true);

/** Only credentials of these schemes are accepted; on a method it takes the place of the class's. */
export const AuthSchemes = (...schemes: [AuthScheme, ...AuthScheme[]]): AccessDecorator =>
  append(SCHEMES_KEY, nonEmpty('AuthSchemes', schemes));

/** Nest's SetMetadata would let the second use on a target, or of a composed decorator, erase the first. */
function append(key: symbol, value: unknown): AccessDecorator {
  return (target: object, _name?: string | symbol, descriptor?: PropertyDescriptor) => {
    const host = (descriptor?.value as object | undefined) ?? target;
    const before = (Reflect.getMetadata(key, host) as unknown[] | undefined) ?? [];
    Reflect.defineMetadata(key, [...before, value], host);
  };
}

function nonEmpty<T>(decorator: string, values: readonly T[]): readonly T[] {
  if (values.length === 0) throw new TypeError(`@${decorator}() needs at least one argument`);
  return values;
}
