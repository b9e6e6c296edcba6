import { beforeAll, describe, expect, it } from '@jest/globals';

import { compile } from '../support/compile.js';

const CATALOGUE = `
  import { definePermissions } from 'nestjs-gatehouse';
  export const Permission = definePermissions({
    session: ['create', 'read'],
    memory: ['search'],
    admin: ['read', 'write'],
  });
`;

const REGISTERED = `${CATALOGUE}
  declare module 'nestjs-gatehouse' {
    interface Register { permissions: typeof Permission }
  }
`;

const BEGINNING = `
  import { AuthSchemes, CurrentUser, RequireAnyPermission, RequirePermissions } from 'nestjs-gatehouse';
  import type { ApiKeyService, PermissionGrant, PermissionName, TokenService, UserIdentity } from 'nestjs-gatehouse';
  import { Permission } from './catalogue.js';
  declare const user: UserIdentity;
  declare const tokens: TokenService;
  declare const apiKeys: ApiKeyService;
  export { apiKeys, AuthSchemes, CurrentUser, Permission, RequireAnyPermission, RequirePermissions, tokens, user };
  export type { PermissionGrant, PermissionName };
`;

/** What the compiler says of each line, each in a file of its own. */
function problemsOf(catalogue: string, lines: readonly string[]): Map<string, string[]> {
  const files = lines.map((line, i) => [`line-${i}.ts`, `${BEGINNING}\n${line};\n`] as const);
  const found = compile({ 'catalogue.ts': catalogue, ...Object.fromEntries(files) });
  expect(found['catalogue.ts']).toEqual([]);
  return new Map(lines.map((line, i) => [line, found[`line-${i}.ts`]!]));
}

const COMPILES = [
  `export class A { @RequirePermissions('session:create') b() {} }`,
  `@RequirePermissions('session:create', 'admin:read') export class A {}`,
  `RequirePermissions(Permission.session.create)`,
  `RequireAnyPermission('admin:read', 'admin:write')`,
  `user.hasPermission('memory:search')`,
  `user.hasAllPermissions(['session:create', Permission.admin.write])`,
  `user.hasAnyPermission([])`,
  `tokens.createAccessToken({ userId: 'ada', permissions: ['session:create', 'memory:*', '*'] })`,
  `void apiKeys.create({ name: 'ci', userId: 'ada', permissions: ['admin:*'] })`,
  `AuthSchemes('jwt', 'api-key')`,
  `CurrentUser('orgId'); CurrentUser('metadata.plan'); CurrentUser()`,
  `const a: 'session:create' = Permission.session.create; void a`,
];

/** Each with what the compiler has to complain of. */
const DOES_NOT_COMPILE: [string, string][] = [
  [`export class A { @RequirePermissions('sesion:create') b() {} }`, '"sesion:create"'],
  [`@RequirePermissions('sesion:create') export class A {}`, '"sesion:create"'],
  [`RequirePermissions('session:creat')`, '"session:creat"'],
  [`RequirePermissions('session:create', 'memory:serch')`, '"memory:serch"'],
  [`RequirePermissions('memory:create')`, '"memory:create"'],
  [`RequirePermissions('Session:create')`, '"Session:create"'],
  [`RequirePermissions('session:*')`, '"session:*"'],
  [`RequirePermissions('*')`, '"*"'],
  [`RequirePermissions('session:create' as string)`, "'string'"],
  [`RequireAnyPermission('admin:read', 'admin:wrte')`, '"admin:wrte"'],
  [`user.hasPermission('sesion:create')`, '"sesion:create"'],
  [`user.hasAllPermissions(['session:create', 'sesion:read'])`, '"sesion:read"'],
  [`user.hasAnyPermission(['session:*'])`, '"session:*"'],
  [`tokens.createAccessToken({ userId: 'ada', permissions: ['sesion:create'] })`, '"sesion:create"'],
  [`tokens.createServiceToken({ clientId: 'a', permissions: ['sesion:*'] })`, '"sesion:*"'],
  [`void apiKeys.create({ name: 'ci', userId: 'ada', permissions: ['sesion:read'] })`, '"sesion:read"'],
  [`void apiKeys.update('id', { permissions: ['sesion:read'] })`, '"sesion:read"'],
  [`void Permission.sesion`, "'sesion'"],
  [`void Permission.session.delete`, "'delete'"],
];

/** Wrong whether a catalogue is registered or not. */
const NEVER_COMPILES: [string, string][] = [
  [`RequirePermissions()`, 'Expected at least 1 argument'],
  [`RequireAnyPermission()`, 'Expected at least 1 argument'],
  [`RequirePermissions('session')`, '"session"'],
  [`RequirePermissions(5)`, "'5'"],
  [`AuthSchemes()`, 'Expected at least 1 argument'],
  [`AuthSchemes('apikey')`, '"apikey"'],
  [`CurrentUser('orgID')`, '"orgID"'],
];

function expectProblem(problems: readonly string[] | undefined, about: string): void {
  expect(problems).not.toEqual([]);
  expect(problems?.join('\n')).toContain(about);
}

describe('with a registered catalogue', () => {
  let problems: Map<string, string[]>;
  beforeAll(() => {
    const wrong = [...DOES_NOT_COMPILE, ...NEVER_COMPILES].map(([line]) => line);
    problems = problemsOf(REGISTERED, [...COMPILES, ...wrong]);
  }, 240_000);

  it.each(COMPILES)('%s compiles', (line) => {
    expect(problems.get(line)).toEqual([]);
  });

  it.each([...DOES_NOT_COMPILE, ...NEVER_COMPILES])('%s does not', (line, about) => {
    expectProblem(problems.get(line), about);
  });
});

describe('without one', () => {
  const open = DOES_NOT_COMPILE.map(([line]) => line).filter(
    (line) => !/Permission\.|as string|\('\*'\)/.test(line),
  );
  let problems: Map<string, string[]>;
  beforeAll(() => {
    problems = problemsOf(CATALOGUE, [...COMPILES, ...open, ...NEVER_COMPILES.map(([line]) => line)]);
  }, 240_000);

  it.each([...COMPILES, ...open])('%s compiles', (line) => {
    expect(problems.get(line)).toEqual([]);
  });

  it.each(NEVER_COMPILES)('%s does not', (line, about) => {
    expectProblem(problems.get(line), about);
  });
});
