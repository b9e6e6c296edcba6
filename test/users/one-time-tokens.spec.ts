import { createHash } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ApiKeyService, TokenService } from 'nestjs-gatehouse';

import type { CallAnswer } from '../support/call.js';
import { closeAll, PLATFORMS } from '../support/platforms.js';
import { bootPeople, NEW_PASSWORD, PASSWORD, type People } from './accounts.support.js';

const GONE = {
  status: 400,
  body: { message: ['token is unknown, was used already or has expired'] },
};

/** Where a token of each kind is presented, and with what. */
const REDEMPTIONS = {
  'password-reset': { path: '/password/reset', body: { password: NEW_PASSWORD } },
  'email-verification': { path: '/email/verify', body: {} },
  invitation: { path: '/invitations/accept', body: { password: NEW_PASSWORD } },
} as const;
type Kind = keyof typeof REDEMPTIONS;
const KINDS = Object.keys(REDEMPTIONS) as Kind[];

describe.each(PLATFORMS)('one-time tokens on %s', (platform) => {
  let people: People;
  let count = 0;
  beforeAll(async () => {
    people = await bootPeople(platform);
  });
  afterAll(closeAll);

  const redeem = (kind: Kind, token: string, more: object = {}): Promise<CallAnswer> => {
    const { path, body } = REDEMPTIONS[kind];
    return people.ask('POST', path, { body: { token, ...body, ...more } });
  };

  const administrator = async (): Promise<string> => {
    count += 1;
    await people.add(`admin${count}@example.com`, { roles: ['administrator'] });
    return (await people.login(`admin${count}@example.com`)).accessToken;
  };

  /** A new user and a token for them, as a mail has it. */
  const issue = async (kind: Kind): Promise<{ email: string; userId: string; token: string }> => {
    count += 1;
    const email = `user${count}@example.com`;
    if (kind === 'invitation') {
      const token = await administrator();
      expect((await people.ask('POST', '/invitations', { token, body: { email } })).status).toBe(201);
    } else {
      await people.add(email, { isEmailVerified: kind === 'password-reset' });
      const path = kind === 'password-reset' ? '/password/forgot' : '/email/send-verification';
      expect((await people.ask('POST', path, { body: { email } })).status).toBe(202);
    }
    const mail = await people.mailbox.next();
    expect(mail).toMatchObject({ kind, to: email });
    return { email, userId: mail.userId, token: mail.token! };
  };

  it.each(KINDS)('%s: of 100 parallel uses one succeeds', async (kind) => {
    const { token } = await issue(kind);
    const answers = await Promise.all(Array.from({ length: 100 }, () => redeem(kind, token)));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.toSorted((a, b) => a - b)).toEqual([204, ...Array.from({ length: 99 }, () => 400)]);
    expect(answers.find(({ status }) => status === 400)).toMatchObject(GONE);
  });

  it.each(KINDS)('%s: lasts an hour and no longer', async (kind) => {
    const [first, second] = [await issue(kind), await issue(kind)];
    people.clock.advance(3_599);
    expect((await redeem(kind, first.token)).status).toBe(204);
    people.clock.advance(1);
    expect(await redeem(kind, second.token)).toMatchObject(GONE);
  });

  it.each(KINDS)('%s: is void once the address has changed', async (kind) => {
    const { userId, token } = await issue(kind);
    await people.users.update(userId, { email: `moved${count}@example.com` });
    expect(await redeem(kind, token)).toMatchObject(GONE);
  });

  it.each(KINDS)('%s: is void once the password has changed', async (kind) => {
    const { email, token } = await issue(kind);
    await people.ask('POST', '/password/forgot', { body: { email } });
    const other = await people.mailbox.nextToken();
    expect((await redeem('password-reset', other)).status).toBe(204);
    expect(await redeem(kind, token)).toMatchObject(GONE);
  });

  it.each(KINDS)('%s: is void while its user is disabled, and after they are gone', async (kind) => {
    const [first, second] = [await issue(kind), await issue(kind)];
    await people.users.disable(first.userId);
    expect(await redeem(kind, first.token)).toMatchObject(GONE);
    await people.users.remove(second.userId);
    expect(await redeem(kind, second.token)).toMatchObject(GONE);
  });

  it('is stored as its digest alone', async () => {
    const { token } = await issue('password-reset');
    expect(token).toMatch(/^ot_[A-Za-z0-9_-]{43}$/);
    const digest = createHash('sha256').update(token).digest('hex');
    const stored = await people.stores.oneTimeTokens.consume(
      digest,
      'password-reset',
      new Date(people.clock.now()),
    );
    expect(stored).toMatchObject({ tokenHash: digest });
    expect(JSON.stringify(stored)).not.toContain(token);
  });

  it('stays good after a password that the policy refuses', async () => {
    const { email, token } = await issue('password-reset');
    const refused = await redeem('password-reset', token, { password: 'password' });
    expect(refused).toMatchObject({
      status: 400,
      body: { message: [expect.stringMatching(/^password is shorter/)] },
    });
    expect((await redeem('password-reset', token)).status).toBe(204);
    await people.login(email, NEW_PASSWORD);
  });

  it.each(['findById', 'update'] as const)('stays good when the store did not answer (%s)', async (verb) => {
    const { email, token } = await issue('password-reset');
    const { users } = people.stores;
    const outage = jest.spyOn(users, verb).mockRejectedValueOnce(new Error('connect ECONNREFUSED'));
    const answer = await redeem('password-reset', token);
    expect(outage).toHaveBeenCalled();
    outage.mockRestore();
    expect(answer).toMatchObject({ status: 503, body: { code: 'auth_unavailable' } });
    expect((await redeem('password-reset', token)).status).toBe(204);
    await people.login(email, NEW_PASSWORD);
  });

  describe('kinds never interchange', () => {
    /** Everything that a client can hold, made for one user. */
    const everything = async (): Promise<Readonly<Record<string, string>>> => {
      count += 1;
      const email = `all${count}@example.com`;
      const { userId } = await people.add(email);
      const { accessToken, refreshToken } = await people.login(email);
      const tokens = people.app.get(TokenService);
      return {
        'access token': accessToken,
        'refresh token': refreshToken,
        'service token': tokens.createServiceToken({ clientId: 'worker' }),
        'API key': (await people.app.get(ApiKeyService).create({ name: 'k', userId })).key,
        password: PASSWORD,
      };
    };

    it.each(KINDS)('%s is nothing but that', async (kind) => {
      const { token } = await issue(kind);
      for (const other of KINDS.filter((one) => one !== kind))
        expect(await redeem(other, token)).toMatchObject(GONE);
      const presented = [
        await people.ask('GET', '/me', { token }),
        await people.ask('GET', '/me', { apiKey: token }),
        await people.ask('POST', '/refresh', { body: { refreshToken: token } }),
      ];
      expect(presented.map(({ status }) => status)).toEqual([401, 401, 401]);
      // None of that has spent it.
      expect((await redeem(kind, token)).status).toBe(204);
    });

    it('nothing else is one of them', async () => {
      for (const [what, value] of Object.entries(await everything()))
        for (const kind of KINDS)
          expect([what, kind, (await redeem(kind, value)).status]).toEqual([what, kind, 400]);
    });
  });
});
