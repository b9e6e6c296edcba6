import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PGlite } from '@electric-sql/pglite';
import { ApiKeyService, PermissionService } from 'nestjs-gatehouse';
import { migrate, postgresStores } from 'nestjs-gatehouse/postgres';

import { call } from '../support/call.js';
import { createDatabase, POSTGRES, type TestDatabase } from '../support/databases.js';
import { closeAll, type Platform } from '../support/platforms.js';
import { describeIfServer } from '../support/servers.js';
import { bootHouse, type House } from './roles.support.js';

/** @param houses two instances on one database, or one twice. */
function rolesInSql(houses: () => readonly [House, House]): void {
  it('makes roles at one instance that count at the other one, for tokens and keys that are out', async () => {
    const [here, there] = houses();
    const chief = await here.tokenOf({ orgId: 'org_1', grants: ['role:*', 'memory:*'] });
    const body = { name: 'editor', permissions: ['memory:update'], inherits: ['writer'] };
    expect((await here.ask('POST', '/roles', chief, body)).status).toBe(201);
    const id = await here.person({ orgId: 'org_1', roles: ['editor'] });
    const token = await here.login(id);
    const { key } = await here.get(ApiKeyService).create({
      ...{ name: 'k', userId: id, orgId: 'org_1' },
      permissions: ['memory:update'],
    });
    const seen = async (): Promise<string> => {
      const answers = [
        await call(`${there.url}/auth/me`, { token }),
        await call(`${there.url}/auth/me`, { apiKey: key }),
      ];
      return answers.map((answer) => (answer.body as { permissions: string[] }).permissions.length).join(' ');
    };
    // Another instance learns of it by a notification, which a loop with a limit of its own waits for.
    const becomes = async (expected: string): Promise<void> => {
      while ((await seen()) !== expected) await new Promise((resolve) => setTimeout(resolve, 5));
    };
    await becomes('3 1');
    expect((await here.ask('DELETE', `/users/${id}/roles/editor`, chief)).status).toBe(204);
    await becomes('0 0');
    expect((await here.ask('PUT', `/users/${id}/roles/editor`, chief)).status).toBe(204);
    await becomes('3 1');
    expect((await there.ask('PATCH', '/roles/editor', chief, { permissions: [] })).status).toBe(200);
    await becomes('2 0');
    expect((await there.ask('DELETE', '/roles/editor', chief)).status).toBe(204);
    await becomes('0 0');
  });

  it("tells roles of one name apart: an organisation's, and what is for all", async () => {
    const [here, there] = houses();
    await here.roles.create({ name: 'base', orgId: 'org_1', permissions: ['admin:write'] });
    await there.roles.create({ name: 'base', permissions: ['memory:read'] });
    await there.roles.create({ name: 'top', inherits: ['base'] });
    const permissions = here.get(PermissionService);
    const own = await here.person({ orgId: 'org_1', roles: ['top', 'base'] });
    expect((await permissions.effective(own))!.sources).toEqual([
      { grant: 'admin:write', source: 'role', path: ['base'] },
      { grant: 'memory:read', source: 'role', path: ['top', 'base'] },
    ]);
    const other = await here.person({ orgId: 'org_2', roles: ['top', 'base'] });
    expect((await permissions.effective(other))!.permissions).toEqual(['memory:read']);
  });

  it('keeps one administrator of any number that give up at once', async () => {
    const [here, there] = houses();
    const admins = await Promise.all(
      Array.from({ length: 6 }, () => here.person({ roles: ['administrator'] })),
    );
    const tokens = await Promise.all(admins.map((id) => here.login(id)));
    const answers = await Promise.all(
      admins.map((id, i) =>
        (i % 2 === 0 ? here : there).ask('DELETE', `/users/${id}/roles/administrator`, tokens[i]),
      ),
    );
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(5);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(1);
  });

  it('pages through roles, each once', async () => {
    const [here] = houses();
    const token = await here.tokenOf({ grants: ['role:*'] });
    for (const orgId of ['org_9', 'org_8', undefined]) await here.roles.create({ name: 'paged', orgId });
    const listed: string[] = [];
    let after: string | undefined;
    do {
      const query = after === undefined ? '' : `&after=${encodeURIComponent(after)}`;
      const { body } = await here.ask('GET', `/roles?limit=2${query}`, token);
      const page = body as { roles: { name: string; orgId?: string }[]; next?: string };
      listed.push(...page.roles.map(({ name, orgId = '' }) => `${name} ${orgId}`));
      after = page.next;
    } while (after !== undefined);
    expect(listed.slice(0, 3)).toEqual(['administrator ', 'reader ', 'writer ']);
    expect(listed.filter((name) => name.startsWith('paged'))).toEqual([
      'paged ',
      'paged org_8',
      'paged org_9',
    ]);
    expect(new Set(listed).size).toBe(listed.length);
  });
}

await describeIfServer(POSTGRES, 'roles in Postgres, at two instances', (url) => {
  let database: TestDatabase;
  let houses: readonly [House, House];
  beforeAll(async () => {
    database = await createDatabase(url);
    await migrate(database.pool());
    const start = (platform: Platform) => bootHouse(platform, { stores: postgresStores(database.pool()) });
    houses = [await start('express'), await start('fastify')];
  }, 60_000);
  afterAll(async () => {
    await closeAll();
    await database.drop();
  });
  rolesInSql(() => houses);
});

describe('roles in PGlite', () => {
  let database: PGlite;
  let houses: readonly [House, House];
  beforeAll(async () => {
    database = await PGlite.create();
    await migrate(database);
    const house = await bootHouse('fastify', { stores: postgresStores(database) });
    houses = [house, house];
  }, 60_000);
  afterAll(async () => {
    await closeAll();
    await database.close();
  });
  rolesInSql(() => houses);
});
