// An application with the gate, as a process that a script starts, asks and kills.
import 'reflect-metadata';

import { Body, Controller, Get, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Redis } from 'ioredis';
import {
  ApiKeyService,
  AuthEvents,
  AuthMailer,
  AuthModule,
  CurrentUser,
  Public,
  RequirePermissions,
  RoleService,
  SessionService,
  SigningKeyService,
  TokenService,
  UserService,
  memoryStores,
} from 'nestjs-gatehouse';
import { postgresStores } from 'nestjs-gatehouse/postgres';
import { RedisNotifications, RedisRateLimitCounter } from 'nestjs-gatehouse/redis';
import pg from 'pg';

const { DATABASE_URL, REDIS_URL, KEY_ENCRYPTION_KEY, NOTIFICATIONS, APPLICATION_NAME, USERS } = process.env;
const MAX_STALENESS = Number(process.env.MAX_STALENESS ?? 10);
const GRACE = Number(process.env.ROTATION_GRACE ?? 5);
const POOL = Number(process.env.POOL ?? 10);

const counted = { queries: [], events: {} };
for (const type of ['unhandledRejection', 'uncaughtException'])
  process.on(type, (error) => process.send({ unhandled: `${type}: ${error?.stack ?? error}` }));

function countingPool() {
  const pool = new pg.Pool({ connectionString: DATABASE_URL, max: POOL, application_name: APPLICATION_NAME });
  pool.on('connect', (client) => {
    const query = client.query.bind(client);
    client.query = (...args) => {
      const { text = args[0], values = args[1] } = args[0];
      counted.queries.push([text, Array.isArray(values) ? values.map(String) : []]);
      if (counted.queries.length > 100_000) counted.queries.length = 0;
      return query(...args);
    };
  });
  return pool;
}

function stores() {
  if (DATABASE_URL === undefined) return countingStores(memoryStores());
  const { notifications, ...rest } = postgresStores(countingPool());
  const redis = REDIS_URL === undefined ? undefined : new Redis(REDIS_URL);
  return {
    ...rest,
    // Without any, the log is read every second: as if all notifications were lost.
    ...(NOTIFICATIONS === 'postgres' && { notifications }),
    ...(NOTIFICATIONS === 'redis' && { notifications: new RedisNotifications(redis) }),
    ...(redis !== undefined && { rateLimits: new RedisRateLimitCounter(redis) }),
  };
}

function countingStores(made) {
  const findByHash = made.apiKeys.findByHash.bind(made.apiKeys);
  made.apiKeys.findByHash = (hash) => {
    counted.queries.push(['findByHash', [hash]]);
    return findByHash(hash);
  };
  return made;
}

/** Keeps the last token that was mailed to each user. */
class LastMail extends AuthMailer {
  tokens = new Map();

  async send({ userId, token }) {
    this.tokens.set(userId, token);
  }
}
const mailer = new LastMail();

/** Limits that a script from one address does not reach. */
const NO_LIMIT = { limit: 1_000_000, window: 3_600 };
const people = {
  users: { loginLimits: { account: NO_LIMIT, source: NO_LIMIT } },
  mailer,
};

class Notes {
  constructor(sessions) {
    this.sessions = sessions;
  }

  read(userId) {
    return { userId };
  }

  edit(userId) {
    return { userId };
  }

  login({ userId, permissions }) {
    return this.sessions.open({ userId, permissions });
  }
}
const method = (name) => [Notes.prototype, name, Object.getOwnPropertyDescriptor(Notes.prototype, name)];
Controller()(Notes);
Get('notes')(...method('read'));
CurrentUser('userId')(Notes.prototype, 'read', 0);
Get('edited')(...method('edit'));
RequirePermissions('note:update')(...method('edit'));
CurrentUser('userId')(Notes.prototype, 'edit', 0);
Post('login')(...method('login'));
Public()(...method('login'));
Body()(Notes.prototype, 'login', 0);
Reflect.defineMetadata('design:paramtypes', [SessionService], Notes);

let app;
const get = (type) => app.get(type, { strict: false });

const commands = {
  async boot() {
    class App {}
    Module({
      imports: [
        AuthModule.forRoot({
          jwt: { keyEncryptionKey: KEY_ENCRYPTION_KEY },
          apiKeys: { maxKeysPerOwner: 1_000_000 },
          sessions: { rotationGrace: GRACE },
          revocation: { maxStaleness: MAX_STALENESS },
          stores: stores(),
          ...(USERS === 'true' && people),
        }),
      ],
      controllers: [Notes],
    })(App);
    app = await NestFactory.create(App, { logger: ['error', 'warn'], bufferLogs: false });
    get(AuthEvents).subscribe(({ type }) => (counted.events[type] = (counted.events[type] ?? 0) + 1));
    await app.listen(0, '127.0.0.1');
    return `http://127.0.0.1:${app.getHttpServer().address().port}`;
  },
  async createUser({ isActive = true, ...input }) {
    const { userId } = await get(UserService).create(input);
    if (!isActive) await get(UserService).disable(userId);
    return userId;
  },
  createRole: (input) => get(RoleService).create(input),
  assignRole: (subjectId, name) => get(RoleService).assign(subjectId, name),
  unassignRole: (subjectId, name) => get(RoleService).unassign(subjectId, name),
  grant: (subjectId, permission) => get(RoleService).grant(subjectId, permission),
  mailedToken: (userId) => mailer.tokens.get(userId),
  openSession: (input) => get(SessionService).open(input),
  createKey: (input) => get(ApiKeyService).create(input),
  createToken: (input) => get(TokenService).createAccessToken(input),
  addSigningKey: async () => (await get(SigningKeyService).add()).keyId,
  activateSigningKey: (keyId) => get(SigningKeyService).activate(keyId, { immediately: true }),
  removeSigningKey: (keyId) => get(SigningKeyService).remove(keyId),
  revokeToken: async (token) => get(TokenService).revoke(await get(TokenService).verifyAccessToken(token)),
  revokeSession: (sessionId) => get(SessionService).close(sessionId),
  revokeApiKey: (keyId) => get(ApiKeyService).revoke(keyId),
  revokeSubject: (userId) => get(SessionService).closeAll(userId),
  counted: () => counted,
  forgetQueries() {
    counted.queries.length = 0;
  },
  /** Bytes that the process had at most. */
  peakMemory: () => process.resourceUsage().maxRSS * 1_024,
  memory() {
    for (let i = 0; i < 4; i++) globalThis.gc();
    return process.memoryUsage();
  },
};

process.on('message', async ({ id, command, args }) => {
  try {
    const value = await commands[command](...args);
    process.send({ id, value: JSON.parse(JSON.stringify(value ?? null)) });
  } catch (error) {
    process.send({ id, error: `${error?.message ?? error}` });
  }
});
// The script is gone.
process.on('disconnect', () => process.exit(0));
