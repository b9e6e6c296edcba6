import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { SessionTokens } from 'nestjs-gatehouse';
import { migrate, postgresStores } from 'nestjs-gatehouse/postgres';

import { createDatabase, POSTGRES, type TestDatabase } from '../support/databases.js';
import { closeAll } from '../support/platforms.js';
import { describeIfServer } from '../support/servers.js';
import { bootPeople, PASSWORD, type People } from './accounts.support.js';

const TOKEN = 'set-up-token-of-this-test-7Qm2';

await describeIfServer(POSTGRES, 'set-up in Postgres', (url) => {
  let database: TestDatabase;
  let instances: People[];
  beforeAll(async () => {
    database = await createDatabase(url);
    await migrate(database.pool());
    const auth = () => ({ stores: postgresStores(database.pool()), users: { setupToken: TOKEN } });
    instances = await Promise.all([bootPeople('express', auth()), bootPeople('fastify', auth())]);
  }, 60_000);
  afterAll(async () => {
    await closeAll();
    await database.drop();
  });

  it('happens once, of a hundred at the same time on two instances', async () => {
    const setUp = (i: number) =>
      instances[i % 2]!.ask('POST', '/setup', {
        body: { setupToken: TOKEN, email: `root${i}@example.com`, password: PASSWORD },
      });
    const answers = await Promise.all(Array.from({ length: 100 }, (_, i) => setUp(i)));
    const countOf = (wanted: number) => answers.filter(({ status }) => status === wanted).length;
    expect([countOf(201), countOf(404)]).toEqual([1, 99]);
    const { accessToken: token } = answers.find(({ status }) => status === 201)!.body as SessionTokens;
    for (const { ask } of instances) {
      const { status, body } = await ask('GET', '/users', { token });
      expect(status).toBe(200);
      expect((body as { users: unknown[] }).users).toHaveLength(1);
    }
    const events = instances.flatMap((instance) => instance.events);
    expect(events.filter(({ type }) => type === 'setup.completed')).toHaveLength(1);
    const { rows } = await database.pool().query(`select subject_id from gatehouse.subject_roles`);
    expect(rows).toHaveLength(1);
  });
});
