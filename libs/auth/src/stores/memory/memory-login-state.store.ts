import { frozenCopy } from '../../identity/frozen-copy.js';
import { LoginStateStore, type LoginState, type LoginStep } from '../../oauth/login-state.store.js';

/** Logins with a provider in the memory of one process. */
export class MemoryLoginStateStore extends LoginStateStore {
  readonly #states = new Map<string, LoginState>();

  override async insert(state: LoginState): Promise<void> {
    this.#states.set(state.stateHash, frozenCopy(state));
  }

  override async consume(stateHash: string, step: LoginStep, now: Date): Promise<LoginState | undefined> {
    const state = this.#states.get(stateHash);
    if (state?.step !== step || state.expiresAt <= now) return undefined;
    this.#states.delete(stateHash);
    return state;
  }

  override async prune(now: Date): Promise<void> {
    for (const { stateHash, expiresAt } of this.#states.values()) {
      if (expiresAt <= now) this.#states.delete(stateHash);
    }
  }
}
