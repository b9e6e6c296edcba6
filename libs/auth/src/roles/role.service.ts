import { Injectable } from '@nestjs/common';

import { Clock } from '../clock.js';
import { AuthEvents, type AuthFact, type Origin } from '../events/auth-events.js';
import type { PermissionGrant } from '../identity/permission.js';
import { idText } from '../input.fields.js';
import { readInput } from '../input.js';
import { ResolvedAuthOptions } from '../options/auth-options.js';
import { RevocationFeed } from '../revocation/revocation-feed.js';
import { storeAnswer } from '../store-answer.js';
import { EVERY_SUBJECT, SubjectChanges } from '../tokens/subject-changes.js';
import { RoleFinder, storedRole, type Role, type RolePage, type RolePageQuery } from './role.finder.js';
import { roleInputSchemas, roleName, type RoleInput, type RoleUpdate } from './role.input.js';
import { RoleStore, type RoleChanges } from './role.store.js';

/** What became of a change of a role. In every case but the first nothing has changed. */
export type RoleOutcome =
  | { readonly outcome: 'changed'; readonly role: Role }
  /** There is no such role. */
  | { readonly outcome: 'unknown' }
  /** It is given in code, or `administrator`. */
  | { readonly outcome: 'read-only' }
  /** Another role has the name: of this organisation, for all, or in code. */
  | { readonly outcome: 'taken' }
  /** It would inherit from roles that are not there for it. */
  | { readonly outcome: 'unknown-parents'; readonly parents: readonly string[] }
  /** It would inherit from itself. */
  | { readonly outcome: 'circle' }
  /** Another role inherits from it. */
  | { readonly outcome: 'in-use' };

/**
 * Roles, and who has them. What is changed counts for everything that was issued before, from the next request on, on
 * every instance. Nothing here asks who is calling: that nobody gives what they lack is `Authority`'s to say.
 *
 * Every method rejects with AuthError `auth_unavailable` when the store does not answer, and with TypeError naming each
 * field that is not as its types say, or a permission that the catalogue does not know.
 */
@Injectable()
export class RoleService {
  readonly #schemas: ReturnType<typeof roleInputSchemas>;

  constructor(
    options: ResolvedAuthOptions,
    private readonly store: RoleStore,
    private readonly finder: RoleFinder,
    private readonly changes: SubjectChanges,
    private readonly feed: RevocationFeed,
    private readonly clock: Clock,
    private readonly events: AuthEvents,
  ) {
    this.#schemas = roleInputSchemas(options.permissions);
  }

  /** Makes a role. */
  async create(input: RoleInput, origin?: Origin): Promise<RoleOutcome> {
    const { name, orgId, description, permissions, inherits } = readInput(
      this.#schemas.create,
      input,
      'create',
    );
    // An organisation's role must not take the place of one that its users may have already.
    const isTaken = this.finder.fixed(name) ?? (await this.finder.stored(name, undefined));
    if (isTaken !== undefined) return { outcome: 'taken' };
    const parents = await this.#unknown(inherits, orgId);
    if (parents.length > 0) return { outcome: 'unknown-parents', parents };
    const now = new Date(this.clock.now());
    const role = { name, orgId, description, permissions, inherits, createdAt: now, updatedAt: now };
    const outcome = await this.#ask(this.store.insert(role, this.changes.changed(EVERY_SUBJECT)));
    if (outcome !== 'inserted') return { outcome };
    await this.#tell({ type: 'role.created', target: name, orgId }, origin);
    return { outcome: 'changed', role: storedRole(role) };
  }

  /** @param orgId undefined: the role of this name that all have. */
  async update(
    name: string,
    orgId: string | undefined,
    update: RoleUpdate,
    origin?: Origin,
  ): Promise<RoleOutcome> {
    const changes = readInput(this.#schemas.update, update, 'update');
    const parents = await this.#unknown(changes.inherits ?? [], orgId);
    if (parents.length > 0) return { outcome: 'unknown-parents', parents };
    const result = await this.#ask(
      this.store.update(
        name,
        orgId,
        changesOf(changes),
        new Date(this.clock.now()),
        this.changes.changed(EVERY_SUBJECT),
      ),
    );
    if (result.outcome === 'unknown') return this.#notStored(name);
    if (result.outcome !== 'changed') return result;
    await this.#tell({ type: 'role.updated', target: name, orgId }, origin);
    return { outcome: 'changed', role: storedRole(result.role) };
  }

