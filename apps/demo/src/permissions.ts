import { definePermissions } from 'nestjs-gatehouse';

/** Everything that this API knows to permit. */
export const Permission = definePermissions({
  session: ['create', 'read', 'update', 'delete', 'list'],
  memory: ['create', 'read', 'update', 'delete', 'search', 'list'],
  admin: ['read', 'write'],
});

declare module 'nestjs-gatehouse' {
  /** From here on a typo in a decorator does not compile. */
  interface Register {
    permissions: typeof Permission;
  }
}
