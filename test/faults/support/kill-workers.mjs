// Work that an application is killed in the middle of. Each works until there is no answer, and then looks at another
// application: what was answered must be so, and what was not answered is either so or not.
import { PEOPLE_WORKERS } from './kill-people.mjs';
import { createUser, login, open, read, refresh } from './kill-requests.mjs';
import { Revoker } from './kill-revoker.mjs';
import { SigningKeyChanger } from './kill-signing-keys.mjs';
import { Worker } from './kill-worker.mjs';
import { apiKey, bearer, send } from './processes.mjs';

class Refresher extends Worker {
  constructor(application, session) {
    super();
    Object.assign(this, { application, session, used: [] });
  }

  async step() {
    const { refreshToken } = this.session;
    const answer = await this.hit(this.application, ...refresh(refreshToken));
    if (answer === undefined) return false;
    this.used.push(refreshToken);
    this.session = answer.body;
    return true;
  }

  async check(application) {
    const { accessToken, refreshToken } = this.session;
    await this.expect(application, 'the access token', 200, ...read(bearer(accessToken)));
    const next = await this.expect(application, 'the last refresh token', 200, ...refresh(refreshToken));
    const last = await this.expect(application, 'its successor', 200, ...refresh(next.body?.refreshToken));
    await this.expect(application, 'a token used long ago', 401, ...refresh(this.used[0] ?? refreshToken));
    await this.expect(application, 'the family after a reuse', 401, ...refresh(last.body?.refreshToken));
    await this.expect(application, 'the access token after a reuse', 401, ...read(bearer(accessToken)));
    return this.problems;
  }
}

async function victimsOf(application, name) {
  const [one, all, token, key] = await Promise.all(
    ['one', 'all', 'token', 'key'].map((role) => login(application, `${name}-${role}`)),
  );
  const [two, again] = await Promise.all([one, all].map(({ userId }) => open(application, userId)));
  const made = await send(application, 'POST', '/auth/api-keys', {
    ...bearer(key.accessToken),
    body: { name },
  });
  const { key: secret, apiKey: record } = made.body;
  await send(application, ...read(apiKey(secret)));
  return [
    {
      kind: 'session',
      revoke: ['DELETE', `/auth/sessions/${one.sessionId}`, bearer(two.accessToken)],
      reads: [read(bearer(one.accessToken)), refresh(one.refreshToken)],
    },
    {
      kind: 'key',
      revoke: ['DELETE', `/auth/api-keys/${record.keyId}`, bearer(key.accessToken)],
      reads: [read(apiKey(secret))],
    },
    {
      kind: 'subject',
      revoke: ['POST', '/auth/logout-all', bearer(all.accessToken)],
      reads: [read(bearer(all.accessToken)), read(bearer(again.accessToken)), refresh(again.refreshToken)],
    },
    {
      kind: 'token',
      revoke: ['POST', '/auth/revoke', { ...bearer(token.accessToken), body: { token: token.accessToken } }],
      reads: [read(bearer(token.accessToken))],
    },
  ].toSorted(() => Math.random() - 0.5);
}

class KeyMaker extends Worker {
  constructor(application, owner, name) {
    super();
    Object.assign(this, { application, owner, name, made: [], asked: 0 });
  }

  async step() {
    this.asked += 1;
    const body = { name: `${this.name}-${this.asked}` };
    const answer = await this.hit(this.application, 'POST', '/auth/api-keys', {
      ...bearer(this.owner.accessToken),
      body,
    });
    if (answer === undefined) return false;
    this.made.push(answer.body);
    return true;
  }

  async check(application) {
    for (const { key } of this.made.slice(-10))
      await this.expect(application, 'a key that was made', 200, ...read(apiKey(key)));
    const path = '/auth/api-keys?limit=100';
    const { body } = await this.expect(
      application,
      'the list of keys',
      200,
      'GET',
      path,
      bearer(this.owner.accessToken),
    );
    const names = (body?.apiKeys ?? []).map(({ name }) => name);
    const isListed = this.made.every(({ apiKey: { name } }, i) => i >= 100 || names.includes(name));
    if (!isListed || names.length > this.asked)
      this.problems.push(`listed: ${names.length}, asked for: ${this.asked}`);
    return this.problems;
  }
}

class KeyRotator extends Worker {
  constructor(application, owner, made) {
    super();
    Object.assign(this, { application, owner, chain: [made] });
  }

  get rotation() {
    const { keyId } = this.chain.at(-1).apiKey;
    return [
      'POST',
      `/auth/api-keys/${keyId}/rotate`,
      { ...bearer(this.owner.accessToken), body: { overlap: 3_600 } },
    ];
  }

  async step() {
    const answer = await this.hit(this.application, ...this.rotation);
    if (answer === undefined) return false;
    this.chain.push(answer.body);
    return true;
  }

  async check(application) {
    for (const { key } of this.chain.slice(-5))
      await this.expect(application, 'a key of the chain', 200, ...read(apiKey(key)));
    const { keyId } = this.chain.at(-1).apiKey;
    const path = `/auth/api-keys/${keyId}`;
    const { body } = await this.expect(
      application,
      'the last key',
      200,
      'GET',
      path,
      bearer(this.owner.accessToken),
    );
    const isReplaced = body?.replacedBy !== undefined;
    await this.expect(application, 'another rotation', isReplaced ? 400 : 201, ...this.rotation);
    return this.problems;
  }
}

/** Each makes a worker for an application, with what it needs made already. */
export const WORKERS = {
  refresh: async (application, name) => new Refresher(application, await login(application, name)),
  revoke: async (application, name) => new Revoker(application, await victimsOf(application, name)),
  'create key': async (application, name) => new KeyMaker(application, await login(application, name), name),
  'rotate key': async (application, name) => {
    const owner = await login(application, name);
    const { body } = await send(application, 'POST', '/auth/api-keys', {
      ...bearer(owner.accessToken),
      body: { name },
    });
    return new KeyRotator(application, owner, body);
  },
  ...PEOPLE_WORKERS,
  'signing keys': async (application, name) =>
    new SigningKeyChanger(application, await createUser(application, name)),
};
