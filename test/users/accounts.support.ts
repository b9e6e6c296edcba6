import type { NestApplicationOptions } from '@nestjs/common';

import { RoleService } from '../../libs/auth/src/roles/role.service.js';
import { memoryStores } from '../../libs/auth/src/stores/auth-stores.js';
import { ManualClock } from '../../libs/auth/src/testing/manual-clock.js';
import { AuthMailer, type AuthMail } from '../../libs/auth/src/users/auth-mailer.js';
import { UserService } from '../../libs/auth/src/users/user.service.js';
import type { UserInput } from '../../libs/auth/src/users/user.input.js';
import type { User } from '../../libs/auth/src/users/user.view.js';
import {
  AuthEvents,
  Clock,
  type AuthEvent,
  type AuthModuleOptions,
  type SessionTokens,
} from 'nestjs-gatehouse';

import { call, type CallAnswer, type CallOptions } from '../support/call.js';
import { boot, type Booted, type Platform } from '../support/platforms.js';

/** Longer than the policy asks for, and in no list. */
export const PASSWORD = 'violet gondola near 41 lanterns';
export const NEW_PASSWORD = 'seven quiet otters under glass';

/** Hashes of passwords and of tokens, and the fields that they are in. */
const HASH = /argon2|(password|token|key)_?hash/i;

/** Keeps the mails, and waits for those that are sent behind an answer. */
export class Mailbox extends AuthMailer {
  readonly mails: AuthMail[] = [];
  readonly #waiting = new Set<() => void>();
  #read = 0;

  override async send(mail: AuthMail): Promise<void> {
    this.mails.push(mail);
    for (const wake of this.#waiting) wake();
  }

  /** The next mail that nobody has read yet. */
  async next(): Promise<AuthMail> {
    while (this.mails.length <= this.#read) {
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
      this.#waiting.clear();
    }
    this.#read += 1;
    return this.mails[this.#read - 1]!;
  }

  /** The token of the next mail. */
  async nextToken(): Promise<string> {
    return (await this.next()).token!;
  }
}

/** An application that keeps people. */
export interface People extends Booted {
  readonly mailbox: Mailbox;
  readonly clock: ManualClock;
  readonly events: AuthEvent[];
  readonly stores: ReturnType<typeof memoryStores>;
  readonly users: UserService;
  /** Of the endpoints under `/auth`. Throws when an answer holds a hash. */
  readonly ask: (method: string, path: string, options?: Omit<CallOptions, 'method'>) => Promise<CallAnswer>;
  /** A user with {@link PASSWORD} and a verified address, who holds these roles and grants. */
  readonly add: (email: string, more?: Partial<UserInput> & Held) => Promise<User>;
  readonly login: (email: string, password?: string) => Promise<SessionTokens>;
}

interface Held {
  readonly roles?: readonly string[];
  readonly grants?: readonly string[];
}

/** @param auth its stores, where it has any, are all of them. */
export async function bootPeople(
  platform: Platform,
  auth: AuthModuleOptions = {},
  nest: NestApplicationOptions = { logger: false },
): Promise<People> {
  const [mailbox, clock, events] = [new Mailbox(), new ManualClock(), [] as AuthEvent[]];
  const stores = { ...memoryStores(), ...auth.stores };
  const booted = await boot(platform, {
    nest,
    auth: {
      endpoints: { registration: true },
      mailer: mailbox,
      ...auth,
      stores,
      users: {
        loginLimits: { account: { limit: 1_000, window: 900 }, source: { limit: 10_000, window: 900 } },
        ...(auth.users as object | undefined),
      },
    },
    override: (builder) => builder.overrideProvider(Clock).useValue(clock),
  });
  booted.app.get(AuthEvents).subscribe((event) => void events.push(event));
  const users = booted.app.get(UserService);
  const roles = booted.app.get(RoleService);
  const ask: People['ask'] = async (method, path, options = {}) => {
    const answer = await call(`${booted.url}/auth${path}`, { ...options, method });
    if (HASH.test(JSON.stringify([answer.body, [...answer.headers]])))
      throw new Error(`${method} ${path} answers with a hash`);
    return answer;
  };
  return {
    ...booted,
    ...{ mailbox, clock, events, stores, users, ask },
    add: async (email, { roles: names = [], grants = [], ...more } = {}) => {
      const user = await users.create({ email, password: PASSWORD, isEmailVerified: true, ...more });
      for (const name of names) await roles.assign(user!.userId, name);
      for (const grant of grants) await roles.grant(user!.userId, grant as never);
      return user!;
    },
    login: async (email, password = PASSWORD) => {
      const { status, body } = await ask('POST', '/login', { body: { email, password } });
      if (status !== 200) throw new Error(`login: ${status} ${JSON.stringify(body)}`);
      return body as SessionTokens;
    },
  };
}
