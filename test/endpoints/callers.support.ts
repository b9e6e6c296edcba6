import { randomUUID } from 'node:crypto';

import {
  ApiKeyService,
  ClientService,
  githubProvider,
  LinkedAccountStore,
  RoleService,
  SessionService,
  TokenService,
  UserService,
  UserStore,
  type AuthStores,
  type NewClient,
  type OneTimePurpose,
  type PermissionGrant,
  type SessionTokens,
  type User,
  type UserInput,
} from 'nestjs-gatehouse';

import { OneTimeTokenService } from '../../libs/auth/src/users/one-time-token.service.js';
import type { CallOptions } from '../support/call.js';
import { boot, type Booted, type Platform } from '../support/platforms.js';
import { Mailbox, PASSWORD } from '../users/accounts.support.js';

/** Who calls. What is asked for belongs to `self`, or is `self`. */
export const CALLERS = [
  'anonymous',
  'self, who holds no permission for it',
  'another of the organisation, without the permission',
  'one of another organisation, who holds everything there',
  'a key of the organisation that carries everything',
  'a service without the permission',
  'another of the organisation, with the permission',
  'an administrator of no organisation',
] as const;
export type Caller = (typeof CALLERS)[number];

/** What is asked for: a user of org_1 and what is theirs. New for each call. */
export interface Target {
  readonly user: User;
  readonly session: SessionTokens;
  readonly keyId: string;
  /** The name of a role of org_1 that the user has. */
  readonly role: string;
  /** A service of org_1, with a secret. */
  readonly client: NewClient;
  /** What the user is called at the provider `github`, with whom their account is linked. */
  readonly linked: string;
  /** Nobody has this address. */
  readonly freshEmail: string;
  /** For {@link Row.purpose}. */
  readonly token: string;
}

/** How an endpoint answers each caller. */
export interface Row {
  /** The endpoint itself when it is left out. */
  readonly path?: (target: Target) => string;
  readonly body?: (target: Target) => unknown;
  /** The user has {@link PASSWORD}; otherwise none. */
  readonly hasPassword?: true;
  /** What a refusal holds, where it is not in Nest's own shape; the whole of a text. */
  readonly refusal?: object | string;
  /** What the one-time token is for, where the endpoint takes one. */
  readonly purpose?: OneTimePurpose;
  /** The statuses, in the order of {@link CALLERS}. */
  readonly statuses: readonly number[];
}

/** Hashes of passwords, tokens and keys, the fields that they are in, secrets of this application, and lines of a stack. */
export const SECRET = /argon2|(?:password|token|key)_?hash|sealed|known-to-this-test|\bat \//i;

const GITHUB = 'https://github.com/login/oauth';

/** Where logins with a provider may end. */
export const DONE = 'https://app.example.com/done';

/** By `METHOD /path`. */
export type Rows = Readonly<Record<string, Row>>;

/** An application with every endpoint of the package, and its callers. */
export interface Callers extends Booted {
  readonly makeTarget: (row?: Pick<Row, 'hasPassword' | 'purpose'>) => Promise<Target>;
  /** A credential of a caller, made for this call. */
  readonly credentialOf: (caller: Caller, target: Target) => Promise<CallOptions>;
}

const HELD = 'memory:read';
const EVERY_PERMISSION = [
  'apikey:*',
  'token:*',
  'user:*',
  'role:*',
  'audit:*',
  'client:*',
  'memory:*',
] as const;

/** Boots it with people, the audit log, registration, a set-up token, services and a provider. @param stores in memory when left out. */
export async function bootCallers(platform: Platform, stores?: AuthStores): Promise<Callers> {
  const often = { limit: 10_000, window: 900 };
  const booted = await boot(platform, {
    auth: {
      users: {
        setupToken: 'set-up-token-known-to-this-test-alone',
        loginLimits: { account: often, source: often },
      },
      audit: true,
      services: { baseUrl: 'https://api.example.com' },
      loginProviders: {
        github: githubProvider({ clientId: 'gatehouse', clientSecret: 'known-to-this-test-and-github' }),
      },
      loginRedirects: [DONE],
      loginBaseUrl: 'https://api.example.com',
      stores,
      mailer: new Mailbox(),
      endpoints: { registration: true },
    },
  });
  const { app } = booted;
  const [users, roles, sessions] = [app.get(UserService), app.get(RoleService), app.get(SessionService)];

  const person = async (input: Partial<UserInput>, ...grants: readonly PermissionGrant[]): Promise<User> => {
    const user = await users.create({
      email: `${randomUUID()}@example.com`,
      isEmailVerified: true,
      ...input,
    });
    for (const grant of grants) await roles.grant(user!.userId, grant);
    return user!;
  };
  const open = ({ userId, orgId }: User): Promise<SessionTokens> =>
    sessions.open({ userId, orgId, permissions: ['*'] });
  const login = async (user: User): Promise<CallOptions> => ({ token: (await open(user)).accessToken });

  const credentials: Record<Caller, (target: Target) => Promise<CallOptions>> = {
    anonymous: async () => ({}),
    'self, who holds no permission for it': async ({ session }) => ({ token: session.accessToken }),
    // Holds what the target holds: nothing but the permission is in the way.
    'another of the organisation, without the permission': async () =>
      login(await person({ orgId: 'org_1' }, HELD)),
    'one of another organisation, who holds everything there': async () =>
      login(await person({ orgId: 'org_2' }, '*')),
    'a key of the organisation that carries everything': async () => {
      const { userId, orgId } = await person({ orgId: 'org_1' }, '*');
      const input = { name: 'caller', userId, orgId, permissions: ['*'] as const };
      return { apiKey: (await app.get(ApiKeyService).create(input)).key };
    },
    'a service without the permission': async () => {
      const { client } = await app.get(ClientService).create({ name: 'worker', orgId: 'org_1' });
      const { clientId, orgId } = client;
      return { token: app.get(TokenService).createServiceToken({ clientId, orgId }) };
    },
    'another of the organisation, with the permission': async () =>
      login(await person({ orgId: 'org_1' }, ...EVERY_PERMISSION)),
    'an administrator of no organisation': async () => {
      const user = await person({});
      await roles.assign(user.userId, 'administrator');
      return login(user);
    },
  };
  // Set-up is over from the beginning.
  await roles.assign((await person({})).userId, 'administrator');

  return {
    ...booted,
    credentialOf: (caller, target) => credentials[caller](target),
    makeTarget: async ({ hasPassword, purpose } = {}) => {
      const user = await person({ orgId: 'org_1', ...(hasPassword && { password: PASSWORD }) }, HELD);
      const role = `role-${randomUUID()}`;
      await roles.create({ name: role, orgId: 'org_1', permissions: [HELD] });
      await roles.assign(user.userId, role);
      const { userId, orgId } = user;
      const client = await app.get(ClientService).create({ name: 'target', orgId, permissions: [HELD] });
      const { apiKey } = await app.get(ApiKeyService).create({ name: 'target', userId, orgId });
      const linked = randomUUID();
      await app.get(LinkedAccountStore).insert({
        ...{ issuer: GITHUB, subject: linked, provider: 'github' },
        ...{ userId, isProven: true, createdAt: new Date() },
      });
      const record = (await app.get(UserStore).findById(userId))!;
      const issued = purpose && (await app.get(OneTimeTokenService).issue(purpose, record));
      return {
        user,
        session: await open(user),
        keyId: apiKey.keyId,
        role,
        client,
        linked,
        freshEmail: `${randomUUID()}@example.com`,
        token: issued?.token ?? '',
      };
    },
  };
}
