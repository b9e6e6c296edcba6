import { describe, expect, it, jest } from '@jest/globals';

import { Clock, SystemClock } from '../clock.js';
import { ManualClock } from './manual-clock.js';

describe('ManualClock', () => {
  it('stands still until it is moved, forward or back', () => {
    const clock = new ManualClock(5_000);
    expect(clock).toBeInstanceOf(Clock);
    expect([clock.now(), clock.now()]).toEqual([5_000, 5_000]);
    clock.advance(1.5);
    expect(clock.now()).toBe(6_500);
    clock.advance(-6.5);
    expect(clock.now()).toBe(0);
  });

  it('begins at a Date, or at the second that the machine has', () => {
    expect(new ManualClock(new Date(7)).now()).toBe(7);
    const now = jest.spyOn(Date, 'now').mockReturnValue(1_800_000_000_999);
    const clock = new ManualClock();
    now.mockReturnValue(1_900_000_000_000);
    expect(clock.now()).toBe(1_800_000_000_000);
    now.mockRestore();
  });
});

describe('SystemClock', () => {
  it("is the machine's", () => {
    const now = jest.spyOn(Date, 'now').mockReturnValue(5);
    expect(new SystemClock().now()).toBe(5);
    now.mockRestore();
  });
});
