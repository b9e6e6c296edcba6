import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PGlite } from '@electric-sql/pglite';
import { migrate, postgresStores } from 'nestjs-gatehouse/postgres';

import type { User } from '../../libs/auth/src/users/user.view.js';
import type { CallAnswer } from '../support/call.js';
import { createDatabase, POSTGRES, type TestDatabase } from '../support/databases.js';
import { closeAll, PLATFORMS } from '../support/platforms.js';
import { describeIfServer } from '../support/servers.js';
import { bootPeople, NEW_PASSWORD, PASSWORD, type People } from './accounts.support.js';

await describeIfServer(POSTGRES, 'accounts in Postgres', (url) => {
  let database: TestDatabase;
  let people: People;
  /** Another instance on the same database. */
  let other: People;
  beforeAll(async () => {
    database = await createDatabase(url);
    await migrate(database.pool());
    people = await bootPeople('express', { stores: postgresStores(database.pool()) });
    other = await bootPeople('fastify', { stores: postgresStores(database.pool()) });
  }, 60_000);
  afterAll(async () => {
    await closeAll();
    await database.drop();
  });

  const hundred = <T>(make: (instance: People, i: number) => Promise<T>): Promise<T[]> =>
    Promise.all(Array.from({ length: 100 }, (_, i) => make(i % 2 === 0 ? people : other, i)));
  const countOf = (answers: readonly CallAnswer[], status: number): number =>
    answers.filter((answer) => answer.status === status).length;

  it('of 100 parallel uses of one reset token on two instances one succeeds', async () => {
    const { email } = await people.add('reset@example.com');
    await people.ask('POST', '/password/forgot', { body: { email } });
    const token = await people.mailbox.nextToken();
    const body = { token, password: NEW_PASSWORD };
    const answers = await hundred((instance) => instance.ask('POST', '/password/reset', { body }));
    expect([countOf(answers, 204), countOf(answers, 400)]).toEqual([1, 99]);
    await other.login(email, NEW_PASSWORD);
  });

  it('of 100 parallel new users with one address one is made', async () => {
    // An instance that is told too late does not know whether it was the one; there is one user all the same.
    const made = await hundred((instance) =>
      instance.users.create({ email: 'Same@Example.com' }).catch(() => undefined),
    );
    const known = made.filter((user) => user !== undefined);
    expect(known.length).toBeLessThanOrEqual(1);
    const user = await other.users.findByEmail('same@example.com');
    expect([undefined, user?.userId]).toContain(known[0]?.userId);
    expect(user).toBeDefined();
    expect(await people.users.list({ search: 'same@example.com' })).toEqual([user]);
  });

  it('of 10 parallel changes of one password on two instances one succeeds', async () => {
    const { userId, email } = await people.add('change@example.com');
    const { accessToken: token } = await people.login(email);
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, i) => {
        const body = { currentPassword: PASSWORD, newPassword: `${NEW_PASSWORD} ${i}` };
        return (i % 2 === 0 ? people : other).ask('POST', '/password', { token, body });
      }),
    );
    expect(countOf(answers, 200)).toBe(1);
    const changes = [...people.events, ...other.events].filter(
      (event) => event.type === 'password.changed' && event.target === userId,
    );
    expect(changes).toHaveLength(1);
  });

  it('who is disabled here is out there, and who has left is gone', async () => {
    await people.add('admin@example.com', { roles: ['administrator'] });
    const { accessToken: admin } = await people.login('admin@example.com');
    for (const [method, path] of [
      ['POST', '/disable'],
      ['DELETE', ''],
    ] as const) {
      const { userId, email } = await people.add(`left${path.length}@example.com`);
      const { accessToken: token } = await other.login(email);
      expect((await other.ask('GET', '/me', { token })).status).toBe(200);
      expect((await people.ask(method, `/users/${userId}${path}`, { token: admin })).status).toBeLessThan(
        300,
      );
      // The other instance learns of it from the log: by the notification, or within a second.
      let status = 200;
      for (const until = performance.now() + 5_000; status === 200 && performance.now() < until;)
        ({ status } = await other.ask('GET', '/me', { token }));
      expect(status).toBe(401);
    }
  });
});

