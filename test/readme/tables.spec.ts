import { readFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get } from '@nestjs/common';
import {
  ApiKeyService,
  ApiKeyStore,
  AuthError,
  Public,
  RequirePermissions,
  UserIdentity,
} from 'nestjs-gatehouse';
import ts from 'typescript';

import type { AuthOptions } from '../../libs/auth/src/options/auth-options.js';
import type { EndpointsOptions } from '../../libs/auth/src/options/endpoints.js';
import { resolveEndpoints } from '../../libs/auth/src/options/endpoints.js';
import { VARIABLES } from '../../libs/auth/src/options/environment.js';
import { resolveOptions } from '../../libs/auth/src/options/resolve-options.js';
import { call, type CallAnswer } from '../support/call.js';
import { forgeToken } from '../support/forge.js';
import { boot, closeAll, PLATFORMS, type Booted } from '../support/platforms.js';
import { SECRET } from '../support/secret.js';
import { nodesOf, parseSource, ROOT } from '../support/source-files.js';
import { blocks, codeIn, sectionText, tableOf } from './readme.js';

const source = (path: string) => parseSource(path, readFileSync(ROOT + path, 'utf8'));

/** The members of an interface, read from its source. */
function membersOf(path: string, name: string): string[] {
  for (const node of nodesOf(source(path).tree)) {
    if (!ts.isInterfaceDeclaration(node) || node.name.text !== name) continue;
    return node.members.map((member) => member.name!.getText());
  }
  throw new Error(`${path} has no ${name}`);
}

