import 'reflect-metadata';

import type { Type } from '@nestjs/common';

import type { PermissionName } from '../identity/permission.js';
import type { UserIdentity } from '../identity/user-identity.js';
import { ACCESS_KEY, ALL_PERMISSIONS_KEY, ANY_PERMISSION_KEY, SCHEMES_KEY } from './access.decorators.js';
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

  const allOf = [...new Set(both<PermissionName[]>(ALL_PERMISSIONS_KEY).flat())];
  const anyOf = both<PermissionName[]>(ANY_PERMISSION_KEY);
  const schemes =
    read<AuthScheme[]>(SCHEMES_KEY, handler).at(-1) ?? read<AuthScheme[]>(SCHEMES_KEY, target).at(-1);
  const levels = [
    read<AccessRule['access']>(ACCESS_KEY, handler),
    read<AccessRule['access']>(ACCESS_KEY, target),
  ];
  const said = levels.find((level) => level.length > 0) ?? [];
  const demands = allOf.length > 0 || anyOf.length > 0;

  const contradictions: string[] = [];
  for (const level of levels) {
    if (new Set(level).size > 1)
      contradictions.push(
        LEVELS.filter((access) => level.includes(access))
          .map((access) => NAMES[access])
          .join(' together with '),
      );
  }
  if (said.length > 0 && said[0] !== 'required' && demands)
    contradictions.push(`${NAMES[said[0]!]} together with a permission requirement`);
  if (said.includes('public') && schemes !== undefined)
    contradictions.push('@Public() together with @AuthSchemes()');

  return Object.freeze({
    // Contradictions stop the boot; should a handler get here with one all the same, it is closed.
    access: demands || contradictions.length > 0 ? 'required' : (said[0] ?? 'required'),
    isDecorated: demands || said.length > 0 || schemes !== undefined,
    allOf,
    anyOf,
    schemes,
    contradictions,
  });
}

const NAMES = { public: '@Public()', optional: '@OptionalAuth()', required: '@RequireAuth()' } as const;
const LEVELS = ['public', 'optional', 'required'] as const;

/** @returns the permissions that are lacking; empty when the rule allows the identity. Pure, no I/O. */
export function missingPermissions(rule: AccessRule, identity: UserIdentity): readonly PermissionName[] {
  if (!identity.hasAllPermissions(rule.allOf))
    return rule.allOf.filter((one) => !identity.hasPermission(one));
  for (const list of rule.anyOf) if (!identity.hasAnyPermission(list)) return list;
  return NOTHING;
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