/** What Postgres does not take has to be the caller's mistake (400), and not an outage (503). */
describe.each(PLATFORMS)('strange input about people before PGlite on %s', (platform) => {
  let pglite: PGlite;
  let people: People;
  let token: string;
  beforeAll(async () => {
    pglite = await PGlite.create();
    await migrate(pglite);
    people = await bootPeople(platform, { stores: postgresStores(pglite) });
    await people.add('admin@example.com', { roles: ['administrator'] });
    token = (await people.login('admin@example.com')).accessToken;
  }, 60_000);
  afterAll(async () => {
    await closeAll();
    await pglite.close();
  });

  const ask = (method: string, path: string, body?: unknown): Promise<CallAnswer> =>
    people.ask(method, path, { token, body });

  it.each<[string, object]>([
    ['a zero byte in the name', { name: 'a\0b' }],
    ['a zero byte in the organisation', { orgId: 'a\0b' }],
    ['a zero byte in the address', { email: 'a\0@example.com' }],
    ['a line break in the name', { name: 'Ada\r\nBcc: eve@example.com' }],
    ['a line separator in the name', { name: 'Ada\u2028Eve' }],
    ['half a surrogate pair in the name', { name: 'Ada\ud800' }],
    ['a name of 101 characters', { name: 'x'.repeat(101) }],
    ['an empty name', { name: '   ' }],
    ['metadata of 20 KiB', { metadata: { text: 'x'.repeat(20_000) } }],
    [
      'metadata of 300 levels',
      { metadata: { deep: JSON.parse('['.repeat(300) + ']'.repeat(300)) as unknown } },
    ],
    ['an address in a list', { email: ['a@example.com'] }],
    ['an address of 300 characters', { email: `${'x'.repeat(300)}@example.com` }],
  ])('refuses a user with %s', async (_what, fields) => {
    const { userId } = (await people.users.findByEmail('admin@example.com'))!;
    expect((await ask('POST', '/users', { email: 'new@example.com', ...fields })).status).toBe(400);
    expect((await ask('PATCH', `/users/${userId}`, fields)).status).toBe(400);
  });

  it('keeps what is strange and can be stored', async () => {
    const strange = {
      email: "o'hara+tag%_@example.com",
      name: "\ud83d\ude00\u202e'; drop table users; --",
      metadata: { 'zero\0': 'a\0b', deep: [[{}]] },
    };
    const made = await ask('POST', '/users', strange);
    expect(made).toMatchObject({ status: 201, body: strange });
    const { userId } = made.body as User;
    expect(await ask('GET', `/users/${userId}`)).toMatchObject({ status: 200, body: strange });
    const { body } = await ask('GET', `/users?search=${encodeURIComponent('+tag%_')}`);
    expect((body as { users: User[] }).users.map((user) => user.userId)).toEqual([userId]);
  });

  it.each(['%00', 'a%00b', '__proto__', '%F0%9F%98%80', '..%2f..%2fetc'])('knows no user %s', async (id) => {
    for (const [method, rest] of [
      ['GET', ''],
      ['PATCH', ''],
      ['DELETE', ''],
      ['POST', '/disable'],
      ['POST', '/enable'],
      ['POST', '/logout'],
      ['POST', '/password-reset'],
      ['POST', '/invitation'],
    ] as const)
      expect((await ask(method, `/users/${id}${rest}`, method === 'PATCH' ? {} : undefined)).status).toBe(
        404,
      );
  });

  it('goes through an account from registration to removal', async () => {
    const email = 'whole@example.com';
    await ask('POST', '/register', { email, password: PASSWORD });
    await ask('POST', '/email/verify', { token: await people.mailbox.nextToken() });
    await people.login(email);
    await ask('POST', '/password/forgot', { email });
    await ask('POST', '/password/reset', { token: await people.mailbox.nextToken(), password: NEW_PASSWORD });
    await people.login(email, NEW_PASSWORD);
    const { userId } = (await people.users.findByEmail(email))!;
    expect((await ask('DELETE', `/users/${userId}`)).status).toBe(204);
    const invited = await ask('POST', '/invitations', { email });
    expect(invited.status).toBe(201);
    const invitation = await people.mailbox.nextToken();
    expect((await ask('POST', '/invitations/accept', { token: invitation, password: PASSWORD })).status).toBe(
      204,
    );
    await people.login(email);
  });
});
