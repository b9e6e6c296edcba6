import { PermissionSet } from './permission-set.js';

/**
 * What two lists of grants both cover: `['session:*']` and `['session:read', 'memory:read']` have `['session:read']` in
 * common.
 */
export function commonGrants(some: readonly string[], others: readonly string[]): readonly string[] {
  const first = new PermissionSet(some);
  const second = new PermissionSet(others);
  return [
    ...new Set([
      ...some.filter((grant) => second.covers(grant)),
      ...others.filter((grant) => first.covers(grant)),
    ]),
  ];
}
