import { BadRequestException, Injectable, NotFoundException } from '@nestjs/common';

import { Clock } from '../clock.js';
import { AuthError } from '../errors.js';
import type { Origin } from '../events/auth-events.js';
import { readRequest } from '../guard/input.pipe.js';
import { PermissionSet } from '../identity/permission-set.js';
import { BuiltInPermission, type PermissionGrant, type PermissionName } from '../identity/permission.js';
import { SubjectDirectory } from '../identity/subject-directory.js';
import type { UserIdentity } from '../identity/user-identity.js';
import { ResolvedAuthOptions } from '../options/auth-options.js';
import type { RateLimit } from '../options/rate-limit.js';
import { ApiKeyOwnerManagement } from './api-key-owner.management.js';
import { apiKeyInputSchemas, type ApiKey, type ApiKeyUpdate } from './api-key.input.js';
import { ApiKeyService, type NewApiKey } from './api-key.service.js';
import { apiKeyBodySchemas, type ApiKeyPage, type ApiKeyPageQuery } from './api-key.requests.js';

const { create, read, update, delete: remove } = BuiltInPermission.apikey;

/**
 * What callers may do with API keys: with their own everything; with others' of their organisation what `apikey:*`
 * permissions say (a caller without an organisation looks after all of them). Nobody grants what they lack. A key that
 * is not the caller's to see does not exist: 404.
 */
@Injectable()
export class ApiKeyManagement {
  readonly #bodies: ReturnType<typeof apiKeyBodySchemas>;
  readonly #owners: ApiKeyOwnerManagement;

  constructor(
    private readonly options: ResolvedAuthOptions,
    private readonly apiKeys: ApiKeyService,
    subjects: SubjectDirectory,
    private readonly clock: Clock,
  ) {
    this.#bodies = apiKeyBodySchemas(apiKeyInputSchemas(options.permissions));
    this.#owners = new ApiKeyOwnerManagement(options.apiKeys?.maxKeysPerOwner ?? 0, apiKeys, subjects);
  }

  /** False: API keys are switched off, and there is nothing to manage. */
  get isOn(): boolean {
    return this.options.apiKeys !== undefined;
  }

