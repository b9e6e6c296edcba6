import { frozenCopy } from '../../identity/frozen-copy.js';
import {
  ClientStore,
  type ClientChanges,
  type ClientQuery,
  type ClientRecord,
  type ClientSecretRecord,
} from '../../oauth/client.store.js';
import { secretsAfter } from '../../oauth/client-secret.js';
import type { Revocation } from '../../revocation/revocation.js';
import type { MemoryRevocationStore } from './memory-revocation.store.js';

/** Services in the memory of one process. What a verb does awaits nothing in between, so that it is one step. */
export class MemoryClientStore extends ClientStore {
  readonly #clients = new Map<string, ClientRecord>();
  /** Until when each assertion has to be remembered. */
  readonly #assertions = new Map<string, Date>();

  /** @param log where changes write their entries. */
  constructor(private readonly log: MemoryRevocationStore) {
    super();
  }

  override async insert(client: ClientRecord): Promise<boolean> {
    if (this.#clients.has(client.clientId)) return false;
    this.#clients.set(client.clientId, frozenCopy(client));
    return true;
  }

  override async findById(clientId: string): Promise<ClientRecord | undefined> {
    return this.#clients.get(clientId);
  }

  override async list({ orgId, limit, after }: ClientQuery): Promise<readonly ClientRecord[]> {
    if (after !== undefined && !this.#clients.has(after)) return [];
    return [...this.#clients.values()]
      .filter((client) => orgId === undefined || client.orgId === orgId)
      .filter(({ clientId }) => after === undefined || clientId > after)
      .sort((one, other) => (one.clientId < other.clientId ? -1 : 1))
      .slice(0, limit);
  }

  override async update(
    clientId: string,
    changes: ClientChanges,
    now: Date,
    ...revocations: readonly Revocation[]
  ): Promise<ClientRecord | undefined> {
    const changed = this.#change(clientId, { ...changes, updatedAt: now });
    if (changed !== undefined) this.log.appendNow(revocations);
    return changed;
  }

  override async addSecret(
    clientId: string,
    secret: ClientSecretRecord,
    othersEndAt: Date,
    now: Date,
  ): Promise<ClientRecord | undefined> {
    const client = this.#clients.get(clientId);
    if (client === undefined) return undefined;
    const secrets = secretsAfter(client.secrets, secret, othersEndAt, now);
    return this.#change(clientId, { secrets, updatedAt: now });
  }

  override async remove(
    clientId: string,
    ...revocations: readonly Revocation[]
  ): Promise<ClientRecord | undefined> {
    const client = this.#clients.get(clientId);
    if (client === undefined) return undefined;
    this.#clients.delete(clientId);
    this.log.appendNow(revocations);
    return client;
  }

  override async useAssertion(clientId: string, jti: string, expiresAt: Date): Promise<boolean> {
    const key = JSON.stringify([clientId, jti]);
    if (this.#assertions.has(key)) return false;
    this.#assertions.set(key, expiresAt);
    return true;
  }

  override async prune(now: Date): Promise<void> {
    for (const [key, expiresAt] of this.#assertions) if (expiresAt <= now) this.#assertions.delete(key);
  }

  #change(clientId: string, changes: Partial<ClientRecord>): ClientRecord | undefined {
    const client = this.#clients.get(clientId);
    if (client === undefined) return undefined;
    const changed = frozenCopy({ ...client, ...changes });
    this.#clients.set(clientId, changed);
    return changed;
  }
}
