// Work on people that an application is killed in the middle of.
import { createUser, emailOf, manager, open, read, refresh } from './kill-requests.mjs';
import { Revoker } from './kill-revoker.mjs';
import { Deposer, RoleChanger, RoleGiver } from './kill-roles.mjs';
import { Worker } from './kill-worker.mjs';
import { bearer, send } from './processes.mjs';

const PASSWORD = 'violet gondola near 41 lanterns';
const NEW_PASSWORD = 'seven quiet otters under glass';
const DISABLED = 6;
const RESET = 3;

class UserMaker extends Worker {
  constructor(application, credential, name) {
    super();
    Object.assign(this, { application, manager: credential, name, made: [], asked: 0 });
  }

  get request() {
    const body = { email: emailOf(`${this.name}-${this.asked}`), name: 'Made' };
    return ['POST', '/auth/users', { ...this.manager, body }];
  }

  async step() {
    this.asked += 1;
    const answer = await this.hit(this.application, ...this.request);
    if (answer === undefined) return false;
    this.made.push(answer.body);
    return true;
  }

  async check(application) {
    for (const { userId, email } of this.made.slice(-10)) {
      const path = `/auth/users/${userId}`;
      const { body } = await this.expect(application, 'a user', 200, 'GET', path, this.manager);
      if (body?.email !== email || body.name !== 'Made') this.problems.push('another user than was made');
    }
    // Whoever is not there can be made; whoever is there is whole, and cannot be made again.
    await this.expect(application, 'the last user once more', [201, 409], ...this.request);
    const path = `/auth/users?limit=100&search=${emailOf(this.name).split('@')[0]}-`;
    const { body } = await this.expect(application, 'the list of users', 200, 'GET', path, this.manager);
    // The manager is one of them.
    const count = body?.users.length - 1;
    if (count !== Math.min(99, this.asked)) this.problems.push(`listed: ${count}, asked for: ${this.asked}`);
    return this.problems;
  }
}

class PasswordResetter extends Worker {
  constructor(application, victims) {
    super();
    Object.assign(this, { application, victims, done: [] });
  }

  reset({ token }) {
    return ['POST', '/auth/password/reset', { body: { token, password: NEW_PASSWORD } }];
  }

  async step() {
    const victim = this.victims.shift();
    if (victim === undefined) return false;
    if ((await this.hit(this.application, ...this.reset(victim))) === undefined) {
      this.unknown = victim;
      return false;
    }
    this.done.push(victim);
    return true;
  }

  /** Is the session good, the old password, the new one? */
  async stateOf(application, { email, session }) {
    const requests = [
      read(bearer(session.accessToken)),
      ...[PASSWORD, NEW_PASSWORD].map((password) => ['POST', '/auth/login', { body: { email, password } }]),
    ];
    const statuses = [];
    for (const one of requests)
      statuses.push((await this.expect(application, 'a look', [200, 401], ...one)).status);
    return statuses.join(' ');
  }

  async check(application) {
    const [old, fresh] = ['200 200 401', '401 401 200'];
    for (const victim of this.done) {
      const state = await this.stateOf(application, victim);
      if (state !== fresh) this.problems.push(`a new password that was answered: ${state}`);
      await this.expect(application, 'a token that was used', 400, ...this.reset(victim));
    }
    for (const { session } of this.victims)
      await this.expect(application, 'a session', 200, ...read(bearer(session.accessToken)));
    if (this.unknown === undefined) return this.problems;
    const state = await this.stateOf(application, this.unknown);
    if (state !== old && state !== fresh) this.problems.push(`half a new password: ${state}`);
    // The token is spent before anything is done with it: it may be gone for nothing, and it is never good twice.
    const again = state === old ? [204, 400] : 400;
    await this.expect(application, 'the token once more', again, ...this.reset(this.unknown));
    return this.problems;
  }
}

async function disabledOnes(application, name) {
  const credential = await manager(application, name);
  return Promise.all(
    Array.from({ length: DISABLED }, async (_, i) => {
      const userId = await createUser(application, `${name}-${i}`);
      const [one, other] = await Promise.all([open(application, userId), open(application, userId)]);
      return {
        kind: 'user',
        revoke: ['POST', `/auth/users/${userId}/disable`, credential],
        reads: [
          read(bearer(one.accessToken)),
          read(bearer(other.accessToken)),
          refresh(one.refreshToken),
          refresh(other.refreshToken),
        ],
      };
    }),
  );
}

async function forgetfulOnes(application, name) {
  const credential = await manager(application, name);
  return Promise.all(
    Array.from({ length: RESET }, async (_, i) => {
      const known = { password: PASSWORD, isEmailVerified: true };
      const userId = await createUser(application, `${name}-${i}`, known);
      const session = await open(application, userId);
      await send(application, 'POST', `/auth/users/${userId}/password-reset`, credential);
      const token = await application.call('mailedToken', userId);
      return { email: emailOf(`${name}-${i}`), session, token };
    }),
  );
}

/** Somebody with a role of their own, and with a token from when they had it. */
async function holder(application, name) {
  const role = name.replaceAll(' ', '-');
  const userId = await createUser(application, name);
  await application.call('createRole', { name: role, permissions: ['note:update'] });
  await application.call('assignRole', userId, role);
  const { accessToken } = await open(application, userId, ['note:update']);
  return { manager: await manager(application, name), userId, role, credential: bearer(accessToken) };
}

/** The two administrators, who are the same in every round, both with their role. */
async function administrators(application, credential) {
  return Promise.all(
    ['administrator-one', 'administrator-other'].map(async (name) => {
      const path = `/auth/users?search=${emailOf(name)}`;
      const { body } = await send(application, 'GET', path, credential);
      const userId = body.users[0]?.userId ?? (await createUser(application, name));
      await application.call('assignRole', userId, 'administrator');
      return userId;
    }),
  );
}

/** As the other workers. */
export const PEOPLE_WORKERS = {
  'create user': async (application, name) =>
    new UserMaker(application, await manager(application, name), name),
  'give role': async (application, name) => new RoleGiver(application, await holder(application, name)),
  'change role': async (application, name) => new RoleChanger(application, await holder(application, name)),
  'disable user': async (application, name) =>
    new Revoker(application, await disabledOnes(application, name)),
  'reset password': async (application, name) =>
    new PasswordResetter(application, await forgetfulOnes(application, name)),
  'last administrator': async (application, name) => {
    const credential = await manager(application, name);
    return new Deposer(application, credential, await administrators(application, credential));
  },
};
