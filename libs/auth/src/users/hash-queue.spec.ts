import { describe, expect, it } from '@jest/globals';

import { HashQueue } from './hash-queue.js';

/** Work that ends when it is told to. */
function work() {
  const started: number[] = [];
  const ends: (() => void)[] = [];
  const one = (id: number) => () =>
    new Promise<number>((resolve) => {
      started.push(id);
      ends[id] = () => resolve(id);
    });
  return { one, started, end: (id: number) => ends[id]!() };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('HashQueue', () => {
  it('lets so many run at a time, and the others in their order', async () => {
    const queue = new HashQueue(2);
    const { one, started, end } = work();
    const all = [0, 1, 2, 3].map((id) => queue.run(one(id)));
    await settled();
    expect(started).toEqual([0, 1]);
    end(1);
    await settled();
    expect(started).toEqual([0, 1, 2]);
    // Whoever comes now does not overtake.
    all.push(queue.run(one(4)));
    end(0);
    await settled();
    expect(started).toEqual([0, 1, 2, 3]);
    end(2);
    end(3);
    await settled();
    end(4);
    expect(await Promise.all(all)).toEqual([0, 1, 2, 3, 4]);
  });

  it('goes on after a failure', async () => {
    const queue = new HashQueue(1);
    const failure = new Error('no memory');
    const failed = queue.run(() => Promise.reject(failure));
    const next = queue.run(() => Promise.resolve('done'));
    await expect(failed).rejects.toBe(failure);
    expect(await next).toBe('done');
    expect(await queue.run(() => Promise.resolve('again'))).toBe('again');
  });

  it('sends away whoever would be the 201st to wait, and takes others once there is room', async () => {
    const queue = new HashQueue(1);
    const { one, end } = work();
    const running = queue.run(one(0));
    const waiting = Array.from({ length: 200 }, () => queue.run(() => Promise.resolve()));
    await expect(queue.run(() => Promise.resolve())).rejects.toMatchObject({
      code: 'auth_unavailable',
      retryAfter: 5,
    });
    end(0);
    await Promise.all([running, ...waiting]);
    expect(await queue.run(() => Promise.resolve('done'))).toBe('done');
  });
});
