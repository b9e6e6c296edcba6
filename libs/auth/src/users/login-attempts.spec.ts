import { describe, expect, it } from '@jest/globals';

import { RateLimitCounter, type RateLimitWindow } from '../api-keys/rate-limit.counter.js';
import { RateLimits } from '../api-keys/rate-limits.js';
import type { AuthError } from '../errors.js';
import { AuthEvents, type AuthEvent } from '../events/auth-events.js';
import { resolveOptions } from '../options/resolve-options.js';
import { ManualClock } from '../testing/manual-clock.js';
import { LoginAttempts } from './login-attempts.js';

const jwt = { secret: 'pQ7vYt3mK9xWz2Rb5Ns8Dc1Hf6Jg4La0Ue3Oi7Tq9Vy2Mx5Bn8Kw1Zr4Cp6Sd0Gh' };
const loginLimits = { account: { limit: 3, window: 900 }, source: { limit: 5, window: 60 } };
const options = resolveOptions({ jwt, users: { loginLimits } }, { hasUsers: true, hasMailer: true });

const ADA = 'ada@example.com';
const BOB = 'bob@example.com';
const HOME = { ip: '192.0.2.7' };
const STRANGERS = Array.from({ length: 200 }, (_, index) => ({ ip: `198.51.100.${index}` }));

/** A counter that follows a clock. */
class ClockedCounter extends RateLimitCounter {
  readonly windows = new Map<string, { used: number; endsAt: number }>();

  constructor(private readonly clock: ManualClock) {
    super();
  }

  override async count(key: string, window: number): Promise<RateLimitWindow> {
    const now = this.clock.now();
    const open = this.windows.get(key);
    const current =
      open !== undefined && open.endsAt > now ? open : { used: 0, endsAt: now + window * 1_000 };
    current.used += 1;
    this.windows.set(key, current);
    return { used: current.used, endsIn: current.endsAt - now };
  }

  override async reset(key: string): Promise<void> {
    this.windows.delete(key);
  }
}

function make() {
  const clock = new ManualClock();
  const events = new AuthEvents(clock);
  const told: AuthEvent[] = [];
  events.subscribe((event) => told.push(event));
  const counter = new ClockedCounter(clock);
  const limits = new RateLimits(counter, new ClockedCounter(clock), events);
  const attempts = new LoginAttempts(options, limits, events);
  /** How many of so many attempts are let through. */
  const passed = async (times: number, email: string, origin: (index: number) => object): Promise<number> => {
    let count = 0;
    for (let index = 0; index < times; index += 1)
      await attempts.begin(email, origin(index)).then(
        () => (count += 1),
        () => undefined,
      );
    return count;
  };
  return { clock, told, counter, attempts, passed };
}

