import { PGlite } from '@electric-sql/pglite';
import { afterAll, describe, expect, it } from '@jest/globals';
import { migrate, postgresStores, type PostgresClient } from 'nestjs-gatehouse/postgres';
import type { SessionTokens } from 'nestjs-gatehouse';

import { createDatabase, POSTGRES, type TestDatabase } from '../support/databases.js';
import { closeAll, PLATFORMS, type Platform } from '../support/platforms.js';
import { describeIfServer } from '../support/servers.js';
import { beginning, bootLogins, DONE } from './login.support.js';

/** Logs in, out, links and unlinks, and presents everything twice. */
async function tryAll(platform: Platform, client: PostgresClient): Promise<void> {
  const logins = await bootLogins(platform, { stores: postgresStores(client) });
  logins.work.people.set('ada', { email: `ada-${platform}@example.com`, email_verified: true });
  const login = `ada-${platform}`;
  logins.work.people.set(login, logins.work.people.get('ada')!);
  const browser = logins.browser();
  const begin = beginning('work', DONE);
  const callback = await browser.atProvider(browser.next(await browser.go(begin), begin), login);
  const [[name, secret]] = [...browser.cookies.values().next().value!] as [[string, string]];
  const end = new URL(browser.next(await browser.go(callback), callback));
  expect((await browser.go(callback)).status).toBe(400);
  browser.cookies.get(new URL(begin).host)!.set(name, secret);
  expect((await browser.go(callback)).status).toBe(400);
  const code = end.searchParams.get('code');
  const answers = await Promise.all(Array.from({ length: 10 }, () => logins.exchange(code)));
  const opened = answers.filter(({ status }) => status === 200);
  expect(opened).toHaveLength(1);
  const { accessToken: token } = opened[0]!.body as SessionTokens;
  const { body: links } = await logins.ask('GET', '/me/providers', { token });
  expect(links).toEqual([{ provider: 'work', id: login, createdAt: expect.any(String) }]);
  const last = await logins.ask('DELETE', `/me/providers/work/${login}`, { token });
  expect(last.status).toBe(409);
  expect(await logins.session(login)).toMatchObject({ accessToken: expect.any(String) });
  // Text that Postgres has none of.
  expect((await logins.browser().go(`${begin.split('?')[0]}?redirect_to=%00`)).status).toBe(400);
  expect((await logins.ask('DELETE', '/me/providers/work/%00', { token })).status).toBe(404);
  await logins.close();
}

describe('login with a provider in PGlite', () => {
  const database = new PGlite();
  afterAll(async () => {
    await closeAll();
    await database.close();
  });

  it.each(PLATFORMS)('on %s', async (platform) => {
    await migrate(database);
    await tryAll(platform, database);
  });
});

await describeIfServer(POSTGRES, 'login with a provider in Postgres', (url) => {
  let database: TestDatabase;
  afterAll(async () => {
    await closeAll();
    await database.drop();
  });

  it.each(PLATFORMS)('on %s', async (platform) => {
    database ??= await createDatabase(url);
    await migrate(database.pool());
    await tryAll(platform, database.pool());
  });
});
