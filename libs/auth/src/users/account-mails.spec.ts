import { beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';

import { RecordingLogger } from '../../../../test/support/recording-logger.js';
import { RateLimits } from '../api-keys/rate-limits.js';
import { AuthEvents } from '../events/auth-events.js';
import { MemoryRateLimitCounter } from '../stores/memory/memory-rate-limit.counter.js';
import { memoryStores } from '../stores/auth-stores.js';
import { ManualClock } from '../testing/manual-clock.js';
import { AccountMails } from './account-mails.js';
import type { AuthMail, AuthMailer } from './auth-mailer.js';
import { OneTimeTokenService } from './one-time-token.service.js';
import type { UserRecord } from './user.store.js';

const CANARY = 'ada@example.com';
const NOW = new Date('2026-01-02T03:04:05Z');
const ADA: UserRecord = {
  ...{ userId: 'ada', email: CANARY, name: 'Ada', orgId: undefined, passwordHash: undefined, isActive: true },
  ...{ emailVerifiedAt: undefined, metadata: {}, createdAt: NOW, updatedAt: NOW },
};

describe('AccountMails', () => {
  const clock = new ManualClock(NOW);
  let logger: RecordingLogger;
  let sent: AuthMail[];
  beforeEach(() => {
    Logger.overrideLogger((logger = new RecordingLogger()));
    sent = [];
  });

  const mailsWith = (send: AuthMailer['send']): AccountMails => {
    const { oneTimeTokens, users } = memoryStores();
    const [counter, fallback] = [new MemoryRateLimitCounter(), new MemoryRateLimitCounter()];
    return new AccountMails(
      { send },
      new OneTimeTokenService(oneTimeTokens, users, clock),
      new RateLimits(counter, fallback, new AuthEvents(clock)),
    );
  };
  const keep = async (mail: AuthMail): Promise<void> => void sent.push(mail);
  const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  it('sends a token that is good for an hour', async () => {
    await mailsWith(keep).send('invitation', ADA);
    expect(sent).toEqual([
      {
        ...{ kind: 'invitation', to: CANARY, name: 'Ada', userId: 'ada' },
        ...{ token: expect.stringMatching(/^ot_/), expiresAt: new Date(NOW.getTime() + 3_600_000) },
      },
    ]);
  });

  it('sends no token to whoever is only to know', () => {
    mailsWith(keep).tellOfRepetition(ADA);
    expect(sent).toMatchObject([{ kind: 'registration-repeated', token: undefined, expiresAt: undefined }]);
  });

  it.each<[string, AuthMailer['send']]>([
    ['rejects', () => Promise.reject(new RangeError(CANARY))],
    [
      'throws',
      () => {
        throw new RangeError(CANARY);
      },
    ],
  ])('notes that a mailer %s, and neither whom nor what', async (_what, send) => {
    await mailsWith(send).send('password-reset', ADA);
    await settled();
    expect(logger.messages('AccountMails')).toEqual(['A mail was not sent: RangeError']);
  });

  it('does what is behind an answer later, and notes a failure', async () => {
    const mails = mailsWith(keep);
    const done: string[] = [];
    mails.behind(async () => void done.push('behind'));
    mails.behind(() => Promise.reject(new TypeError(CANARY)));
    await Promise.resolve();
    done.push('answer');
    await settled();
    await settled();
    expect(done).toEqual(['answer', 'behind']);
    expect(logger.messages('AccountMails')).toEqual(['A mail was not sent: TypeError']);
  });

  it('counts the mails of one kind to one address', async () => {
    const mails = mailsWith(keep);
    const allowed = [];
    for (let i = 0; i < 6; i += 1) allowed.push(await mails.mayGoTo(CANARY, 'password-reset'));
    expect(allowed).toEqual([true, true, true, true, true, false]);
    expect(await mails.mayGoTo('bob@example.com', 'password-reset')).toBe(true);
    expect(await mails.mayGoTo(CANARY, 'registration-repeated')).toBe(true);
  });
});