describe('one account', () => {
  it('gets as many attempts as the options say, from wherever they come', async () => {
    const { passed } = make();
    expect(await passed(10, ADA, (index) => STRANGERS[index]!)).toBe(3);
    expect(await passed(10, BOB, () => HOME)).toBe(3);
  });

  it('gets no more when they come at the same time', async () => {
    const { attempts } = make();
    const results = await Promise.allSettled(STRANGERS.map((origin) => attempts.begin(ADA, origin)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
  });

  it('says when another attempt makes sense, and tells of it', async () => {
    const { attempts, passed, clock, told } = make();
    await passed(3, ADA, (index) => STRANGERS[index]!);
    clock.advance(100);
    await expect(attempts.begin(ADA, { ...HOME, requestId: 'r1' })).rejects.toMatchObject({
      code: 'rate_limited',
      retryAfter: 800,
    } satisfies Partial<AuthError>);
    expect(told).toEqual([
      { type: 'login.limited', target: 'account', ...HOME, requestId: 'r1', time: new Date(clock.now()) },
    ]);
    clock.advance(800);
    await attempts.begin(ADA, HOME);
  });

  it('begins anew after the right password', async () => {
    const { attempts, passed } = make();
    await passed(2, ADA, (index) => STRANGERS[index]!);
    await (await attempts.begin(ADA, STRANGERS[2]!)).succeeded();
    expect(await passed(10, ADA, (index) => STRANGERS[10 + index]!)).toBe(3);
  });

  it('begins anew after a new password by mail', async () => {
    const { attempts, passed } = make();
    await passed(5, ADA, (index) => STRANGERS[index]!);
    await attempts.forget(ADA);
    expect(await passed(5, ADA, (index) => STRANGERS[10 + index]!)).toBe(3);
  });
});

describe('a source from which a new password was set', () => {
  it('lets the owner in, whoever locks the account from elsewhere at once', async () => {
    const { attempts, passed } = make();
    await passed(5, ADA, (index) => STRANGERS[index]!);
    await attempts.forget(ADA, HOME);
    await passed(5, ADA, (index) => STRANGERS[index]!);
    expect(await passed(5, ADA, () => HOME)).toBe(3);
    expect(await passed(5, ADA, () => STRANGERS[9]!)).toBe(0);
  });

  it('begins anew, if it was used up', async () => {
    const { attempts, passed } = make();
    await (await attempts.begin(ADA, HOME)).succeeded();
    await passed(5, ADA, () => HOME);
    await attempts.forget(ADA, HOME);
    expect(await passed(5, ADA, () => HOME)).toBe(3);
  });

  it('is nobody’s where it is unknown', async () => {
    const { attempts, passed } = make();
    await attempts.forget(ADA, {});
    await passed(5, ADA, (index) => STRANGERS[index]!);
    expect(await passed(5, ADA, () => ({}))).toBe(0);
  });
});

describe('a source from which somebody logged in before', () => {
  it('still lets the owner in while strangers keep the account locked', async () => {
    const { attempts, passed, clock } = make();
    await (await attempts.begin(ADA, HOME)).succeeded();
    for (let day = 0; day < 10; day += 1) {
      expect(await passed(20, ADA, (index) => STRANGERS[index]!)).toBe(3);
      await (await attempts.begin(ADA, HOME)).succeeded();
      // The owner's success gives the strangers no more attempts.
      expect(await passed(20, ADA, (index) => STRANGERS[20 + index]!)).toBe(0);
      clock.advance(86_400);
    }
  });

  it('has as many attempts as the account has, and no more', async () => {
    const { attempts, passed } = make();
    await (await attempts.begin(ADA, HOME)).succeeded();
    expect(await passed(10, ADA, () => HOME)).toBe(3);
  });

  it('is familiar with that account alone', async () => {
    const { attempts, passed } = make();
    await (await attempts.begin(ADA, HOME)).succeeded();
    await passed(5, BOB, (index) => STRANGERS[index]!);
    await expect(attempts.begin(BOB, HOME)).rejects.toMatchObject({ code: 'rate_limited' });
  });

  it('is not so for ever, and not by failing', async () => {
    const { attempts, passed, clock } = make();
    await (await attempts.begin(ADA, HOME)).succeeded();
    clock.advance(14 * 86_400 + 1);
    await attempts.begin(BOB, HOME);
    await attempts.begin(BOB, HOME);
    await passed(5, ADA, (index) => STRANGERS[index]!);
    await passed(5, BOB, (index) => STRANGERS[index]!);
    for (const email of [ADA, BOB])
      await expect(attempts.begin(email, HOME)).rejects.toMatchObject({ code: 'rate_limited' });
  });

  it('does not become so while many ask at the same time', async () => {
    const { attempts, passed } = make();
    expect(await passed(3, ADA, (index) => STRANGERS[index]!)).toBe(3);
    const results = await Promise.allSettled(Array.from({ length: 50 }, () => attempts.begin(ADA, HOME)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toEqual([]);
  });

  it('leaves room for the first logins of others there', async () => {
    const { attempts, passed } = make();
    await (await attempts.begin(ADA, HOME)).succeeded();
    for (let index = 0; index < 20; index += 1) await (await attempts.begin(ADA, HOME)).succeeded();
    // One was ADA's first; four are left of five.
    expect(await passed(10, BOB, () => HOME)).toBe(3);
  });
});

describe('one source', () => {
  it('gets as many attempts as the options say, whomever they are for', async () => {
    const { attempts, told } = make();
    for (let index = 0; index < 5; index += 1) await attempts.begin(`${index}@example.com`, HOME);
    await expect(attempts.begin('new@example.com', HOME)).rejects.toMatchObject({
      code: 'rate_limited',
      retryAfter: 60,
    });
    expect(told).toMatchObject([{ type: 'login.limited', target: 'source' }]);
    await attempts.begin('new@example.com', STRANGERS[0]!);
  });

  it('is one /64, and one IPv4 address however it is written', async () => {
    const { attempts } = make();
    for (const ip of ['192.0.2.7', '::ffff:192.0.2.7', '::ffff:c000:207', '::FFFF:c000:0207', '192.0.2.7:80'])
      await attempts.fromSource({ ip });
    await expect(attempts.fromSource({ ip: '192.0.2.7' })).rejects.toMatchObject({ code: 'rate_limited' });
    for (let index = 1; index <= 5; index += 1) await attempts.fromSource({ ip: `2001:db8:1:1:${index}::1` });
    await expect(attempts.fromSource({ ip: '2001:db8:1:1::' })).rejects.toMatchObject({
      code: 'rate_limited',
    });
    await attempts.fromSource({ ip: '2001:db8:1:2::' });
  });

  it('does not use up the attempts of an account once it has none left itself', async () => {
    const { attempts, passed } = make();
    for (let index = 0; index < 5; index += 1) await attempts.fromSource(HOME);
    expect(await passed(50, ADA, () => HOME)).toBe(0);
    await attempts.begin(ADA, STRANGERS[0]!);
  });

  it('that is unknown does not count: it would be everybody', async () => {
    const { attempts, passed } = make();
    for (let index = 0; index < 50; index += 1) await attempts.begin(`${index}@example.com`, {});
    expect(await passed(10, ADA, () => ({}))).toBe(3);
  });
});

describe('the names of counters', () => {
  it('hold no address', async () => {
    const { attempts, counter } = make();
    await (await attempts.begin(ADA, HOME)).succeeded();
    await attempts.begin(ADA, HOME);
    const names = [...counter.windows.keys()];
    expect(names.length).toBeGreaterThan(2);
    for (const name of names) expect(name).toMatch(/^login:[a-z]+:[\w-]{43}(:tries)?$/);
  });
});
