import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { RoleStore } from 'nestjs-gatehouse';

import { closeAll, PLATFORMS } from '../support/platforms.js';
import { bootHouse, type House } from './roles.support.js';

const MANAGER = ['role:*', 'memory:*'];

describe.each(PLATFORMS)('roles over HTTP on %s', (platform) => {
  let house: House;
  /** Of no organisation, of org_1, of org_2. */
  let chief: string;
  let manager: string;
  let foreigner: string;
  beforeAll(async () => {
    house = await bootHouse(platform);
    chief = await house.tokenOf({ grants: ['*'] });
    manager = await house.tokenOf({ orgId: 'org_1', grants: MANAGER });
    foreigner = await house.tokenOf({ orgId: 'org_2', grants: MANAGER });
  });
  afterAll(closeAll);
  beforeEach(() => {
    house.seen.length = 0;
  });

  it('makes, shows, changes and removes one, and tells of it', async () => {
    const body = {
      name: 'editor',
      description: 'Edits',
      permissions: ['memory:update'],
      inherits: ['reader'],
    };
    const made = await house.ask('POST', '/roles', manager, body);
    expect(made).toMatchObject({ status: 201, body: { ...body, orgId: 'org_1', isReadOnly: false } });
    expect(await house.ask('GET', '/roles/editor', manager)).toMatchObject({ status: 200, body });
    const change = { permissions: ['memory:delete'], description: null };
    const changed = await house.ask('PATCH', '/roles/editor', manager, change);
    expect(changed).toMatchObject({
      status: 200,
      body: { permissions: ['memory:delete'], inherits: ['reader'] },
    });
    expect(changed.body).not.toHaveProperty('description');
    expect((await house.ask('DELETE', '/roles/editor', manager)).status).toBe(204);
    expect((await house.ask('GET', '/roles/editor', manager)).status).toBe(404);
    const fact = { target: 'editor', orgId: 'org_1', actor: { provider: 'jwt', orgId: 'org_1' } };
    expect(house.seen).toMatchObject([
      { type: 'role.created', ...fact },
      { type: 'role.updated', ...fact },
      { type: 'role.deleted', ...fact },
    ]);
  });

  it.each<[string, object]>([
    ['orgId', { orgId: 'org_2' }],
    ['isReadOnly', { isReadOnly: true }],
    ['createdAt', { createdAt: '2020-01-01T00:00:00Z' }],
    ['isAdmin', { isAdmin: true }],
    ['name', { name: 'a b' }],
    ['name', { name: '' }],
    ['name', { name: 'x'.repeat(65) }],
    ['name', { name: 7 }],
    ['description', { description: 'x'.repeat(501) }],
    ['description', { description: 'a\0b' }],
    ['permissions', { permissions: 'memory:read' }],
    ['permissions', { permissions: ['memory:reed'] }],
    ['permissions', { permissions: ['memory'] }],
    ['permissions', { permissions: Array.from({ length: 1_001 }, () => 'memory:read') }],
    ['inherits', { inherits: 'reader' }],
    ['inherits', { inherits: ['nobody'] }],
    ['inherits', { inherits: ['../reader'] }],
    ['inherits', { inherits: Array.from({ length: 51 }, (_, i) => `r${i}`) }],
  ])('refuses a body with a wrong %s, naming it', async (field, body) => {
    const answer = await house.ask('POST', '/roles', chief, { name: 'bad', ...body });
    expect(answer.status).toBe(400);
    expect(JSON.stringify(answer.body)).toContain(field);
    expect((await house.ask('GET', '/roles/bad', chief)).status).toBe(404);
  });

  it('refuses what is no field of a change, the name included, and __proto__', async () => {
    await house.ask('POST', '/roles', manager, { name: 'fixed-name' });
    for (const body of [{ name: 'other' }, { orgId: 'org_2' }, { updatedAt: 'now' }]) {
      const answer = await house.ask('PATCH', '/roles/fixed-name', manager, body);
      expect(answer.status).toBe(400);
      expect(JSON.stringify(answer.body)).toContain(Object.keys(body)[0]);
    }
    const response = await fetch(`${house.url}/auth/roles`, {
      method: 'POST',
      headers: { authorization: `Bearer ${manager}`, 'content-type': 'application/json' },
      body: '{"name":"proto","__proto__":{"permissions":["*"]}}',
    });
    expect(response.status).toBe(400);
  });

  it('asks for the permission of each endpoint, and for a token', async () => {
    await house.ask('POST', '/roles', manager, { name: 'guarded' });
    const ways = [
      ['POST', '/roles', 'role:create', { name: 'guarded-2' }],
      ['GET', '/roles', 'role:read', undefined],
      ['GET', '/roles/guarded', 'role:read', undefined],
      ['PATCH', '/roles/guarded', 'role:update', {}],
      ['DELETE', '/roles/guarded', 'role:delete', undefined],
    ] as const;
    for (const [method, path, permission, body] of ways) {
      const others = ['create', 'read', 'update', 'delete', 'assign']
        .map((action) => `role:${action}`)
        .filter((other) => other !== permission);
      const without = await house.tokenOf({ orgId: 'org_1', grants: ['memory:*', ...others] });
      const refused = await house.ask(method, path, without, body);
      expect(refused).toMatchObject({ status: 403, body: { code: 'permission_denied' } });
      expect(refused.headers.get('www-authenticate')).toContain(`scope="${permission}"`);
      expect((await house.ask(method, path, undefined, body)).status).toBe(401);
      const having = await house.tokenOf({ orgId: 'org_1', grants: [permission] });
      expect((await house.ask(method, path, having, body)).status).toBeLessThan(300);
    }
  });

  it("keeps organisations apart: another one's role does not exist", async () => {
    await house.ask('POST', '/roles', manager, { name: 'ours', permissions: ['memory:read'] });
    for (const query of ['', '?orgId=org_1', '?orgId=org_2']) {
      expect((await house.ask('GET', `/roles/ours${query}`, foreigner)).status).toBe(404);
      expect((await house.ask('PATCH', `/roles/ours${query}`, foreigner, {})).status).toBe(404);
      expect((await house.ask('DELETE', `/roles/ours${query}`, foreigner)).status).toBe(404);
    }
    expect((await house.ask('POST', '/roles?orgId=org_1', foreigner, { name: 'theirs' })).status).toBe(404);
    expect((await house.ask('GET', '/roles?orgId=org_1', foreigner)).status).toBe(404);
    const { body } = await house.ask('GET', '/roles?limit=100', foreigner);
    expect(JSON.stringify(body)).not.toContain('ours');
    // Two organisations may have a role of the same name, and mean what each of them likes.
    expect((await house.ask('POST', '/roles', foreigner, { name: 'ours' })).status).toBe(201);
    expect((await house.ask('GET', '/roles/ours', manager)).body).toMatchObject({
      permissions: ['memory:read'],
    });
  });

  it('lets a caller without an organisation look after roles for all, and after those of any organisation', async () => {
    expect((await house.ask('POST', '/roles', chief, { name: 'global' })).body).not.toHaveProperty('orgId');
    const local = await house.ask('POST', '/roles?orgId=org_3', chief, { name: 'local' });
    expect(local).toMatchObject({ status: 201, body: { orgId: 'org_3' } });
    expect((await house.ask('GET', '/roles/local', chief)).status).toBe(404);
    expect((await house.ask('GET', '/roles/local?orgId=org_3', chief)).status).toBe(200);
    expect((await house.ask('PATCH', '/roles/global?orgId=org_3', chief, {})).status).toBe(409);
    expect((await house.ask('DELETE', '/roles/local?orgId=org_3', chief)).status).toBe(204);
    const seen = await house.ask('GET', '/roles/global', manager);
    expect(seen).toMatchObject({ status: 200, body: { name: 'global', isReadOnly: true } });
    expect((await house.ask('PATCH', '/roles/global', manager, {})).status).toBe(409);
    expect((await house.ask('DELETE', '/roles/global', manager)).status).toBe(409);
    expect((await house.ask('POST', '/roles?orgId=org_1', manager, { name: 'mine' })).status).toBe(201);
  });

  it.each(['reader', 'administrator', 'shared'])(
    'lets nobody take the name of a role that is there for all: %s',
    async (name) => {
      await house.roles.create({ name: 'shared' });
      expect((await house.ask('POST', '/roles', manager, { name })).status).toBe(409);
      expect((await house.ask('POST', '/roles', chief, { name })).status).toBe(409);
    },
  );

  it.each(['reader', 'administrator'])('does not let %s be changed by anybody', async (name) => {
    const before = await house.ask('GET', `/roles/${name}`, chief);
    expect(before).toMatchObject({ status: 200, body: { name, isReadOnly: true } });
    expect((await house.ask('PATCH', `/roles/${name}`, chief, { permissions: [] })).status).toBe(409);
    expect((await house.ask('DELETE', `/roles/${name}`, chief)).status).toBe(409);
    expect(await house.ask('GET', `/roles/${name}`, chief)).toMatchObject({ body: before.body });
  });

  it('does not let a role inherit from itself, nor one go that others inherit from', async () => {
    for (const [name, inherits] of [
      ['c1', []],
      ['c2', ['c1']],
      ['c3', ['c2']],
    ] as const)
      expect((await house.ask('POST', '/roles', manager, { name, inherits })).status).toBe(201);
    expect((await house.ask('PATCH', '/roles/c1', manager, { inherits: ['c3'] })).status).toBe(409);
    expect((await house.ask('PATCH', '/roles/c1', manager, { inherits: ['c1'] })).status).toBe(409);
    expect((await house.ask('DELETE', '/roles/c1', manager)).status).toBe(409);
    for (const name of ['c3', 'c2', 'c1'])
      expect((await house.ask('DELETE', `/roles/${name}`, manager)).status).toBe(204);
  });

  it('lists in pages: what cannot be changed first, then by name, each once', async () => {
    const own = await house.tokenOf({ orgId: 'org_pages', grants: ['role:*'] });
    for (const name of ['p3', 'p1', 'p2']) await house.ask('POST', '/roles', own, { name });
    const all = (await house.ask('GET', '/roles?limit=100', own)).body as { roles: { name: string }[] };
    const names = all.roles.map(({ name }) => name);
    expect(names.slice(0, 3)).toEqual(['administrator', 'reader', 'writer']);
    expect(names.filter((name) => /^p\d$/.test(name))).toEqual(['p1', 'p2', 'p3']);
    for (const limit of [1, 2, 3]) {
      const listed: string[] = [];
      let after: string | undefined;
      do {
        const query = `limit=${limit}${after === undefined ? '' : `&after=${encodeURIComponent(after)}`}`;
        const { status, body } = await house.ask('GET', `/roles?${query}`, own);
        expect(status).toBe(200);
        const page = body as { roles: { name: string }[]; next?: string };
        listed.push(...page.roles.map(({ name }) => name));
        after = page.next;
      } while (after !== undefined);
      expect(listed).toEqual(names);
    }
  });

  it('lets no role inherit from one that is made while it is looked at what that grants', async () => {
    const own = await house.tokenOf({ orgId: 'org_race', grants: ['role:*'] });
    await house.ask('POST', '/roles', own, { name: 'mine' });
    await house.roles.create({ name: 'late', permissions: ['admin:*'] });
    const store = house.get(RoleStore);
    const find = store.find.bind(store);
    for (const [method, path, body] of [
      ['POST', '/roles', { name: 'fresh', inherits: ['late'] }],
      ['PATCH', '/roles/mine', { inherits: ['late'] }],
    ] as const) {
      const unseen = new Set(['org_race', undefined]);
      const spy = jest
        .spyOn(store, 'find')
        .mockImplementation(async (name, orgId) =>
          name === 'late' && unseen.delete(orgId) ? undefined : find(name, orgId),
        );
      const answer = await house.ask(method, path, own, body);
      spy.mockRestore();
      expect([answer.status, (await house.ask('GET', '/roles/mine', own)).body]).toMatchObject([
        400,
        { inherits: [] },
      ]);
    }
  });

  it('tells nobody by a page whether another organisation has a role of a name', async () => {
    const own = await house.tokenOf({ orgId: 'org_asks', grants: ['role:*'] });
    await house.ask('POST', '/roles', own, { name: 'z-own' });
    await house.roles.create({ name: 'secret', orgId: 'org_asked' });
    const pageAfter = async (after: string): Promise<unknown> =>
      (await house.ask('GET', `/roles?after=${encodeURIComponent(after)}`, own)).body;
    expect(await pageAfter('secret@org_asked')).toEqual(await pageAfter('other@org_asked'));
    expect(await pageAfter('z-own@org_asks')).toEqual({ roles: [] });
  });

  it.each(['limit=0', 'limit=101', 'limit=x', 'after=%00', 'after=', 'x=1', 'orgId=', 'orgId=a&orgId=b'])(
    'refuses a query that says %s',
    async (query) => {
      expect((await house.ask('GET', `/roles?${query}`, chief)).status).toBe(400);
    },
  );

  it.each(['a%20b', '%00', 'x'.repeat(65), '..%2Freader', '%E2%82%AC'])(
    'refuses a name in the path that is none: %s',
    async (name) => {
      expect((await house.ask('GET', `/roles/${name}`, chief)).status).toBe(400);
    },
  );
});
