import { describe, expect, it } from '@jest/globals';

import { NOW, verdict } from '../../../../test/support/claims.js';
import { ManualClock } from '../testing/manual-clock.js';

/** JSON that stands for no number of seconds. */
const NO_DATES = [
  '"1800000600"',
  'null',
  '[]',
  '[1800000600]',
  '{}',
  'true',
  'false',
  '""',
  '-1',
  '0',
  '1e400',
  '-1e400',
];

describe('checkClaims: exp', () => {
  it.each(NO_DATES)('refuses %s', (json) => {
    const claims = JSON.parse(`{"exp":${json}}`) as Record<string, unknown>;
    expect(verdict(claims)).toBe('credentials_invalid: the exp is no date');
  });

  it('is needed', () => {
    expect(verdict({ exp: undefined })).toBe('credentials_invalid: the exp is no date');
  });

  it('ends the token at that second, and not before', () => {
    const clock = new ManualClock((NOW + 600) * 1_000 - 1);
    expect(verdict({}, {}, clock)).toBe('good');
    clock.advance(0.001);
    expect(verdict({}, {}, clock)).toBe('token_expired: expired');
    expect(verdict({ exp: NOW + 600.5 }, {}, clock)).toBe('good');
  });

  it('ends it later by the leeway', () => {
    const clock = new ManualClock((NOW + 630) * 1_000 - 1);
    expect(verdict({}, { clockTolerance: 30 }, clock)).toBe('good');
    clock.advance(0.001);
    expect(verdict({}, { clockTolerance: 30 }, clock)).toBe('token_expired: expired');
  });

  it('is no further off than the longest life of a token', () => {
    const tooFar = 'credentials_invalid: the exp is too far off';
    const jwt = { maxAccessTokenTtl: '1d' };
    expect(verdict({ exp: NOW + 86_400 }, jwt)).toBe('good');
    expect(verdict({ exp: NOW + 86_401 }, jwt)).toBe(tooFar);
    expect(verdict({ exp: NOW + 86_460 }, { ...jwt, clockTolerance: 60 })).toBe('good');
    expect(verdict({ exp: NOW + 86_461 }, { ...jwt, clockTolerance: 60 })).toBe(tooFar);
    // Milliseconds in the place of seconds.
    expect(verdict({ exp: (NOW + 600) * 1_000 })).toBe(tooFar);
    expect(verdict({ exp: 1e308 })).toBe('credentials_invalid: the exp is no date');
    expect(verdict({ exp: Number.MAX_SAFE_INTEGER })).toBe('credentials_invalid: the exp is no date');
  });
});

describe('checkClaims: nbf and iat', () => {
  it.each(NO_DATES.filter((json) => json !== 'null'))('refuses %s', (json) => {
    for (const name of ['nbf', 'iat']) {
      const claims = JSON.parse(`{"${name}":${json}}`) as Record<string, unknown>;
      expect(verdict(claims)).toMatch(/^credentials_invalid: (?:not valid yet|issued in the future)$/);
    }
  });

  it.each([
    ['nbf', 'not valid yet'],
    ['iat', 'issued in the future'],
  ])('%s begins the token at that second, and not before', (name, reason) => {
    const clock = new ManualClock(NOW * 1_000 - 1);
    expect(verdict({ [name]: NOW }, {}, clock)).toBe(`credentials_invalid: ${reason}`);
    clock.advance(0.001);
    expect(verdict({ [name]: NOW }, {}, clock)).toBe('good');
    expect(verdict({ [name]: NOW + 60 }, { clockTolerance: 60 }, clock)).toBe('good');
    expect(verdict({ [name]: NOW + 61 }, { clockTolerance: 60 }, clock)).toBe(
      `credentials_invalid: ${reason}`,
    );
  });

  it('may be absent, or null as the predecessor wrote it', () => {
    for (const value of [undefined, null]) expect(verdict({ nbf: value, iat: value })).toBe('good');
  });
});
