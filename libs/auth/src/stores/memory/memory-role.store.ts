import { frozenCopy } from '../../identity/frozen-copy.js';
import type { Revocation } from '../../revocation/revocation.js';
import { RoleGraph } from '../../roles/role-graph.js';
import {
  ADMINISTRATOR,
  RoleStore,
  type RoleChangeResult,
  type RoleChanges,
  type RoleInsertResult,
  type RoleQuery,
  type RoleRecord,
  type SubjectHoldings,
} from '../../roles/role.store.js';
import type { MemorySubjects } from './memory-subjects.js';

/** Roles and who holds what, in the memory of one process. */
export class MemoryRoleStore extends RoleStore {
  /** @param subjects the same as for {@link MemoryUserStore}. */
  constructor(private readonly subjects: MemorySubjects) {
    super();
  }

  override async insert(role: RoleRecord, revocation: Revocation): Promise<RoleInsertResult> {
    if (role.name === ADMINISTRATOR || this.#get(role.name, role.orgId) !== undefined) return 'taken';
    const graph = this.#graph.with(role);
    if (graph.isInCircle(role)) return 'circle';
    this.#takeFromAll(role, graph);
    this.#set(frozenCopy(role), revocation);
    return 'inserted';
  }

  override async find(name: string, orgId: string | undefined): Promise<RoleRecord | undefined> {
    return this.#get(name, orgId);
  }

  override async list({ orgId, limit, after }: RoleQuery): Promise<readonly RoleRecord[]> {
    const last = after && this.#get(after.name, after.orgId);
    if (after !== undefined && last === undefined) return [];
    return [...this.subjects.roles.values()]
      .filter((role) => orgId === undefined || role.orgId === undefined || role.orgId === orgId)
      .filter((role) => last === undefined || byName(last, role) < 0)
      .sort(byName)
      .slice(0, limit);
  }

  override async update(
    name: string,
    orgId: string | undefined,
    changes: RoleChanges,
    now: Date,
    revocation: Revocation,
  ): Promise<RoleChangeResult> {
    const role = this.#get(name, orgId);
    if (role === undefined) return { outcome: 'unknown' };
    const changed = frozenCopy({ ...role, ...changes, updatedAt: now });
    if (this.#graph.with(changed).isInCircle(changed)) return { outcome: 'circle' };
    this.#set(changed, revocation);
    return { outcome: 'changed', role: changed };
  }

  override async remove(
    name: string,
    orgId: string | undefined,
    revocation: Revocation,
  ): Promise<RoleChangeResult> {
    const { roles, log } = this.subjects;
    const role = this.#get(name, orgId);
    if (role === undefined) return { outcome: 'unknown' };
    const graph = this.#graph;
    if (graph.isInherited(role)) return { outcome: 'in-use' };
    this.#takeFromAll(role, graph);
    roles.delete(keyOf(name, orgId));
    log.appendNow([revocation]);
    return { outcome: 'changed', role };
  }

  override async assign(
    subjectId: string,
    name: string,
    revocation: Revocation,
    stored?: Pick<RoleRecord, 'orgId'>,
  ): Promise<boolean> {
    if (stored !== undefined && this.#get(name, stored.orgId) === undefined) return false;
    return this.#logIf(this.subjects.rolesOf.add(subjectId, name), revocation);
  }

  override async unassign(
    subjectId: string,
    name: string,
    revocation: Revocation,
  ): Promise<'changed' | 'unknown' | 'last-administrator'> {
    if (name === ADMINISTRATOR && this.subjects.isLastAdministrator(subjectId)) return 'last-administrator';
    const isChange = this.subjects.rolesOf.remove(subjectId, name);
    return this.#logIf(isChange, revocation) ? 'changed' : 'unknown';
  }

  override async addGrant(subjectId: string, grant: string, revocation: Revocation): Promise<boolean> {
    return this.#logIf(this.subjects.grantsOf.add(subjectId, grant), revocation);
  }

  override async removeGrant(subjectId: string, grant: string, revocation: Revocation): Promise<boolean> {
    return this.#logIf(this.subjects.grantsOf.remove(subjectId, grant), revocation);
  }

  override async holdingsOf(subjectId: string, orgId?: string): Promise<SubjectHoldings> {
    const user = this.subjects.users.get(subjectId);
    const roles = this.subjects.rolesOf.of(subjectId);
    const home = user === undefined ? orgId : user.orgId;
    const stored = new Set(roles.flatMap((name) => this.#meant(name, home) ?? []));
    // The set grows while it is walked.
    for (const role of stored) {
      for (const name of role.inherits) {
        const parent = this.#meant(name, role.orgId);
        if (parent !== undefined) stored.add(parent);
      }
    }
    return {
      user: user && { isActive: user.isActive, orgId: user.orgId },
      roles,
      grants: this.subjects.grantsOf.of(subjectId),
      stored: [...stored],
    };
  }

  get #graph(): RoleGraph {
    return new RoleGraph(this.subjects.roles.values());
  }

  #get(name: string, orgId: string | undefined): RoleRecord | undefined {
    return this.subjects.roles.get(keyOf(name, orgId));
  }

  /** The role that a name stands for in an organisation. */
  #meant(name: string, orgId: string | undefined): RoleRecord | undefined {
    return this.#get(name, orgId) ?? this.#get(name, undefined);
  }

  /** Takes a role's name from those for whom it stands for this role. */
  #takeFromAll({ name, orgId }: RoleRecord, graph: RoleGraph): void {
    const { rolesOf, users } = this.subjects;
    for (const subjectId of rolesOf.holdersOf(name)) {
      if (graph.find(name, users.get(subjectId)?.orgId)?.orgId === orgId) rolesOf.remove(subjectId, name);
    }
  }

  #set(role: RoleRecord, revocation: Revocation): void {
    this.subjects.roles.set(keyOf(role.name, role.orgId), role);
    this.subjects.log.appendNow([revocation]);
  }

  #logIf(isChange: boolean, revocation: Revocation): boolean {
    if (isChange) this.subjects.log.appendNow([revocation]);
    return isChange;
  }
}

function keyOf(name: string, orgId: string | undefined): string {
  return JSON.stringify([name, orgId ?? null]);
}

function byName(a: RoleRecord, b: RoleRecord): number {
  if (a.name !== b.name) return a.name < b.name ? -1 : 1;
  if (a.orgId === b.orgId) return 0;
  return a.orgId === undefined || (b.orgId !== undefined && a.orgId < b.orgId) ? -1 : 1;
}
