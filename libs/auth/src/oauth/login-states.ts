import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';

import { Clock } from '../clock.js';
import { storeAnswer } from '../store-answer.js';
import { hashSecret } from './login-secrets.js';
import { LoginStateStore, type LoginState, type LoginStep } from './login-state.store.js';

/** Milliseconds. */
const LIFETIMES: Readonly<Record<LoginStep, number>> = { callback: 600_000, exchange: 60_000 };
/** Anybody may begin one: what is over does not stay for long. */
const PRUNE_INTERVAL = 60_000;

/**
 * Logins with a provider that have begun: ten minutes until the callback, a minute until the exchange, each of the two
 * once.
 *
 * Every method rejects with AuthError `auth_unavailable` when the store does not answer.
 */
@Injectable()
export class LoginStates implements OnModuleInit, OnApplicationShutdown {
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly store: LoginStateStore,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.#timer = setInterval(() => {
      this.store.prune(new Date(this.clock.now())).catch(() => undefined);
    }, PRUNE_INTERVAL);
    this.#timer.unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.#timer);
  }

  /**
   * @param secret the state, or the code to exchange. Only its hash is kept.
   * @param now milliseconds since 1970: when what is in the state was found out, if that was earlier.
   */
  async begin(
    secret: string,
    state: Omit<LoginState, 'stateHash' | 'expiresAt'>,
    now = this.clock.now(),
  ): Promise<void> {
    const expiresAt = new Date(now + LIFETIMES[state.step]);
    const record = { ...state, stateHash: hashSecret(secret), expiresAt };
    await storeAnswer('the login state store', this.store.insert(record));
  }

  /** When a login got to this step, in milliseconds since 1970. */
  beganAt({ step, expiresAt }: LoginState): number {
    return expiresAt.getTime() - LIFETIMES[step];
  }

  /** @returns undefined for what is unknown, spent or expired. Of any number of callers one gets it. */
  consume(secret: string, step: LoginStep): Promise<LoginState | undefined> {
    const now = new Date(this.clock.now());
    return storeAnswer('the login state store', this.store.consume(hashSecret(secret), step, now));
  }
}
