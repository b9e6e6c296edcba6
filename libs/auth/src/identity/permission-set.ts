import { LRUCache } from 'lru-cache';

import { isGrant } from './permission.js';

/**
 * What a credential carries, ready to be asked. Immutable, and shared between all identities with the same grants
 * (see {@link PermissionSets}).
 *
 * Matching is by whole segments: `session:*` covers `session:read`, never `sessions:read`; nothing is matched by
 * prefix, substring or regular expression, and case counts. A grant that is not of the form `resource:action`,
 * `resource:*` or `*` stays in the list and covers nothing.
 */
export class PermissionSet {
  readonly #all: boolean;
  readonly #exact: ReadonlySet<string>;
  readonly #resources: ReadonlySet<string>;

  /** The grants as given, frozen. */
  readonly grants: readonly string[];

  constructor(grants: readonly string[]) {
    this.grants = Object.freeze([...grants]);
    const valid = this.grants.filter(isGrant);
    this.#all = valid.includes('*');
    this.#exact = new Set(valid);
    this.#resources = new Set(
      valid.filter((grant) => grant.endsWith(':*')).map((grant) => grant.slice(0, -2)),
    );
  }

  /**
   * Does this set cover a permission, or a grant? A wildcard is covered by that wildcard or by `*` alone.
   *
   * @param wanted `resource:action`, `resource:*` or `*`; anything else is never covered.
   */
  covers(wanted: string): boolean {
    if (this.#exact.has(wanted)) return true;
    if (!this.#all && this.#resources.size === 0) return false;
    if (!isGrant(wanted)) return false;
    return this.#all || this.#resources.has(wanted.slice(0, wanted.indexOf(':')));
  }

  coversAll(wanted: readonly string[]): boolean {
    for (const one of wanted) if (!this.covers(one)) return false;
    return true;
  }

  coversAny(wanted: readonly string[]): boolean {
    for (const one of wanted) if (this.covers(one)) return true;
    return false;
  }
}

/** Hands out one {@link PermissionSet} for each list of grants, so that identities with equal grants share it. */
export class PermissionSets {
  readonly #sets = new LRUCache<string, PermissionSet>({ max: 1_000 });
  /** The one handed out last: often the next one too, and found without a key. */
  #last = new PermissionSet([]);

  of(grants: readonly string[]): PermissionSet {
    if (!isSameList(grants, this.#last.grants)) this.#last = this.#find(grants);
    return this.#last;
  }

  #find(grants: readonly string[]): PermissionSet {
    const key = JSON.stringify(grants);
    const known = this.#sets.get(key);
    if (known !== undefined) return known;
    const made = new PermissionSet(grants);
    this.#sets.set(key, made);
    return made;
  }
}

function isSameList(one: readonly string[], other: readonly string[]): boolean {
  if (one.length !== other.length) return false;
  for (let i = 0; i < one.length; i++) if (one[i] !== other[i]) return false;
  return true;
}
