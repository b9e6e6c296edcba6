import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  ApiKeyService,
  RevocationFeed,
  SessionService,
  SubjectChanges,
  TokenService,
  type Subject,
  type UserIdentity,
} from 'nestjs-gatehouse';

import { call, statusOf, type CallOptions } from '../support/call.js';
import { closeAll, PLATFORMS, type Booted, type Platform } from '../support/platforms.js';
import { POSTGRES } from '../support/databases.js';
import { describeIfServer } from '../support/servers.js';
import { inMemory, onPGlite, onPostgres, type Instances } from './instances.js';

type Credential = Pick<CallOptions, 'token' | 'apiKey'>;

const HOLDS: Subject = { isActive: true, permissions: ['session:*'], roles: ['editor'] };
const HOLDS_NOT: Subject = { isActive: true, permissions: ['session:create'], roles: [] };

describe.each(PLATFORMS)('live permissions on %s, in memory', (platform) => suite(platform, inMemory));

describe.each(PLATFORMS)('live permissions on %s, in PGlite', (platform) => suite(platform, onPGlite));

await describeIfServer(POSTGRES, 'live permissions in Postgres', (url) => {
  describe.each(PLATFORMS)('on %s', (platform) => suite(platform, () => onPostgres(url)));
});

/** Two instances of one application: the change is made on one, and the requests go to both. */
function suite(platform: Platform, share: () => Promise<Instances>): void {
  let shared: Instances;
  let [one, two]: Booted[] = [];
  let userId: string;
  beforeAll(async () => {
    shared = await share();
    one = await shared.start(platform);
    two = await shared.start(platform);
  });
  afterAll(async () => {
    await closeAll();
    await shared.end();
  });
  beforeEach(() => {
    userId = randomUUID();
    shared.subjects.isDown = false;
    shared.subjects.known.set(userId, HOLDS);
    // What is issued now is not from before the changes of the test before.
    shared.clock.advance(11);
  });

  const tokens = (): TokenService => one!.app.get(TokenService);
  const token = (): string =>
    tokens().createAccessToken({
      userId,
      permissions: ['session:read', 'memory:read'],
      roles: ['editor', 'x'],
    });
  const CREDENTIALS: Readonly<Record<string, () => Promise<Credential>>> = {
    'access token': async () => ({ token: token() }),
    'service token': async () => ({
      token: tokens().createServiceToken({ clientId: userId, permissions: ['session:read'] }),
    }),
    'API key': async () => ({
      apiKey: (
        await one!.app.get(ApiKeyService).create({ name: 'ci', userId, permissions: ['session:read'] })
      ).key,
    }),
    'token of a session': async () => ({
      token: (await one!.app.get(SessionService).open({ userId, permissions: ['*'] })).accessToken,
    }),
  };

  const read = (credential: Credential, { url }: Booted = two!): Promise<number> =>
    statusOf(`${url}/read`, credential);
  const who = async (credential: Credential, { url }: Booted = two!): Promise<UserIdentity> =>
    (await call(`${url}/who`, credential)).body as UserIdentity;

  /** As a store of roles does it: the change, and with it the entry. Waits until the other instance has heard. */
  const change = async (subject: Subject | undefined, id = userId): Promise<void> => {
    shared.subjects.known.set(userId, subject);
    const feed = one!.app.get(RevocationFeed);
    await feed.revoke(one!.app.get(SubjectChanges).changed(id));
    const other = two!.app.get(RevocationFeed);
    while (other.position < feed.position) await new Promise((resolve) => setTimeout(resolve, 5));
  };

  describe.each(Object.keys(CREDENTIALS))('the %s from before', (kind) => {
    let credential: Credential;
    beforeEach(async () => {
      credential = await CREDENTIALS[kind]!();
      expect(await read(credential)).toBe(200);
    });

    it.each(['the subject', 'every subject'])(
      'loses a permission, and has it back: entry about %s',
      async (about) => {
        const id = about === 'the subject' ? userId : '';
        await change(HOLDS_NOT, id);
        for (const instance of [one!, two!, two!]) expect(await read(credential, instance)).toBe(403);
        await change(HOLDS, id);
        for (const instance of [two!, one!]) expect(await read(credential, instance)).toBe(200);
      },
    );

    it.each([
      ['disabled', { isActive: false, permissions: ['*'] }],
      ['unknown', undefined],
    ])('is refused when its subject is %s', async (_what, subject) => {
      await change(subject);
      for (const instance of [one!, two!, two!]) expect(await read(credential, instance)).toBe(401);
      await change(HOLDS);
      expect(await read(credential)).toBe(200);
    });

    it('is answered 503 while the directory is away, and passes nowhere', async () => {
      await change(HOLDS_NOT);
      shared.subjects.isDown = true;
      for (const instance of [two!, one!, two!]) expect(await read(credential, instance)).toBe(503);
      shared.subjects.isDown = false;
      expect(await read(credential)).toBe(403);
    });

    it('costs one look after a change, and no store between changes', async () => {
      await change(HOLDS);
      const before = [shared.subjects.questions, shared.storeCalls()];
      expect(await read(credential)).toBe(200);
      const isKey = credential.apiKey !== undefined;
      expect([shared.subjects.questions, shared.storeCalls()]).toEqual([
        before[0]! + 1,
        before[1]! + (isKey ? 1 : 0),
      ]);
      for (let i = 0; i < 10; i += 1) expect(await read(credential)).toBe(200);
      expect([shared.subjects.questions, shared.storeCalls()]).toEqual([
        before[0]! + 1,
        before[1]! + (isKey ? 1 : 0),
      ]);
    });

    it('is not remembered by a look that began before the change', async () => {
      await change(HOLDS);
      const asked = shared.subjects.questions;
      const release = shared.subjects.hold();
      const early = read(credential);
      while (shared.subjects.questions === asked) await new Promise(setImmediate);
      await change(HOLDS_NOT);
      release();
      expect(await early).toBe(403);
      for (let i = 0; i < 2; i += 1) expect(await read(credential)).toBe(403);
    });
  });

  it('is what token and subject both have: permissions and roles', async () => {
    const credential = { token: token() };
    expect(await who(credential)).toMatchObject({
      permissions: ['session:read', 'memory:read'],
      roles: ['editor', 'x'],
    });
    await change({ isActive: true, permissions: ['session:*', 'admin:read'], roles: ['editor', 'y'] });
    expect(await who(credential)).toMatchObject({ permissions: ['session:read'], roles: ['editor'] });
    const verified = await two!.app.get(TokenService).verifyAccessToken(credential.token);
    expect(verified).toMatchObject({ permissions: ['session:read'], roles: ['editor'] });
    const caller = tokens().createAccessToken({ userId });
    const { body } = await call(`${two!.url}/auth/introspect`, {
      method: 'POST',
      token: caller,
      body: new URLSearchParams(credential),
    });
    expect(body).toMatchObject({ active: true, scope: 'session:read' });
  });

  it('asks nobody about a token that was issued after the change', async () => {
    await change(HOLDS_NOT);
    const { questions } = shared.subjects;
    // Until then it may still have been under way.
    shared.clock.advance(11);
    const after = token();
    const calls = shared.storeCalls();
    for (let i = 0; i < 3; i += 1) expect(await read({ token: after })).toBe(200);
    expect([shared.subjects.questions, shared.storeCalls()]).toEqual([questions, calls]);
  });

  it('asks nobody about others', async () => {
    const credential = {
      token: tokens().createAccessToken({ userId: 'bob', permissions: ['session:read'] }),
    };
    await change(HOLDS_NOT);
    const { questions } = shared.subjects;
    expect(await read(credential)).toBe(200);
    expect(shared.subjects.questions).toBe(questions);
  });
}
