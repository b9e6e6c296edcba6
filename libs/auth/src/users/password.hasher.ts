import { randomBytes } from 'node:crypto';

import { Injectable, type OnModuleInit } from '@nestjs/common';

import { ResolvedAuthOptions } from '../options/auth-options.js';
import { AuthOptionsError } from '../options/options-error.js';
import { HashQueue } from './hash-queue.js';
import { isHashable } from './password.schema.js';

/** What is used of the optional peer `@node-rs/argon2`. It hashes on the thread pool. */
interface Argon2 {
  hash(password: string, options: typeof PARAMETERS): Promise<string>;
  verify(hash: string, password: string): Promise<boolean>;
}

/** OWASP Password Storage Cheat Sheet: argon2id, 19 MiB, two passes, one lane. */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1, outputLen: 32 } as const;
/** A hash of {@link PARAMETERS}, and of no others: one that takes another time tells who has an account. */
const CURRENT = /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22,}\$[\w+/]{43}$/;

interface Loaded {
  readonly argon2: Argon2;
  /** Of a password that nobody has. */
  readonly dummy: string;
}

/** Hashes passwords with argon2id, exactly as they are received: nothing is trimmed, normalised or cut off. */
@Injectable()
export class PasswordHasher implements OnModuleInit {
  readonly #queue: HashQueue;
  readonly #isNeeded: boolean;
  #loaded: Promise<Loaded> | undefined;

  constructor({ users }: ResolvedAuthOptions) {
    this.#isNeeded = users !== undefined;
    this.#queue = new HashQueue(users?.hashConcurrency ?? 1);
  }

  /** @throws AuthOptionsError when `@node-rs/argon2` cannot be loaded. */
  async onModuleInit(): Promise<void> {
    if (this.#isNeeded) await this.#load();
  }

  /**
   * @param password 1 to 256 characters (see `passwordSchema`); what it has to be beyond that, `PasswordPolicy` says.
   * @returns the hash with its parameters and its salt (PHC string format).
   * @throws TypeError for one that cannot be hashed; AuthError `auth_unavailable` when too many wait already.
   */
  async hash(password: string): Promise<string> {
    if (password === '' || !isHashable(password)) throw new TypeError('The password cannot be hashed');
    const { argon2 } = await this.#load();
    return this.#queue.run(() => argon2.hash(password, PARAMETERS));
  }

  /**
   * @param hash undefined, or none of argon2: the password is held against one that nobody has, which takes as long.
   * @throws AuthError `auth_unavailable` when too many wait already.
   */
  async verify(password: string, hash: string | undefined): Promise<boolean> {
    const { argon2, dummy } = await this.#load();
    const nobody = (): Promise<boolean> => argon2.verify(dummy, password).then(() => false);
    if (hash === undefined || !isHashable(password)) return this.#queue.run(nobody);
    // What is no hash of argon2 is refused before anything is hashed: that would take no time at all.
    return this.#queue.run(() => argon2.verify(hash, password).catch(nobody));
  }

  /**
   * For whoever leaves something behind for each attempt, as a counter: what cannot be hashed anyway leaves nothing.
   *
   * @throws AuthError `auth_unavailable` when too many wait already.
   */
  demandRoom(): void {
    this.#queue.demandRoom();
  }

  /** Was it made with other parameters than those of today? */
  needsRehash(hash: string): boolean {
    return !CURRENT.test(hash);
  }

  #load(): Promise<Loaded> {
    this.#loaded ??= load();
    return this.#loaded;
  }
}

async function load(): Promise<Loaded> {
  const argon2: Argon2 = await import('@node-rs/argon2').catch(() => {
    throw new AuthOptionsError([
      'users needs @node-rs/argon2, which cannot be loaded. Remedy: npm install @node-rs/argon2.',
    ]);
  });
  return { argon2, dummy: await argon2.hash(randomBytes(32).toString('base64'), PARAMETERS) };
}
