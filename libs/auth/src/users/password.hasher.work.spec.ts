import { beforeAll, describe, expect, it, jest } from '@jest/globals';

import { resolveOptions } from '../options/resolve-options.js';

const jwt = { secret: 'pQ7vYt3mK9xWz2Rb5Ns8Dc1Hf6Jg4La0Ue3Oi7Tq9Vy2Mx5Bn8Kw1Zr4Cp6Sd0Gh' };
const real = await import('@node-rs/argon2');

/** The parameters of every hash that was computed, and how many ran at a time. */
const computed: string[] = [];
let [running, mostAtOnce] = [0, 0];
jest.unstable_mockModule('@node-rs/argon2', () => ({
  hash: (...args: Parameters<typeof real.hash>) => watched(real.hash(...args)),
  verify: async (hash: string, password: string) => {
    const answer = await watched(real.verify(hash, password));
    computed.push(/\$m=\d+,t=\d+,p=\d+\$/.exec(hash)?.[0] ?? '');
    return answer;
  },
}));
const { PasswordHasher } = await import('./password.hasher.js');

async function watched<T>(answer: Promise<T>): Promise<T> {
  running += 1;
  mostAtOnce = Math.max(mostAtOnce, running);
  return answer.finally(() => (running -= 1));
}

const users = { hashConcurrency: 3 };
const hasher = new PasswordHasher(resolveOptions({ jwt, users }, { hasUsers: true, hasMailer: true }));
beforeAll(() => hasher.onModuleInit());

describe('the work of a comparison', () => {
  it('is one hash with the parameters of today, whether there is something to compare with or not', async () => {
    const hash = await hasher.hash('correct horse battery staple');
    const broken = hash.replace(/\$[^$]*$/, '$x');
    for (const [password, stored] of [
      ['correct horse battery staple', hash],
      ['wrong', hash],
      ['wrong', undefined],
      ['wrong', ''],
      ['wrong', '$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy'],
      ['wrong', broken],
      ['half a \ud800 pair', hash],
      ['x'.repeat(300), hash],
    ] as const) {
      computed.length = 0;
      await hasher.verify(password, stored);
      expect(computed).toEqual(['$m=19456,t=2,p=1$']);
    }
  });

  it('is done for so many at a time as the options say', async () => {
    mostAtOnce = 0;
    await Promise.all(Array.from({ length: 12 }, () => hasher.verify('wrong', undefined)));
    expect(mostAtOnce).toBe(3);
  });
});
