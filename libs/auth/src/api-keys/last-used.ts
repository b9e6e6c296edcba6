import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';

import { Clock } from '../clock.js';
import { storeAnswer } from '../store-answer.js';
import { ApiKeyStore } from './api-key.store.js';
import type { VerifiedKey } from './api-key.verifier.js';

const WRITE_INTERVAL = 10_000;

/** Notes when keys are used, and writes it behind: in batches, never on a request's path. */
@Injectable()
export class LastUsed implements OnModuleInit, OnApplicationShutdown {
  #uses = new Map<string, number>();
  /** Grows with each writing. */
  #batch = 1;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly store: ApiKeyStore,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.#timer = setInterval(() => void this.write(), WRITE_INTERVAL);
    this.#timer.unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    // A store that hangs must not hold up the end of the process.
    await storeAnswer('the API key store', this.write()).catch(() => undefined);
  }

  /**
   * Of the uses between two writings the first counts: the others cost next to nothing, and what is written is at most
   * {@link WRITE_INTERVAL} before the last.
   */
  note(key: VerifiedKey): void {
    if (key.notedIn === this.#batch) return;
    key.notedIn = this.#batch;
    this.#uses.set(key.keyId, this.clock.now());
  }

  /** Writes what was noted. What the store does not take is noted again: no use is lost to an outage. */
  async write(): Promise<void> {
    if (this.#uses.size === 0) return;
    const uses = this.#uses;
    this.#uses = new Map();
    this.#batch += 1;
    try {
      await this.store.touch(new Map([...uses].map(([keyId, time]) => [keyId, new Date(time)])));
    } catch {
      this.#uses = new Map([...uses, ...this.#uses]);
    }
  }
}
