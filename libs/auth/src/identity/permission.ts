/** Segments may hold letters, digits, `_`, `.` and `-`: all of them legal in a `scope` (RFC 6749 section 3.3). */
const SEGMENT = '[A-Za-z0-9][A-Za-z0-9_.-]*';
const PERMISSION = new RegExp(`^${SEGMENT}:${SEGMENT}$`);
const GRANT = new RegExp(`^(?:\\*|${SEGMENT}:(?:\\*|${SEGMENT}))$`);

/** What `definePermissions` was given: the actions of each resource. */
export type PermissionDefinition = Readonly<Record<string, readonly string[]>>;

/** The catalogue that `definePermissions` returns: `Permission.session.create === 'session:create'`. */
export type PermissionCatalogue<D extends PermissionDefinition = PermissionDefinition> = {
  readonly [R in keyof D & string]: { readonly [A in D[R][number]]: `${R}:${A}` };
};

/** Any catalogue, whatever it defines. */
export type AnyPermissionCatalogue = Readonly<Record<string, Readonly<Record<string, string>>>>;

/**
 * Filled in by applications, so that a typo in a decorator does not compile:
 *
 * ```ts
 * declare module 'nestjs-gatehouse' {
 *   interface Register { permissions: typeof Permission }
 * }
 * ```
 */
// oxlint-disable-next-line typescript/no-empty-interface, typescript/no-empty-object-type -- merged by applications
export interface Register {}

type NamesOf<C> = { [R in keyof C]: C[R][keyof C[R]] }[keyof C] & string;

/** A permission, `resource:action`. With a registered catalogue, one of its names, or one of this package's own. */
export type PermissionName = Register extends { permissions: infer C }
  ? NamesOf<C> | NamesOf<typeof BuiltInPermission>
  : `${string}:${string}`;

/** What a credential may carry: a permission, all actions of a resource (`session:*`), or everything (`*`). */
export type PermissionGrant =
  | PermissionName
  | (Register extends { permissions: infer C }
      ? `${(keyof C | keyof typeof BuiltInPermission) & string}:*`
      : `${string}:*`)
  | '*';

/**
 * Declares an application's permissions once.
 *
 * @param definition the actions of each resource: `{ session: ['create', 'read'], admin: ['read'] }`.
 * @returns a frozen catalogue, `{ session: { create: 'session:create', ... } }`, for the option `permissions`, for
 * `Register`, and to be used in decorators in the place of strings.
 * @throws TypeError naming each resource or action that is empty or has characters outside `A-Z a-z 0-9 _ . -`.
 */
export function definePermissions<const D extends PermissionDefinition>(
  definition: D,
): PermissionCatalogue<D> {
  const problems: string[] = [];
  const catalogue: Record<string, Readonly<Record<string, string>>> = {};
  for (const [resource, actions] of Object.entries(definition)) {
    const names: Record<string, string> = {};
    for (const action of actions) {
      const name = `${resource}:${action}`;
      if (!isPermission(name)) problems.push(JSON.stringify(name));
      names[action] = name;
    }
    catalogue[resource] = Object.freeze(names);
  }
  if (problems.length > 0) {
    throw new TypeError(`definePermissions: not of the form resource:action: ${problems.join(', ')}`);
  }
  return Object.freeze(catalogue) as PermissionCatalogue<D>;
}

/** What the endpoints of this package ask for. Every catalogue knows them. */
export const BuiltInPermission = definePermissions({
  apikey: ['create', 'read', 'update', 'delete'],
  token: ['introspect', 'revoke'],
  user: ['create', 'read', 'update', 'delete'],
  role: ['create', 'read', 'update', 'delete', 'assign'],
  audit: ['read'],
  client: ['create', 'read', 'update', 'delete'],
});

/** A catalogue together with {@link BuiltInPermission}. */
export function withBuiltIn(catalogue: AnyPermissionCatalogue): AnyPermissionCatalogue {
  const merged: Record<string, Readonly<Record<string, string>>> = { ...BuiltInPermission };
  for (const [resource, names] of Object.entries(catalogue)) {
    merged[resource] = { ...(Object.hasOwn(merged, resource) && merged[resource]), ...names };
  }
  return merged;
}

/** Is this `resource:action`, without wildcards? */
export function isPermission(value: string): boolean {
  return PERMISSION.test(value);
}

/** Is this `resource:action`, `resource:*` or `*`? */
export function isGrant(value: string): boolean {
  return GRANT.test(value);
}

/** Does a catalogue know this grant? `*` always, `resource:*` when it has the resource. */
export function isKnownGrant(grant: string, catalogue: AnyPermissionCatalogue): boolean {
  if (grant === '*') return true;
  const colon = grant.indexOf(':');
  const resource = grant.slice(0, colon);
  const action = grant.slice(colon + 1);
  if (!Object.hasOwn(catalogue, resource)) return false;
  return action === '*' || Object.hasOwn(catalogue[resource]!, action);
}
