// A million API keys in Postgres: what a look-up takes beside what it takes among a thousand, and how many queries it is.
//   npm run test:faults -- million-keys
// Postgres: DATABASE_URL, or the usual port on loopback. Exits with 1 when a bound is broken.
import 'reflect-metadata';

import { hash, randomUUID } from 'node:crypto';

import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ApiKeyService, AuthModule } from 'nestjs-gatehouse';
import { migrate, postgresStores } from 'nestjs-gatehouse/postgres';
import pg from 'pg';

const SERVER = process.env.DATABASE_URL || 'postgres://postgres@127.0.0.1:5432/test';
const [FEW, MANY] = [1_000, 1_000_000];
const LOOK_UPS = 3_000;
const WARM_UP = 300;
const RATIO = 1.2;
const REQUESTS = 100;

const broken = [];
function bound(says, holds) {
  console.log(`${holds ? 'ok    ' : 'BROKEN'} ${says}`);
  if (!holds) broken.push(says);
}

async function administer(statement) {
  const client = new pg.Client({ connectionString: SERVER });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}

/** A database with so many keys, and a pool on it that counts the queries it is given. */
async function databaseWith(keys) {
  const name = `gatehouse_keys_${keys}_${process.pid}`;
  await administer(`create database ${name}`);
  const url = new URL(SERVER);
  url.pathname = `/${name}`;
  const pool = new pg.Pool({ connectionString: url.href });
  const database = {
    pool,
    queries: [],
    drop: () => pool.end().then(() => administer(`drop database ${name} with (force)`)),
  };
  pool.on('connect', (client) => {
    const query = client.query.bind(client);
    client.query = (...args) => {
      database.queries.push(args[0]?.text ?? args[0]);
      return query(...args);
    };
  });
  await migrate(pool);
  await pool.query(`
    insert into gatehouse.api_keys (key_id, key_hash, name, user_id, permissions, is_active, metadata, created_at)
    select gen_random_uuid(), encode(sha256(convert_to('key ' || i, 'UTF8')), 'hex'), 'key ' || i, 'user ' || i % 5000,
      '{}', true, '{}', now() - i * interval '1 second'
    from generate_series(0, ${keys - 1}) i`);
  await pool.query('vacuum analyze gatehouse.api_keys');
  return database;
}

const hashOfKey = (i) => hash('sha256', `key ${i}`, 'hex');
const median = (times) => times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)];

/** In turns: what else the machine does hits both alike. */
async function compareLookUps(few, many) {
  const sides = [
    { database: few, keys: FEW, times: [] },
    { database: many, keys: MANY, times: [] },
  ].map((side) => ({ ...side, store: postgresStores(side.database.pool).apiKeys }));
  for (let i = -WARM_UP; i < LOOK_UPS; i++) {
    for (const { database, keys, times, store } of sides) {
      if (i === 0) database.queries.length = 0;
      const wanted = Math.floor(Math.random() * keys);
      const start = performance.now();
      const record = await store.findByHash(hashOfKey(wanted));
      if (i >= 0) times.push(performance.now() - start);
      if (record?.name !== `key ${wanted}`) throw new Error(`key ${wanted} was not found`);
    }
  }
  const [p50OfFew, p50OfMany] = sides.map(({ times }) => median(times));
  for (const { keys, times } of sides)
    console.log(`p50 among ${keys} keys: ${(median(times) * 1_000).toFixed(0)} µs`);
  const ratio = p50OfMany / p50OfFew;
  bound(`a look-up takes ${ratio.toFixed(2)} times as long, at most ${RATIO}`, ratio <= RATIO);
  for (const { database, keys } of sides) {
    bound(
      `${LOOK_UPS} look-ups among ${keys} keys are ${database.queries.length} queries`,
      database.queries.length === LOOK_UPS,
    );
  }
}

/** Requests that come in together with one key that is not remembered. */
async function countQueriesOfRequests({ pool, queries }) {
  class Notes {
    read() {
      return 'read';
    }
  }
  Controller('notes')(Notes);
  Get()(Notes.prototype, 'read', Object.getOwnPropertyDescriptor(Notes.prototype, 'read'));
  class App {}
  Module({
    imports: [
      AuthModule.forRoot({
        jwt: { secret: randomUUID() + randomUUID() },
        apiKeys: {},
        stores: postgresStores(pool),
      }),
    ],
    controllers: [Notes],
  })(App);
  const app = await NestFactory.create(App, { logger: false });
  await app.listen(0, '127.0.0.1');
  try {
    const { key } = await app.get(ApiKeyService).create({ name: 'new', userId: 'ada', permissions: [] });
    const url = `http://127.0.0.1:${app.getHttpServer().address().port}/notes`;
    await fetch(url);
    queries.length = 0;
    const answers = await Promise.all(
      Array.from({ length: REQUESTS }, () => fetch(url, { headers: { 'x-api-key': key } })),
    );
    const lookUps = queries.filter((text) => /^select .*"key_hash" = \$1/.test(text)).length;
    bound(
      `${REQUESTS} requests at once are answered`,
      answers.every(({ status }) => status === 200),
    );
    bound(
      `${REQUESTS} requests at once with a key that is not remembered are ${lookUps} look-up(s)`,
      lookUps === 1,
    );
  } finally {
    await app.close();
  }
}

const databases = [];
try {
  for (const keys of [FEW, MANY]) databases.push(await databaseWith(keys));
  await compareLookUps(...databases);
  await countQueriesOfRequests(databases[1]);
} finally {
  for (const { drop } of databases) await drop();
}
process.exitCode = broken.length === 0 ? 0 : 1;
