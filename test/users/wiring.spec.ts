import { afterEach, describe, expect, it } from '@jest/globals';
import { AuthMailer, AuthModule, RouteAudit, type AuthMail } from 'nestjs-gatehouse';

import { boot, closeAll, PLATFORMS, SECRET } from '../support/platforms.js';

class NoMail extends AuthMailer {
  override async send(_mail: AuthMail): Promise<void> {}
}

const mailer = new NoMail();
const jwt = { secret: SECRET };
afterEach(closeAll);

describe.each(PLATFORMS)('users and the audit log on %s', (platform) => {
  it('are there when they are switched on, by forRoot and by forRootAsync', async () => {
    const useFactory = () => ({ jwt, mailer });
    const direct = await boot(platform, { auth: { users: true, audit: true, mailer } });
    const factory = await boot(platform, {
      authModule: AuthModule.forRootAsync({ users: true, audit: true, useFactory }),
    });
    const [one, other] = [direct, factory].map(({ app }) =>
      app
        .get(RouteAudit)
        .routes()
        .map(({ method, path }) => `${method} ${path}`),
    );
    expect(one).toEqual(other);
    expect(one).toEqual(expect.arrayContaining(['POST /auth/login', 'POST /auth/setup', 'GET /auth/audit']));
    expect(one).not.toContain('POST /auth/register');
  });

  it('are not there otherwise', async () => {
    const { app } = await boot(platform, {});
    const paths = app
      .get(RouteAudit)
      .routes()
      .map(({ path }) => path);
    expect(paths.filter((path) => /login|users|roles|audit|setup/.test(path))).toEqual([]);
  });
});

describe('options of users', () => {
  it.each([
    ['no mailer', AuthModule.forRoot({ jwt, users: true }), /mailer is missing beside users/],
    [
      'subjects as well',
      AuthModule.forRoot({ jwt, users: true, mailer, subjects: { find: async () => undefined } }),
      /subjects is given beside users/,
    ],
    [
      'users of the factory alone',
      AuthModule.forRootAsync({ useFactory: () => ({ jwt, mailer, users: {} }) }),
      /users is given by the factory alone\. Remedy: say users: true beside useFactory/,
    ],
    [
      'roles without users',
      AuthModule.forRoot({ jwt, roles: { reader: [] } }),
      /roles is given without users/,
    ],
    [
      'roles in a circle',
      AuthModule.forRoot({
        jwt,
        users: true,
        mailer,
        roles: { a: { inherits: ['b'] }, b: { inherits: ['a'] } },
      }),
      /roles\.a inherits from itself[^]*roles\.b inherits from itself/,
    ],
    [
      'a role that is there already',
      AuthModule.forRoot({ jwt, users: true, mailer, roles: { administrator: ['*'] } }),
      /roles\.administrator is always there/,
    ],
    [
      'a short set-up token',
      AuthModule.forRoot({ jwt, mailer, users: { setupToken: 'short' } }),
      /users\.setupToken \(AUTH_SETUP_TOKEN\) is not 16 to 200 characters/,
    ],
  ])('stop the boot: %s', async (_says, authModule, problem) => {
    await expect(boot('fastify', { authModule })).rejects.toThrow(problem);
  });
});
