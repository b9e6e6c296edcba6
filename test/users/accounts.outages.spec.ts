import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { memoryStores } from '../../libs/auth/src/stores/auth-stores.js';
import { closeAll, PLATFORMS } from '../support/platforms.js';
import { RecordingLogger } from '../support/recording-logger.js';
import { bootPeople, NEW_PASSWORD, PASSWORD, type People } from './accounts.support.js';

const CANARY = 'connect ECONNREFUSED 10.0.0.1 password=hunter2';
const EMAIL = 'ada@example.com';

/** Verbs of a store reject while it is down. */
function fickle<T extends object>(store: T, isDown: () => boolean): T {
  return new Proxy(store, {
    get(target, name) {
      const verb: unknown = Reflect.get(target, name, target);
      if (typeof verb !== 'function') return verb;
      return (...args: unknown[]): unknown =>
        isDown() ? Promise.reject(new Error(CANARY)) : verb.apply(target, args);
    },
  });
}

const REQUESTS: readonly (readonly [string, string, object?])[] = [
  ['POST', '/register', { email: 'new@example.com', password: PASSWORD }],
  ['POST', '/password/forgot', { email: EMAIL }],
  ['POST', '/email/send-verification', { email: EMAIL }],
  ['POST', '/password', { currentPassword: PASSWORD, newPassword: NEW_PASSWORD }],
  ['PATCH', '/me', { name: 'Ada' }],
  ['GET', '/users'],
  ['POST', '/users', { email: 'new@example.com' }],
  ['GET', '/users/:id'],
  ['PATCH', '/users/:id', { name: 'Ada' }],
  ['DELETE', '/users/:id'],
  ['POST', '/users/:id/disable'],
  ['POST', '/users/:id/enable'],
  ['POST', '/users/:id/logout'],
  ['POST', '/users/:id/password-reset'],
  ['POST', '/users/:id/invitation'],
  ['POST', '/invitations', { email: 'new@example.com' }],
];

const TOKEN_REQUESTS = [
  ['/password/reset', { password: NEW_PASSWORD }],
  ['/email/verify', {}],
  ['/invitations/accept', { password: NEW_PASSWORD }],
] as const;

describe.each(PLATFORMS)('accounts while their store is down on %s', (platform) => {
  let isDown = false;
  let people: People;
  let token: string;
  let userId: string;
  const logger = new RecordingLogger();
  beforeAll(async () => {
    const stores = memoryStores();
    people = await bootPeople(
      platform,
      {
        stores: {
          ...stores,
          users: fickle(stores.users, () => isDown),
          oneTimeTokens: fickle(stores.oneTimeTokens, () => isDown),
        },
      },
      { logger },
    );
    ({ userId } = await people.add(EMAIL, { roles: ['administrator'] }));
    token = (await people.login(EMAIL)).accessToken;
  });
  afterAll(closeAll);

  const ask = async (method: string, path: string, body?: object): Promise<void> => {
    isDown = true;
    const answer = await people.ask(method, path.replace(':id', userId), { token, body });
    isDown = false;
    expect(answer).toMatchObject({ status: 503, body: { code: 'auth_unavailable' } });
    expect(JSON.stringify(answer.body)).not.toMatch(/ECONNREFUSED|hunter2|store/);
  };

  it.each(REQUESTS.map(([method, path, body]) => ({ method, path, body })))(
    '$method $path: 503',
    async ({ method, path, body }) => {
      await ask(method, path, body);
    },
  );

  it.each(TOKEN_REQUESTS)('POST %s: 503', async (path, body) => {
    await ask('POST', path, { token: `ot_${'A'.repeat(43)}`, ...body });
  });

  it('works again afterwards, and the log has no word of what a store says', async () => {
    expect((await people.ask('GET', `/users/${userId}`, { token })).status).toBe(200);
    expect(logger.messages().join('\n')).not.toMatch(/ECONNREFUSED|hunter2/);
  });
});
