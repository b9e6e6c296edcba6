import 'reflect-metadata';

import type { Type } from '@nestjs/common';

import { AuthError } from '../errors.js';
import type { PermissionName } from '../identity/permission.js';
import type { UserIdentity } from '../identity/user-identity.js';
import type { AccessPolicyType } from './access-policy.js';
import {
  ACCESS_KEY,
  ALL_PERMISSIONS_KEY,
  ALL_ROLES_KEY,
  ANY_PERMISSION_KEY,
  ANY_ROLE_KEY,
  POLICIES_KEY,
  SCHEMES_KEY,
  SERVICE_KEY,
} from './access.decorators.js';
import type { AuthScheme } from './auth-strategy.js';

/** What one handler demands of its caller. Compiled once from the decorators of class and method. */
export interface AccessRule {
  readonly access: 'public' | 'optional' | 'required';
  /** False when no decorator says anything: then `requireAuth` and `requireAuthExceptions` apply. */
  readonly isDecorated: boolean;
  /** Every one of these is needed. */
  readonly allOf: readonly PermissionName[];
  /** Of each of these lists at least one is needed. */
  readonly anyOf: readonly (readonly PermissionName[])[];
  /** Every one of these roles is needed. */
  readonly allRoles: readonly string[];
  /** Of each of these lists at least one role is needed. */
  readonly anyRoles: readonly (readonly string[])[];
  /** Each of these has to let the caller pass; asked in this order, after everything else. */
  readonly policies: readonly AccessPolicyType[];
  /** Services alone: whoever else comes is refused. */
  readonly isForServices: boolean;
  /** Undefined: every scheme that is enabled. */
  readonly schemes: readonly AuthScheme[] | undefined;
  /** What the decorators say that cannot hold together. The route audit stops the boot over it. */
  readonly contradictions: readonly string[];
}

/** Reads the decorators of a class and of one of its methods. */
export function compileAccessRule(target: Type, handler: object): AccessRule {
  const read = <T>(key: symbol, host: object): T[] =>
    (Reflect.getMetadata(key, host) as T[] | undefined) ?? [];
  const both = <T>(key: symbol): T[] => [...read<T>(key, target), ...read<T>(key, handler)];

  const demands = {
    allOf: [...new Set(both<PermissionName[]>(ALL_PERMISSIONS_KEY).flat())],
    anyOf: both<PermissionName[]>(ANY_PERMISSION_KEY),
    allRoles: [...new Set(both<string[]>(ALL_ROLES_KEY).flat())],
    anyRoles: both<string[]>(ANY_ROLE_KEY),
    policies: [...new Set(both<AccessPolicyType[]>(POLICIES_KEY).flat())],
  };
  const schemes =
    read<AuthScheme[]>(SCHEMES_KEY, handler).at(-1) ?? read<AuthScheme[]>(SCHEMES_KEY, target).at(-1);
  const levels = [read<Access>(ACCESS_KEY, handler), read<Access>(ACCESS_KEY, target)];
  const said = levels.find((level) => level.length > 0) ?? [];
  const isForServices = both<true>(SERVICE_KEY).length > 0;
  const isDemanding = isForServices || Object.values(demands).some((list) => list.length > 0);
  const contradictions = [
    ...levels.flatMap(contradictionsOfLevel),
    ...contradictionsOfDemands(said[0], demands, schemes),
    ...(isForServices ? contradictionsOfServices(said[0], schemes) : []),
  ];

  return Object.freeze({
    // Contradictions stop the boot; should a handler get here with one all the same, it is closed.
    access: isDemanding || contradictions.length > 0 ? 'required' : (said[0] ?? 'required'),
    isDecorated: isDemanding || said.length > 0 || schemes !== undefined,
    ...demands,
    isForServices,
    schemes,
    contradictions,
  });
}

type Access = AccessRule['access'];
type Demands = Pick<AccessRule, 'allOf' | 'anyOf' | 'allRoles' | 'anyRoles' | 'policies'>;

