import { describe, expect, it } from '@jest/globals';

import { grantsSchema } from './grants.schema.js';
import { definePermissions } from './permission.js';

const problems = (value: unknown, schema = grantsSchema(undefined)): [string, string][] =>
  (schema.safeParse(value).error?.issues ?? []).map(({ path, message }) => [path.join('.'), message]);

describe('grantsSchema', () => {
  it('takes grants', () => {
    expect(problems([])).toEqual([]);
    expect(problems(['session:read', 'memory:*', '*'])).toEqual([]);
  });

  it('refuses what is no grant, each by its place', () => {
    const NO_GRANT = 'is neither resource:action nor resource:* nor *';
    expect(problems('*')).toEqual([['', 'is not a list of permissions']]);
    expect(problems(['a:b', 5, 'a', '*:b'])).toEqual([
      ['1', 'is not text'],
      ['2', NO_GRANT],
      ['3', NO_GRANT],
    ]);
  });

  it('asks the catalogue, when there is one', () => {
    const schema = grantsSchema(definePermissions({ session: ['read'] }));
    expect(problems(['session:read', 'session:*', '*'], schema)).toEqual([]);
    expect(problems(['session:write', 'memory:*'], schema)).toEqual([
      ['0', 'is in no catalogue'],
      ['1', 'is in no catalogue'],
    ]);
    expect(problems(['session'], schema)).toHaveLength(1);
  });
});
