import { PGlite } from '@electric-sql/pglite';
import { Controller, Get } from '@nestjs/common';
import {
  Clock,
  CurrentUser,
  memoryStores,
  RequirePermissions,
  SubjectDirectory,
  type AuthModuleOptions,
  type AuthStores,
  type Subject,
  type SubjectKind,
  type UserIdentity,
} from 'nestjs-gatehouse';
import { ManualClock } from 'nestjs-gatehouse/testing';
import { migrate, postgresStores } from 'nestjs-gatehouse/postgres';

import { createDatabase } from '../support/databases.js';
import { HandNotifications } from '../support/feed.js';
import { boot, type Booted, type Platform } from '../support/platforms.js';

@Controller()
class Documents {
  @Get('read')
  @RequirePermissions('session:read')
  read(): string {
    return 'read';
  }

  @Get('who')
  who(@CurrentUser() user: UserIdentity): UserIdentity {
    return user;
  }
}

/** A directory whose answers the test changes, and which counts its questions. */
export class ChangingSubjects extends SubjectDirectory {
  readonly known = new Map<string, Subject | undefined>();
  isDown = false;
  questions = 0;
  #held: Promise<void> | undefined;

  /** Questions are answered by what was so when they came, when the function is called that this returns. */
  hold(): () => void {
    let release = (): void => undefined;
    this.#held = new Promise((resolve) => (release = resolve));
    return () => {
      this.#held = undefined;
      release();
    };
  }

  override async find(userId: string, _orgId?: string, _kind?: SubjectKind): Promise<Subject | undefined> {
    this.questions += 1;
    if (this.isDown) throw new Error('connect ECONNREFUSED');
    const subject = this.known.get(userId);
    await this.#held;
    return subject;
  }
}

/** Instances of one application: they share what lasts, and the subjects. */
export interface Instances {
  readonly subjects: ChangingSubjects;
  readonly clock: ManualClock;
  /** Calls of the stores of keys and sessions, of all instances. */
  readonly storeCalls: () => number;
  start(platform: Platform, auth?: AuthModuleOptions): Promise<Booted>;
  end(): Promise<void>;
}

/** They share the memory of this process. */
export async function inMemory(): Promise<Instances> {
  const stores = { ...memoryStores(), notifications: new Hub() };
  return instances(() => stores);
}

export async function onPGlite(): Promise<Instances> {
  const database = new PGlite();
  await migrate(database);
  return instances(
    () => postgresStores(database),
    () => database.close(),
  );
}

/** @param url of a server; they share a database of their own on it. */
export async function onPostgres(url: string): Promise<Instances> {
  const database = await createDatabase(url);
  await migrate(database.pool());
  return instances(
    () => postgresStores(database.pool()),
    () => database.drop(),
  );
}

/** Tells everybody, as a database does. */
class Hub extends HandNotifications {
  override async publish(): Promise<void> {
    for (const listener of this.listeners) listener();
  }
}

function instances(makeStores: () => AuthStores, end = async (): Promise<void> => undefined): Instances {
  const [subjects, clock] = [new ChangingSubjects(), new ManualClock()];
  let calls = 0;
  return {
    subjects,
    clock,
    storeCalls: () => calls,
    start: (platform, auth = {}) => {
      const { apiKeys, refreshTokens, ...rest } = makeStores();
      const [keys, sessions] = [apiKeys, refreshTokens].map((store) => counted(store, () => (calls += 1)));
      const stores = { ...rest, apiKeys: keys, refreshTokens: sessions } as AuthStores;
      return boot(platform, {
        controllers: [Documents],
        auth: { stores, subjects, ...auth },
        override: (builder) => builder.overrideProvider(Clock).useValue(clock),
      });
    },
    end,
  };
}

/** Last use is written behind, whoever calls. */
function counted<T extends object>(store: T, count: () => void): T {
  return new Proxy(store, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]): unknown => {
        if (name !== 'touch' && name !== 'prune') count();
        return value.apply(target, args) as unknown;
      };
    },
  });
}
