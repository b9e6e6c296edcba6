import { ConflictException, Injectable, NotFoundException } from '@nestjs/common';

import { AuthError } from '../errors.js';
import type { Origin } from '../events/auth-events.js';
import { readRequest } from '../guard/input.pipe.js';
import { PermissionSet } from '../identity/permission-set.js';
import type { UserIdentity } from '../identity/user-identity.js';
import { ResolvedAuthOptions } from '../options/auth-options.js';
import { clientInputSchemas, type ClientInput, type ClientUpdate } from './client.input.js';
import { clientBodySchemas, type ClientPage, type ClientPageQuery } from './client.requests.js';
import { ClientService, type ClientOutcome, type NewClient } from './client.service.js';
import type { Client } from './client.view.js';

/**
 * What callers may do with services, after the gate has asked for `client:*` permissions. A caller who belongs to an
 * organisation looks after its services, one who belongs to none after all of them; any other service does not exist:
 * 404. Nobody gives a service what they lack, and nobody changes one that may do more than they: whoever makes its
 * secrets can act as it.
 */
@Injectable()
export class ClientManagement {
  readonly #bodies: ReturnType<typeof clientBodySchemas>;

  constructor(
    options: ResolvedAuthOptions,
    private readonly clients: ClientService,
  ) {
    this.#bodies = clientBodySchemas(clientInputSchemas(options.permissions));
  }

  /** @throws AuthError `permission_denied`, BadRequestException. */
  async create(body: unknown, caller: UserIdentity, origin: Origin): Promise<NewClient> {
    const { orgId } = caller;
    const input =
      orgId === undefined
        ? readRequest(this.#bodies.create, body)
        : { ...readRequest(this.#bodies.createWithin, body), orgId };
    demandAll(caller, input.permissions);
    return this.clients.create(input as ClientInput, origin);
  }

  /** One page, oldest first. */
  async list({ orgId, ...page }: ClientPageQuery, caller: UserIdentity): Promise<ClientPage> {
    if (orgId !== undefined && !isWithin(caller, orgId)) return { clients: [], next: undefined };
    const clients = await this.clients.list({ ...page, orgId: caller.orgId ?? orgId });
    const isFull = clients.length === page.limit;
    return { clients, next: isFull ? clients.at(-1)!.clientId : undefined };
  }

  /** @throws NotFoundException */
  async get(clientId: string, caller: UserIdentity): Promise<Client> {
    const client = await this.clients.find(clientId);
    return client !== undefined && isWithin(caller, client.orgId) ? client : notFound();
  }

  /** @throws NotFoundException, AuthError `permission_denied`, BadRequestException, ConflictException. */
  async update(clientId: string, body: unknown, caller: UserIdentity, origin: Origin): Promise<Client> {
    const update = readRequest(this.#bodies.update, body);
    await this.#demand(clientId, caller);
    demandAll(caller, update.permissions ?? []);
    return changed(await this.clients.update(clientId, update as ClientUpdate, origin)).client;
  }

  /** @throws as {@link update} */
  async rotateSecret(
    clientId: string,
    body: unknown,
    caller: UserIdentity,
    origin: Origin,
  ): Promise<NewClient> {
    const rotation = readRequest(this.#bodies.rotation, body);
    await this.#demand(clientId, caller);
    const { client, secret } = changed(await this.clients.rotateSecret(clientId, rotation, origin));
    // It may have been given more in between. Nobody has seen the secret yet.
    demandAll(caller, client.permissions);
    return { client, secret };
  }

  /** @throws NotFoundException, AuthError `permission_denied`. */
  async disable(clientId: string, caller: UserIdentity, origin: Origin): Promise<Client> {
    await this.#demand(clientId, caller);
    return changed(await this.clients.disable(clientId, origin)).client;
  }

  /** @throws NotFoundException, AuthError `permission_denied`. */
  async enable(clientId: string, caller: UserIdentity, origin: Origin): Promise<Client> {
    await this.#demand(clientId, caller);
    return changed(await this.clients.enable(clientId, origin)).client;
  }

  /** @throws NotFoundException, AuthError `permission_denied`. */
  async remove(clientId: string, caller: UserIdentity, origin: Origin): Promise<void> {
    await this.#demand(clientId, caller);
    changed(await this.clients.remove(clientId, origin));
  }

  async #demand(clientId: string, caller: UserIdentity): Promise<void> {
    demandAll(caller, (await this.get(clientId, caller)).permissions);
  }
}

function isWithin(caller: UserIdentity, orgId: string | undefined): boolean {
  return caller.orgId === undefined || caller.orgId === orgId;
}

function demandAll(caller: UserIdentity, grants: readonly string[]): void {
  const held = new PermissionSet(caller.permissions);
  const permissions = grants.filter((grant) => !held.covers(grant));
  if (permissions.length > 0)
    throw new AuthError('permission_denied', 'nobody gives a service what they lack', {
      permissions,
      caller,
    });
}

function changed<T>(result: ClientOutcome<T>): T {
  switch (result.outcome) {
    case 'changed':
      return result;
    case 'unknown':
      return notFound();
    case 'other-authentication':
      throw new ConflictException('The service authenticates in the other way');
    case 'too-many-secrets':
      throw new ConflictException('The service has 10 good secrets: rotate with overlap 0');
  }
}

function notFound(): never {
  throw new NotFoundException();
}