const NAMES = { public: '@Public()', optional: '@OptionalAuth()', required: '@RequireAuth()' } as const;
const LEVELS = ['public', 'optional', 'required'] as const;

function contradictionsOfLevel(level: readonly Access[]): string[] {
  const names = LEVELS.filter((access) => level.includes(access)).map((access) => NAMES[access]);
  return names.length > 1 ? [names.join(' together with ')] : [];
}

function contradictionsOfDemands(
  said: Access | undefined,
  { allOf, anyOf, allRoles, anyRoles, policies }: Demands,
  schemes: readonly AuthScheme[] | undefined,
): string[] {
  const asksForRoles = allRoles.length > 0 || anyRoles.length > 0;
  const contradictions: string[] = [];
  if (said !== undefined && said !== 'required') {
    if (allOf.length > 0 || anyOf.length > 0)
      contradictions.push(`${NAMES[said]} together with a permission requirement`);
    if (asksForRoles) contradictions.push(`${NAMES[said]} together with a role requirement`);
    if (policies.length > 0) contradictions.push(`${NAMES[said]} together with @CheckPolicy()`);
  }
  if (said === 'public' && schemes !== undefined)
    contradictions.push('@Public() together with @AuthSchemes()');
  if (asksForRoles && schemes?.every((scheme) => scheme === 'api-key') === true)
    contradictions.push("@AuthSchemes('api-key') together with a role requirement: API keys carry no roles");
  return contradictions;
}

function contradictionsOfServices(
  said: Access | undefined,
  schemes: readonly AuthScheme[] | undefined,
): string[] {
  const contradictions: string[] = [];
  if (said !== undefined && said !== 'required')
    contradictions.push(`${NAMES[said]} together with @RequireService()`);
  if (schemes?.includes('jwt') === false)
    contradictions.push("@AuthSchemes('api-key') together with @RequireService(): API keys are no services");
  return contradictions;
}

/** @returns the permissions that are lacking; empty when the rule allows the identity. Pure, no I/O. */
export function missingPermissions(rule: AccessRule, identity: UserIdentity): readonly PermissionName[] {
  if (!identity.hasAllPermissions(rule.allOf))
    return rule.allOf.filter((one) => !identity.hasPermission(one));
  for (const list of rule.anyOf) if (!identity.hasAnyPermission(list)) return list;
  return NOTHING;
}

/** @returns why the rule refuses the identity, or undefined when it does not; policies come after it. Pure, no I/O. */
export function denialOf(rule: AccessRule, identity: UserIdentity): AuthError | undefined {
  if (rule.isForServices && identity.provider !== 'service')
    return new AuthError('permission_denied', 'not a service', { caller: identity });
  const permissions = missingPermissions(rule, identity);
  if (permissions.length > 0)
    return new AuthError('permission_denied', 'permission lacking', { permissions, caller: identity });
  return hasRoles(rule, identity)
    ? undefined
    : new AuthError('permission_denied', 'role lacking', { caller: identity });
}

function hasRoles({ allRoles, anyRoles }: AccessRule, identity: UserIdentity): boolean {
  for (const role of allRoles) if (!identity.hasRole(role)) return false;
  for (const list of anyRoles) if (!list.some((role) => identity.hasRole(role))) return false;
  return true;
}

const NOTHING: readonly PermissionName[] = Object.freeze([]);

/** The rules of an application's handlers, each compiled at its first use. */
export class AccessRules {
  readonly #rules = new WeakMap<object, WeakMap<object, AccessRule>>();

  of(target: Type, handler: object): AccessRule {
    let ofClass = this.#rules.get(target);
    if (ofClass === undefined) this.#rules.set(target, (ofClass = new WeakMap()));
    let rule = ofClass.get(handler);
    if (rule === undefined) ofClass.set(handler, (rule = compileAccessRule(target, handler)));
    return rule;
  }
}
