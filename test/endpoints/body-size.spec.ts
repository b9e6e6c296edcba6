import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';

import { PasswordHasher } from '../../libs/auth/src/users/password.hasher.js';
import { closeAll, PLATFORMS } from '../support/platforms.js';
import { bootPeople, type People } from '../users/accounts.support.js';

/** Whatever takes a password from whoever asks, with the fields that it reads. */
const BODIES: readonly (readonly [path: string, body: object])[] = [
  ['/login', { email: 'ada@example.com', password: 'x' }],
  ['/register', { email: 'ada@example.com', password: 'x' }],
  ['/setup', { setupToken: 'set-up-token-of-this-test-7Qm2', email: 'ada@example.com', password: 'x' }],
  ['/password/reset', { token: `ot_${'A'.repeat(43)}`, password: 'x' }],
  ['/invitations/accept', { token: `ot_${'A'.repeat(43)}`, password: 'x' }],
];

describe.each(PLATFORMS)('large bodies from anybody on %s', (platform) => {
  let people: People;
  let work: jest.Spied<PasswordHasher['hash']>[];
  beforeAll(async () => {
    people = await bootPeople(platform, { users: { setupToken: 'set-up-token-of-this-test-7Qm2' } });
    const hasher = people.app.get(PasswordHasher);
    work = [jest.spyOn(hasher, 'hash'), jest.spyOn(hasher, 'verify') as never];
  });
  afterAll(closeAll);

  it.each(BODIES)('POST %s: 413 for one of 2 MiB', async (path, body) => {
    const answer = await people.ask('POST', path, { body: { ...body, password: 'x'.repeat(2 ** 21) } });
    expect(answer).toMatchObject({ status: 413, body: { statusCode: 413 } });
    expect(JSON.stringify(answer.body)).not.toContain('xxx');
  });

  it.each(BODIES)(
    'POST %s: 400 for a password of 257 characters, with no hash computed',
    async (path, body) => {
      const answer = await people.ask('POST', path, { body: { ...body, password: 'x'.repeat(257) } });
      expect(answer.status).toBe(400);
      expect(JSON.stringify(answer.body)).toMatch(/password is longer than 256 characters/);
      expect(work.flatMap(({ mock }) => mock.calls)).toEqual([]);
    },
  );
});
