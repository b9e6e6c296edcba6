import { createParamDecorator, type ExecutionContext } from '@nestjs/common';

import type { UserIdentity } from '../identity/user-identity.js';
import { callerOf } from './caller.js';

/** A property of the identity, or a path into its metadata. */
export type IdentityPath = Extract<keyof UserIdentity, string> | `metadata.${string}`;

/**
 * The caller, as the gate left it: `@CurrentUser() user: UserIdentity`. Undefined where the rule lets callers in
 * without a credential. With a path, that property: `@CurrentUser('orgId') org`, `@CurrentUser('metadata.plan') plan`.
 */
export const CurrentUser: (path?: IdentityPath) => ParameterDecorator = createParamDecorator(
  (path: IdentityPath | undefined, context: ExecutionContext): unknown => {
    const user = callerOf(context);
    return path === undefined ? user : path.split('.').reduce(step, user);
  },
);

function step(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  // Getters of the identity (permissions, expiresAt) are inherited; everything below it is plain data.
  return key in value && !(key in Object.prototype) ? (value as Record<string, unknown>)[key] : undefined;
}
