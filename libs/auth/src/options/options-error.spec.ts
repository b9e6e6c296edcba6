import { inspect } from 'node:util';

import { describe, expect, it } from '@jest/globals';

import { AuthOptionsError } from './options-error.js';

describe('AuthOptionsError', () => {
  it('is printed without frames, each problem once', () => {
    const problems = ['jwt.secret is missing. Remedy: make one.', 'realm is empty.'];
    const error = new AuthOptionsError(problems);

    expect(error.problems).toEqual(problems);
    expect(inspect(error)).toBe(`[AuthOptionsError: ${error.message}]`);
    for (const problem of problems) expect(error.message.split(problem)).toHaveLength(2);
  });

  it('counts its problems', () => {
    expect(new AuthOptionsError(['one']).message).toBe(
      'Gatehouse cannot start. Its options have a problem:\n  - one',
    );
    expect(new AuthOptionsError(['one', 'two']).message).toBe(
      'Gatehouse cannot start. Its options have 2 problems:\n  - one\n  - two',
    );
  });
});