  /** Removes a role, and takes it from everybody who has it. `changed` gives the role as it was. */
  async remove(name: string, orgId: string | undefined, origin?: Origin): Promise<RoleOutcome> {
    const result = await this.#ask(this.store.remove(name, orgId, this.changes.changed(EVERY_SUBJECT)));
    if (result.outcome === 'unknown') return this.#notStored(name);
    if (result.outcome !== 'changed') return result;
    await this.#tell({ type: 'role.deleted', target: name, orgId }, origin);
    return { outcome: 'changed', role: storedRole(result.role) };
  }

  /** The role that this name stands for in an organisation: its own, or else one for all, or one given in code. */
  find(name: string, orgId?: string): Promise<Role | undefined> {
    return this.finder.find(name, orgId);
  }

  /** One page of roles, those given in code included. */
  list(query?: RolePageQuery): Promise<RolePage> {
    return this.finder.list(query);
  }

  /**
   * Gives a subject a role.
   *
   * @param subjectId a user or a service.
   * @param orgId the organisation of a service; that of a user is in its record.
   * @returns `unchanged` when the subject has it already, `unknown` when there is no such role for its organisation.
   */
  async assign(
    subjectId: string,
    name: string,
    origin?: Origin,
    orgId?: string,
  ): Promise<'changed' | 'unchanged' | 'unknown'> {
    readInput(idText, subjectId, 'assign');
    readInput(roleName, name, 'assign');
    const { user } = await this.#ask(this.store.holdingsOf(subjectId, orgId));
    const role = await this.finder.find(name, user === undefined ? orgId : user.orgId);
    if (role === undefined) return 'unknown';
    const isChanged = await this.#ask(
      this.store.assign(
        subjectId,
        name,
        this.changes.changed(subjectId),
        role.isReadOnly ? undefined : { orgId: role.orgId },
      ),
    );
    if (!isChanged) return 'unchanged';
    await this.#tell({ type: 'role.assigned', target: subjectId, role: name }, origin);
    return 'changed';
  }

  /**
   * Takes a role from a subject.
   *
   * @returns `unknown` when the subject does not have it; `last-administrator`, with nothing changed, when no active
   * administrator would be left.
   */
  async unassign(
    subjectId: string,
    name: string,
    origin?: Origin,
  ): Promise<'changed' | 'unknown' | 'last-administrator'> {
    const outcome = await this.#ask(this.store.unassign(subjectId, name, this.changes.changed(subjectId)));
    if (outcome === 'changed')
      await this.#tell({ type: 'role.unassigned', target: subjectId, role: name }, origin);
    return outcome;
  }

  /** @returns false, with nothing changed, when the subject has the grant already. */
  async grant(subjectId: string, grant: PermissionGrant, origin?: Origin): Promise<boolean> {
    readInput(idText, subjectId, 'grant');
    readInput(this.#schemas.grant, grant, 'grant');
    const isChanged = await this.#ask(this.store.addGrant(subjectId, grant, this.changes.changed(subjectId)));
    if (isChanged) await this.#tell({ type: 'grant.added', target: subjectId, grant }, origin);
    return isChanged;
  }

  /** @returns false, with nothing changed, when the subject does not have the grant. */
  async revokeGrant(subjectId: string, grant: string, origin?: Origin): Promise<boolean> {
    const isChanged = await this.#ask(
      this.store.removeGrant(subjectId, grant, this.changes.changed(subjectId)),
    );
    if (isChanged) await this.#tell({ type: 'grant.removed', target: subjectId, grant }, origin);
    return isChanged;
  }

  /** Those of the names that stand for no role from which one of this organisation may inherit. */
  async #unknown(names: readonly string[], orgId: string | undefined): Promise<readonly string[]> {
    const found = await Promise.all(names.map((name) => this.finder.find(name, orgId)));
    return names.filter((_, i) => found[i] === undefined);
  }

  #notStored(name: string): RoleOutcome {
    return { outcome: this.finder.fixed(name) === undefined ? 'unknown' : 'read-only' };
  }

  #ask<T>(answer: Promise<T>): Promise<T> {
    return storeAnswer('the role store', answer);
  }

  async #tell(fact: AuthFact, origin: Origin | undefined): Promise<void> {
    await this.feed.announce();
    this.events.emit(fact, origin);
  }
}

/** A {@link RoleUpdate} that was checked. */
type ReadUpdate = { readonly [F in keyof RoleChanges]?: RoleChanges[F] | null | undefined };

/** `null` clears; what is left out stays. */
function changesOf({ description, permissions, inherits }: ReadUpdate): RoleChanges {
  return {
    ...(description !== undefined && { description: description ?? undefined }),
    ...(permissions != null && { permissions }),
    ...(inherits != null && { inherits }),
  };
}
