import type { INestApplication } from '@nestjs/common';
import {
  ResolvedAuthOptions,
  RoleService,
  SetupService,
  UserService,
  type User,
  type UserInput,
} from 'nestjs-gatehouse';

/** The user with this address and this role: the one that there is, or else a new one. */
export async function userWith(app: INestApplication, role: string, input: UserInput): Promise<User> {
  const users = app.get(UserService);
  // Another instance that starts at the same moment may make the same user.
  const user = (await users.create(input)) ?? (await users.findByEmail(input.email));
  if (user === undefined) throw new Error('a user was removed while the demo was starting');
  await app.get(RoleService).assign(user.userId, role);
  return user;
}

/** @returns the set-up token while it is good: there is no administrator yet. */
export async function openSetupToken(app: INestApplication): Promise<string | undefined> {
  const { users } = app.get<ResolvedAuthOptions>(ResolvedAuthOptions);
  return (await app.get(SetupService).isNeeded()) ? users?.setupToken : undefined;
}