  /**
   * @throws AuthError `permission_denied`; BadRequestException for a body that is wrong, asks for too much or names an owner
   * that is no active subject; ConflictException for an owner who has `apiKeys.maxKeysPerOwner` keys.
   */
  async create(body: unknown, caller: UserIdentity, origin: Origin): Promise<NewApiKey> {
    const request = readRequest(this.#bodies.create, body);
    const { userId = caller.userId, permissions, rateLimit, expiresAt, ...rest } = request;
    const owner = { userId, orgId: caller.orgId };
    if (userId !== caller.userId) demand(caller, create);
    demandAll(caller, permissions);
    this.#checkBounds({ rateLimit, expiresAt });
    if (userId !== caller.userId) await this.#owners.demandOver(caller, owner);
    await this.#owners.demandRoom(owner);
    const made = await this.apiKeys.create(
      {
        ...rest,
        ...owner,
        permissions: permissions as PermissionGrant[],
        rateLimit: rateLimit ?? this.options.apiKeys?.maxRateLimit,
        expiresAt: expiresAt ?? this.#latestExpiry(),
      },
      origin,
    );
    const excess = await this.#owners.excess(owner);
    if (excess === undefined) return made;
    // Nobody has seen it yet.
    await this.apiKeys.revoke(made.apiKey.keyId, origin);
    throw excess;
  }

  /** One page, oldest first: the caller's own keys, those of one user, or with `all` those of the organisation. */
  async list({ userId, all, ...page }: ApiKeyPageQuery, caller: UserIdentity): Promise<ApiKeyPage> {
    const owner = all ? userId : (userId ?? caller.userId);
    if (owner !== caller.userId) demand(caller, read);
    // Without an organisation the caller's own keys are those without one, as with `get`.
    const orgId = caller.orgId ?? (caller.hasPermission(read) ? undefined : null);
    const apiKeys = await this.apiKeys.list({ ...page, userId: owner, orgId });
    const isFull = apiKeys.length === page.limit;
    return { apiKeys, next: isFull ? apiKeys.at(-1)!.keyId : undefined };
  }

  /** @throws NotFoundException */
  async get(keyId: string, caller: UserIdentity): Promise<ApiKey> {
    return this.#find(keyId, caller, read);
  }

  /**
   * A key that was switched off may have been by somebody else, so to switch it on again takes `apikey:update`, from its
   * owner, too.
   *
   * @throws NotFoundException, AuthError `permission_denied`, BadRequestException; ConflictException for an expired key
   * whose owner has no room for another.
   */
  async update(keyId: string, body: unknown, caller: UserIdentity, origin: Origin): Promise<ApiKey> {
    const changes = readRequest(this.#bodies.update, body) as ApiKeyUpdate;
    const apiKey = await this.#find(keyId, caller, update);
    const held = new PermissionSet(apiKey.permissions);
    demandAll(
      caller,
      (changes.permissions ?? []).filter((grant) => !held.covers(grant)),
    );
    if (changes.isActive === true && !apiKey.isActive) demand(caller, update);
    this.#checkBounds(changes);
    if (apiKey.replacedBy !== undefined && changes.expiresAt !== undefined && !isEarlier(changes, apiKey))
      throw new BadRequestException('expiresAt of a key that was replaced cannot be put off');
    const hasExpired = apiKey.expiresAt !== undefined && apiKey.expiresAt.getTime() <= this.clock.now();
    if (hasExpired && changes.expiresAt !== undefined) await this.#owners.demandRoom(apiKey);
    return (await this.apiKeys.update(keyId, changes, origin)) ?? notFound();
  }

  /** @throws NotFoundException */
  async revoke(keyId: string, caller: UserIdentity, origin: Origin): Promise<void> {
    await this.#find(keyId, caller, remove);
    await this.apiKeys.revoke(keyId, origin);
  }

  /**
   * Whoever replaces a key gets to know the new one, so they need all that it carries.
   *
   * @throws NotFoundException, AuthError `permission_denied`; BadRequestException for a key that has ended or has been
   * replaced; ConflictException for an owner who has twice `apiKeys.maxKeysPerOwner` keys, those being replaced included.
   */
  async rotate(keyId: string, body: unknown, caller: UserIdentity, origin: Origin): Promise<NewApiKey> {
    const rotation = readRequest(this.#bodies.rotation, body);
    const apiKey = await this.#find(keyId, caller, update);
    demandAll(caller, apiKey.permissions);
    // The predecessors of a key are live for their overlaps: without a bound it could be replaced for ever.
    await this.#owners.demandRoom(apiKey, true);
    const made = await this.apiKeys.rotate(keyId, rotation, origin);
    if (made === undefined) throw new BadRequestException('The key has ended or has been replaced');
    return made;
  }

  async #find(keyId: string, caller: UserIdentity, permission: PermissionName): Promise<ApiKey> {
    const apiKey = await this.apiKeys.get(keyId);
    if (apiKey === undefined) return notFound();
    const isOwn = apiKey.userId === caller.userId && apiKey.orgId === caller.orgId;
    const isWithin = caller.orgId === undefined || caller.orgId === apiKey.orgId;
    return isOwn || (isWithin && caller.hasPermission(permission)) ? apiKey : notFound();
  }

  /** What is asked for may be less than the options allow, never more. */
  #checkBounds({ rateLimit, expiresAt }: Pick<ApiKeyUpdate, 'rateLimit' | 'expiresAt'>): void {
    const most = this.options.apiKeys?.maxRateLimit;
    if (most !== undefined && rateLimit === null)
      throw new BadRequestException('rateLimit cannot be taken away here');
    if (most !== undefined && rateLimit != null && exceeds(rateLimit, most))
      throw new BadRequestException(`rateLimit is above ${most.limit} in ${most.window} seconds`);
    const latest = this.#latestExpiry();
    if (latest !== undefined && expiresAt === null)
      throw new BadRequestException('expiresAt cannot be taken away here');
    if (latest !== undefined && expiresAt != null && expiresAt > latest)
      throw new BadRequestException('expiresAt is too far off');
  }

  #latestExpiry(): Date | undefined {
    const lifetime = this.options.apiKeys?.maxLifetime;
    return lifetime === undefined ? undefined : new Date(this.clock.now() + lifetime * 1_000);
  }
}

/** In a long window the same rate would let all of its calls come at once. */
function exceeds({ limit, window }: RateLimit, most: RateLimit): boolean {
  return limit > most.limit || limit / window > most.limit / most.window;
}

function isEarlier({ expiresAt }: ApiKeyUpdate, apiKey: ApiKey): boolean {
  return expiresAt != null && apiKey.expiresAt !== undefined && expiresAt <= apiKey.expiresAt;
}

function demand(caller: UserIdentity, permission: PermissionName): void {
  demandAll(caller, [permission]);
}

function demandAll(caller: UserIdentity, grants: readonly string[]): void {
  const held = new PermissionSet(caller.permissions);
  const permissions = grants.filter((grant) => !held.covers(grant));
  if (permissions.length > 0)
    throw new AuthError('permission_denied', 'nobody grants what they lack', { permissions, caller });
}

function notFound(): never {
  throw new NotFoundException();
}
