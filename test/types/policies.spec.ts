import { beforeAll, describe, expect, it } from '@jest/globals';

import { compile } from '../support/compile.js';

const BEGINNING = `
  import type { ExecutionContext } from '@nestjs/common';
  import { AccessPolicy, CheckPolicy, RequireAnyRole, RequireRoles, type UserIdentity } from 'nestjs-gatehouse';
  class OwnerPolicy extends AccessPolicy {
    constructor(readonly documents: Map<string, string>) { super(); }
    can(identity: UserIdentity, context: ExecutionContext): boolean {
      return this.documents.get(context.getClass().name) === identity.userId;
    }
  }
  abstract class PortPolicy extends AccessPolicy {}
  class Other { may(): boolean { return true; } }
  export { AccessPolicy, CheckPolicy, Other, OwnerPolicy, PortPolicy, RequireAnyRole, RequireRoles };
`;

const COMPILES = [
  `export class A { @CheckPolicy(OwnerPolicy) b() {} }`,
  `@CheckPolicy(OwnerPolicy, PortPolicy) export class A {}`,
  `export class A { @RequireRoles('editor', 'reviewer') b() {} }`,
  `@RequireAnyRole('editor') export class A {}`,
  `export class B extends AccessPolicy { async can() { return true; } }`,
];

/** Each with what the compiler has to complain of. */
const DOES_NOT_COMPILE: [string, string][] = [
  [`CheckPolicy()`, 'Expected at least 1 argument'],
  [`CheckPolicy(Other)`, "'typeof Other'"],
  [`CheckPolicy(new OwnerPolicy(new Map()))`, "'OwnerPolicy'"],
  [`CheckPolicy('OwnerPolicy')`, "'string'"],
  [`CheckPolicy(undefined)`, "'undefined'"],
  [`export class B extends AccessPolicy {}`, 'abstract member can'],
  [`export class B extends AccessPolicy { can() { return 'yes'; } }`, "'string'"],
  [`RequireRoles()`, 'Expected at least 1 argument'],
  [`RequireAnyRole()`, 'Expected at least 1 argument'],
  [`RequireRoles(['editor'])`, "'string[]'"],
];

describe('roles and policies', () => {
  let problems: Record<string, string[]>;
  beforeAll(() => {
    const lines = [...COMPILES, ...DOES_NOT_COMPILE.map(([line]) => line)];
    const found = compile(
      Object.fromEntries(lines.map((line, i) => [`policy-${i}.ts`, `${BEGINNING}\n${line};\n`])),
    );
    problems = Object.fromEntries(lines.map((line, i) => [line, found[`policy-${i}.ts`]!]));
  }, 240_000);

  it.each(COMPILES)('%s compiles', (line) => {
    expect(problems[line]).toEqual([]);
  });

  it.each(DOES_NOT_COMPILE)('%s does not', (line, about) => {
    expect(problems[line]).not.toEqual([]);
    expect(problems[line]!.join('\n')).toContain(about);
  });
});
