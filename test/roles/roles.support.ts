import { randomUUID } from 'node:crypto';

import {
  AuthEvents,
  AuthMailer,
  definePermissions,
  RoleService,
  SessionService,
  TokenService,
  UserService,
  type AuthEvent,
  type AuthModuleOptions,
  type PermissionGrant,
} from 'nestjs-gatehouse';

import { call, type CallAnswer } from '../support/call.js';
import { boot, type BootOptions, type Platform } from '../support/platforms.js';

/** What the application of these tests knows. */
export const Permission = definePermissions({
  memory: ['create', 'read', 'update', 'delete', 'search', 'list'],
  admin: ['read', 'write'],
});

/** Sends nothing: nobody here reads mail. */
export class NoMail extends AuthMailer {
  override async send(): Promise<void> {
    return undefined;
  }
}

/** Whom to make. */
export interface PersonInput {
  readonly orgId?: string;
  readonly roles?: readonly string[];
  readonly grants?: readonly string[];
}

/** An application with people, and what its tests do with it. */
export interface House {
  readonly url: string;
  readonly roles: RoleService;
  readonly seen: AuthEvent[];
  readonly get: <T>(token: abstract new (...args: never[]) => T) => T;
  /** @returns the id of a new user who holds this. */
  readonly person: (input?: PersonInput) => Promise<string>;
  /** @returns a token with what the user holds at this moment. */
  readonly login: (userId: string) => Promise<string>;
  /** A token of a new user. */
  readonly tokenOf: (input?: PersonInput) => Promise<string>;
  /** Below `/auth`. */
  readonly ask: (method: string, path: string, token?: string, body?: unknown) => Promise<CallAnswer>;
}

/** Boots it. Roles in code: `reader` and, with its permissions, `writer`. */
export async function bootHouse(
  platform: Platform,
  auth: AuthModuleOptions = {},
  more: Omit<BootOptions, 'auth'> = {},
): Promise<House> {
  const { app, url } = await boot(platform, {
    ...more,
    auth: {
      users: true,
      mailer: new NoMail(),
      permissions: Permission,
      roles: {
        reader: ['memory:read'],
        writer: { description: 'Writes', permissions: ['memory:create'], inherits: ['reader'] },
      },
      ...auth,
    },
  });
  const [users, roles, sessions] = [app.get(UserService), app.get(RoleService), app.get(SessionService)];
  const seen: AuthEvent[] = [];
  app.get(AuthEvents).subscribe((event) => seen.push(event));

  const person = async ({ orgId, roles: names = [], grants = [] }: PersonInput = {}): Promise<string> => {
    const user = await users.create({
      email: `${randomUUID()}@example.com`,
      ...(orgId !== undefined && { orgId }),
    });
    for (const name of names) await roles.assign(user!.userId, name);
    for (const grant of grants) await roles.grant(user!.userId, grant as PermissionGrant);
    return user!.userId;
  };
  const login = async (userId: string): Promise<string> => {
    const { orgId } = (await users.find(userId))!;
    const identity = {
      userId,
      ...(orgId !== undefined && { orgId }),
      permissions: ['*'] as PermissionGrant[],
    };
    return (await sessions.open(identity)).accessToken;
  };
  return {
    url,
    roles,
    seen,
    get: (token) => app.get(token),
    person,
    login,
    tokenOf: async (input) => login(await person(input)),
    ask: (method, path, token, body) => call(`${url}/auth${path}`, { method, token, body }),
  };
}

/** A token that carries what nobody's user row says: a narrower credential, or a service. */
export function narrowToken(
  house: House,
  userId: string,
  permissions: readonly string[],
  orgId?: string,
): string {
  return house.get(TokenService).createAccessToken({
    ...{ userId, permissions: permissions as PermissionGrant[] },
    ...(orgId !== undefined && { orgId }),
  });
}
