import { describe, expect, it } from '@jest/globals';

import { parseDuration } from './duration.js';

describe('parseDuration', () => {
  it.each([
    [90, 90],
    [0, 0],
    [0.5, 0.5],
    ['0s', 0],
    ['30s', 30],
    ['15m', 900],
    ['12h', 43_200],
    ['7d', 604_800],
    ['999999999d', 999_999_999 * 86_400],
  ])('reads %j as %d seconds', (value, seconds) => {
    expect(parseDuration(value)).toBe(seconds);
  });

  it.each([Number.NaN, Infinity, -Infinity])('takes no number that is not finite: %d', (value) => {
    expect(parseDuration(value)).toBeUndefined();
  });

  it.each([
    ...['', ' ', '15', 'm', '15 m', ' 15m', '15m ', '15m\n', '15M', '-15m', '+15m', '1.5h', '1e3s', '0x10s'],
    ...['1h30m', '15min', '1w', '1000ms', 'Infinitys', 'NaNs', '1000000000s', '１５m'],
  ])('takes no text of another form: %j', (value) => {
    expect(parseDuration(value)).toBeUndefined();
  });
});
