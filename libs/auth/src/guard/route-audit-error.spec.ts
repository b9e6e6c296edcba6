import { inspect } from 'node:util';

import { describe, expect, it } from '@jest/globals';

import { RouteAuditError } from './route-audit.js';

describe('RouteAuditError', () => {
  it('is printed without frames, each problem once', () => {
    const problems = ['Cats.all: @Public() together with a permission requirement', 'Cats.one: no guard'];
    const error = new RouteAuditError(problems);

    expect(error.problems).toEqual(problems);
    expect(inspect(error)).toBe(`[RouteAuditError: ${error.message}]`);
    for (const problem of problems) expect(error.message.split(problem)).toHaveLength(2);
  });
});