describe('the table of options', () => {
  const rows = tableOf('Options').map(([option, variable, preset]) => ({
    option: codeIn(option!)!,
    variable: codeIn(variable!),
    preset: preset!,
  }));
  const OPTIONS = 'libs/auth/src/options/auth-options.ts';
  const PEOPLE = 'libs/auth/src/options/user-options.ts';
  const MODULE = 'libs/auth/src/auth-module.options.ts';
  const STORES = 'libs/auth/src/stores/auth-stores.ts';
  /** Options that have nothing to say but what is below them. */
  const ALWAYS_OBJECTS = ['jwt', 'revocation', 'sessions', 'stores'];

  it('has a row for each option, and for nothing else', () => {
    const below = (parent: string, path: string, name: string): string[] =>
      membersOf(path, name).map((member) => `${parent}.${member}`);
    const options = [
      ...membersOf(OPTIONS, 'AuthOptions').filter((name) => !ALWAYS_OBJECTS.includes(name)),
      ...membersOf('libs/auth/src/options/login-provider-options.ts', 'LoginOptions'),
      ...below('jwt', OPTIONS, 'JwtOptions'),
      ...below('apiKeys', OPTIONS, 'ApiKeysOptions'),
      ...below('identityCache', OPTIONS, 'IdentityCacheOptions'),
      ...below('revocation', OPTIONS, 'RevocationOptions'),
      ...below('sessions', OPTIONS, 'SessionsOptions'),
      ...below('users', PEOPLE, 'UsersOptions').filter((name) => name !== 'users.loginLimits'),
      ...below('users.loginLimits', PEOPLE, 'LoginLimitsOptions'),
      ...below('audit', PEOPLE, 'AuditOptions'),
      ...below('services', 'libs/auth/src/options/oauth-options.ts', 'ServicesOptions'),
      ...membersOf(MODULE, 'AuthModuleOptions').filter((name) => !ALWAYS_OBJECTS.includes(name)),
      ...below('stores', STORES, 'AuthStores'),
      ...below('stores', 'libs/auth/src/stores/people-stores.ts', 'PeopleStores'),
      ...membersOf(MODULE, 'StaticOptions'),
      ...below('endpoints', 'libs/auth/src/options/endpoints.ts', 'EndpointsOptions'),
    ];
    expect(rows.map(({ option }) => option).toSorted()).toEqual(options.toSorted());
  });

  it('names the variable of each option that has one', () => {
    const named = rows.filter(({ variable }) => variable !== undefined);
    expect(Object.fromEntries(named.map(({ option, variable }) => [option, variable]))).toEqual(VARIABLES);
  });

  it('gives the defaults: each of them, written out, changes nothing', () => {
    const written = rows.filter(
      ({ option, preset }) => codeIn(preset) !== undefined && option !== 'globalGuard',
    );
    expect(written.length).toBeGreaterThan(10);
    for (const { option, preset } of written) {
      const value = valueOf(codeIn(preset)!);
      expect([option, resolved(option, value)]).toEqual([option, resolved(option)]);
      expect([option, isDefaultAlone(option, value)]).toEqual([option, true]);
    }
  });

  it('gives in words those that depend on something', () => {
    const words = rows.filter(({ preset }) => codeIn(preset) === undefined);
    expect(Object.fromEntries(words.map(({ option, preset }) => [option, preset]))).toEqual({
      'jwt.secret': 'required, or a key pair',
      'jwt.privateKey': 'none',
      'jwt.publicKey': 'from `jwt.privateKey`',
      'jwt.keyId': 'none',
      'jwt.keys': 'none',
      'jwt.keyEncryptionKey': 'none',
      'jwt.audience': 'the issuer',
      'apiKeys.maxRateLimit': 'none',
      'apiKeys.maxLifetime': 'none',
      permissions: 'none',
      'users.setupToken': 'none',
      loginProviders: 'none',
      loginRedirects: 'none',
      loginBaseUrl: 'from `jwt.issuer`',
      'services.tokenTtl': 'as `jwt.accessTokenTtl`',
      'services.baseUrl': 'from `jwt.issuer`',
      mailer: 'none',
      subjects: 'all are active',
      'stores.revocations': 'memory',
      'stores.apiKeys': 'memory',
      'stores.refreshTokens': 'memory',
      'stores.signingKeys': 'memory',
      'stores.users': 'memory',
      'stores.oneTimeTokens': 'memory',
      'stores.roles': 'memory',
      'stores.linkedAccounts': 'memory',
      'stores.loginStates': 'memory',
      'stores.audit': 'memory',
      'stores.clients': 'memory',
      'stores.notifications': 'none',
      'stores.rateLimits': 'memory',
    });
    expect(() => resolveOptions({})).toThrow('jwt.secret (AUTH_JWT_SECRET_KEY) is missing');
    expect(resolved().jwt).toMatchObject({ keys: [{ keyId: '' }], audience: [resolved().jwt.issuer] });
    expect(resolved().jwt.keyEncryptionKey).toBeUndefined();
    expect(resolved().apiKeys).toMatchObject({ maxRateLimit: undefined, maxLifetime: undefined });
    expect(resolved().permissions).toBeUndefined();
    expect(resolved('users', true).users).toMatchObject({ setupToken: undefined });
    // No resolved option: every test that boots without it shows that the guard is there.
    expect(rows.find(({ option }) => option === 'globalGuard')!.preset).toBe('`true`');
  });

  it('agrees with the section on open paths', () => {
    const [first] = sectionText('Open paths').split('by default.');
    const paths = [...first!.matchAll(/`([^`]+)`/g)].map(([, path]) => path);
    expect(paths).toEqual(resolved().requireAuthExceptions);
  });

  /** Without a value: what the option is below, with nothing said of it. */
  function resolved(option?: string, value?: unknown) {
    const { endpoints, ...options } = optionsWith(option, value);
    const [hasUsers, hasAudit, hasServices] = [options.users, options.audit, options.services].map(Boolean);
    return Object.assign(
      { endpoints: resolveEndpoints(endpoints) },
      resolveOptions(options, { endpoints, hasUsers, hasAudit, hasServices, hasMailer: true }),
    );
  }

  /** Is another value seen at all? Otherwise a wrong default would go unnoticed. */
  function isDefaultAlone(option: string, value: unknown): boolean {
    const other = OTHERS[option];
    if (other === undefined) throw new Error(`no other value of ${option} is known`);
    return (
      JSON.stringify(other) !== JSON.stringify(value) &&
      JSON.stringify(resolved(option, other)) !== JSON.stringify(resolved(option))
    );
  }
});

/** A value of each option that is not its default. */
const OTHERS: Readonly<Record<string, unknown>> = {
  'jwt.algorithm': 'HS512',
  'jwt.issuer': 'else',
  'jwt.accessTokenTtl': '61m',
  'jwt.maxAccessTokenTtl': '364d',
  'jwt.clockTolerance': 1,
  'jwt.acceptedTypes': ['JWT'],
  apiKeys: false,
  'apiKeys.prefix': 'sk',
  'apiKeys.header': 'X-Key',
  'apiKeys.maxKeysPerOwner': 99,
  requireAuth: false,
  requireAuthExceptions: ['/health'],
  realm: 'else',
  identityCache: false,
  'identityCache.maxEntries': 9_999,
  'identityCache.maxAge': '59m',
  'revocation.maxStaleness': '9s',
  'revocation.onStale': 'allow',
  'sessions.lifetime': '29d',
  'sessions.rotationGrace': '4s',
  users: true,
  'users.passwordMinLength': 14,
  'users.forbiddenWords': ['acme'],
  'users.requireVerifiedEmail': false,
  'users.hashConcurrency': 3,
  'users.loginLimits.account': { limit: 19, window: 900 },
  'users.loginLimits.source': { limit: 99, window: 900 },
  roles: { reader: ['note:read'] },
  audit: true,
  'audit.retention': '89d',
  trustedIssuers: [{ issuer: 'https://login.example.com', audience: 'https://api.example.com' }],
  services: { baseUrl: 'https://api.example.com' },
  endpoints: false,
  'endpoints.prefix': 'else',
  'endpoints.sessions': false,
  'endpoints.tokens': false,
  'endpoints.apiKeys': false,
  'endpoints.keySet': false,
  'endpoints.account': false,
  'endpoints.registration': true,
  'endpoints.setup': false,
  'endpoints.providers': false,
  'endpoints.users': false,
  'endpoints.roles': false,
  'endpoints.audit': false,
  'endpoints.clients': false,
  'endpoints.tokenEndpoint': false,
};

interface WrittenOptions extends AuthOptions {
  endpoints?: EndpointsOptions | false;
}

function optionsWith(option: string | undefined, value: unknown): WrittenOptions {
  const options: Record<string, unknown> = { jwt: { secret: SECRET } };
  // Roles without anybody who could have them are a mistake.
  if (option === 'roles') options.users = true;
  const path = option?.split('.') ?? [];
  let place = options;
  for (const parent of path.slice(0, -1))
    place = place[parent] = { ...(place[parent] as object | undefined) } as typeof place;
  const name = path.at(-1);
  if (name !== undefined) place[name] = value;
  return options as WrittenOptions;
}

function valueOf(code: string): unknown {
  return JSON.parse(code.replaceAll("'", '"').replaceAll(/(?<=[{,] )(\w+):/g, '"$1":'));
}

@Controller()
class ProvokingController {
  @Get('closed') closed(): void {}
  @Get('write') @RequirePermissions('session:create') write(): void {}
  @Get('limited') @Public() limited(): void {
    throw new AuthError('rate_limited', 'for this test', { retryAfter: 30 });
  }
  @Get('limited-for-ever') @Public() limitedForEver(): void {
    throw new AuthError('rate_limited', 'for this test');
  }
}

describe.each(PLATFORMS)('the table of error codes, on %s', (platform) => {
  const rows = tableOf('Error codes').map(([code, status, , headers]) => ({
    code: codeIn(code!)!,
    status: Number(status),
    headers: headers!,
  }));
  let booted: Booted;
  let answers: Readonly<Record<string, CallAnswer>>;

  beforeAll(async () => {
    booted = await boot(platform, { controllers: [ProvokingController] });
    const get = (path: string, options = {}): Promise<CallAnswer> => call(`${booted.url}${path}`, options);
    const { key } = await booted.app.get(ApiKeyService).create({ name: 'x', userId: 'ada' });
    booted.app.get(ApiKeyStore).findByHash = () => Promise.reject(new Error('on fire'));
    answers = {
      credentials_missing: await get('/closed'),
      credentials_invalid: await get('/closed', { token: forgeToken({ secret: 'another' }) }),
      token_expired: await get('/closed', { token: forgeToken({ now: 1e9 }) }),
      permission_denied: await get('/write', { token: forgeToken() }),
      request_malformed: await get('/closed', { token: 'a b' }),
      rate_limited: await get('/limited'),
      auth_unavailable: await get('/closed', { apiKey: key }),
    };
  });
  afterAll(closeAll);

  it('has a row for each code, and for nothing else', () => {
    const { text } = source('libs/auth/src/errors.ts');
    const [, union] = /export type AuthErrorCode =([^;]+);/.exec(text)!;
    const codes = [...union!.matchAll(/'(\w+)'/g)].map(([, code]) => code);
    expect(codes.length).toBeGreaterThan(6);
    expect(rows.map(({ code }) => code)).toEqual(codes);
  });

  it.each(rows)('$code is answered as it says', ({ code, status, headers }) => {
    const answer = answers[code]!;
    expect(answer.status).toBe(status);
    expect(Object.keys(answer.body as object)).toEqual(['statusCode', 'error', 'message', 'code']);
    expect(answer.body).toMatchObject({ statusCode: status, code });
    const challenge = /`WWW-Authenticate: …([^`]*)`/.exec(headers)?.[1];
    expect(answer.headers.get('www-authenticate')).toBe(
      challenge === undefined ? null : `Bearer realm="api"${challenge}, ApiKey realm="api"`,
    );
    const retryAfter = /`Retry-After: (\d+)`/.exec(headers)?.[1];
    if (retryAfter !== undefined) expect(answer.headers.get('retry-after')).toBe(retryAfter);
    else expect(answer.headers.has('retry-after')).toBe(headers.includes('`Retry-After`'));
  });

  it('rate_limited has Retry-After only when the error says how long', async () => {
    expect(answers.rate_limited!.headers.get('retry-after')).toBe('30');
    expect((await call(`${booted.url}/limited-for-ever`)).headers.has('retry-after')).toBe(false);
  });

  it('the expression for secret scanners finds real keys in a text, and nothing else', async () => {
    const expression = new RegExp(blocks('text', 'Security')[0]!.text.trim(), 'g');
    const { key } = await booted.app.get(ApiKeyService).create({ name: 'x', userId: 'ada' });
    const text = `KEY=${key}\nconst a = "${key}"; see ck_${'a'.repeat(43)}, ack_${key.slice(3)}, ${key}x ${key}-1`;

    expect(text.match(expression)).toEqual([key, key, key]);
    expect(key.slice(-6)).toBe(checksum(key.slice(0, -6)));
  });
});

/** As the README describes it, written for this test. */
function checksum(body: string): string {
  const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
  let text = '';
  for (let rest = crc32(body); text.length < 6; rest = Math.floor(rest / 62)) text = digits[rest % 62] + text;
  return text;
}

describe('the table of events', () => {
  it('has each type, and nothing else', () => {
    const facts = readFileSync(`${ROOT}libs/auth/src/events/auth-events.ts`, 'utf8')
      .split('export type AuthFact =')[1]!
      .split('\n\n/**')[0]!;
    const types = [...facts.matchAll(/'([a-z-]+\.[a-z-]+)'/g)].map(([, type]) => type);
    const named = tableOf('Events').flatMap(([cell]) =>
      [...cell!.matchAll(/`([^`]+)`/g)].map(([, type]) => type),
    );
    expect(types.length).toBeGreaterThan(15);
    expect(named.toSorted()).toEqual(types.toSorted());
  });
});

describe('the table of the caller', () => {
  it('has what an identity shows, and nothing else', () => {
    const named = tableOf('The caller').flatMap(([cell]) =>
      [...cell!.matchAll(/`(\w+)`/g)].map(([, property]) => property!),
    );
    const shown = Object.keys(new UserIdentity({ userId: 'ada', credentialId: '1' }).toJSON());
    expect(named.toSorted()).toEqual(shown.toSorted());
  });

  it.each(['hasPermission', 'hasAnyPermission', 'hasAllPermissions'])('stands above %s', (method) => {
    expect(sectionText('The caller')).toContain(`\`${method}(`);
    expect(typeof UserIdentity.prototype[method as 'hasPermission']).toBe('function');
  });
});
