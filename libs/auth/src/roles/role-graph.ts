import type { RoleRecord } from './role.store.js';

/** A role as a place in the graph of inheritance. */
export type RoleNode = Pick<RoleRecord, 'name' | 'orgId' | 'inherits'>;

/** Which stored role inherits from which: for stores, which have to know before they change one. */
export class RoleGraph {
  readonly #nodes = new Map<string, RoleNode>();

  constructor(nodes: Iterable<RoleNode>) {
    for (const node of nodes) this.#nodes.set(keyOf(node), node);
  }

  /** This graph with a role added or changed. */
  with(node: RoleNode): RoleGraph {
    return new RoleGraph([...this.#nodes.values(), node]);
  }

  /** The role that a name stands for in an organisation: its own, else the one for all. */
  find(name: string, orgId: string | undefined): RoleNode | undefined {
    return this.#nodes.get(keyOf({ name, orgId })) ?? this.#nodes.get(keyOf({ name, orgId: undefined }));
  }

  /** Does it come by itself when one follows what it inherits from? */
  isInCircle(node: Pick<RoleNode, 'name' | 'orgId'>): boolean {
    const start = this.#nodes.get(keyOf(node));
    const reached = new Set(start && this.#parentsOf(start));
    // The set grows while it is walked.
    for (const one of reached) for (const parent of this.#parentsOf(one)) reached.add(parent);
    return start !== undefined && reached.has(start);
  }

  /** Does a role inherit from it directly? */
  isInherited(node: Pick<RoleNode, 'name' | 'orgId'>): boolean {
    const parent = this.#nodes.get(keyOf(node));
    return (
      parent !== undefined && [...this.#nodes.values()].some((one) => this.#parentsOf(one).includes(parent))
    );
  }

  #parentsOf({ inherits, orgId }: RoleNode): readonly RoleNode[] {
    return inherits.flatMap((name) => this.find(name, orgId) ?? []);
  }
}

function keyOf({ name, orgId }: Pick<RoleNode, 'name' | 'orgId'>): string {
  return JSON.stringify([name, orgId ?? null]);
}
