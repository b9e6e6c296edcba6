import { bearer, send } from './processes.mjs';

export const emailOf = (name) => `${name.replaceAll(' ', '-')}@example.com`;

export const createUser = (application, name, more = {}) =>
  application.call('createUser', { email: emailOf(name), ...more });

/** A session of a user, with the user's id. */
export async function open(application, userId, permissions = []) {
  const { body } = await send(application, 'POST', '/login', { body: { userId, permissions } });
  return { ...body, userId };
}

/** A session of a new user who holds nothing. */
export const login = async (application, name) => open(application, await createUser(application, name));

/** The token of a new user who may do everything, and is no administrator. */
export async function manager(application, name) {
  const userId = await createUser(application, `${name} manager`);
  await application.call('grant', userId, '*');
  return bearer((await open(application, userId, ['*'])).accessToken);
}

export const refresh = (refreshToken) => ['POST', '/auth/refresh', { body: { refreshToken } }];
export const read = (credential) => ['GET', '/notes', credential];
/** Needs the permission `note:update`. */
export const edit = (credential) => ['GET', '/edited', credential];
