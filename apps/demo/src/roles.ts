import type { RolesOptions } from 'nestjs-gatehouse';

/** What everybody may be, by name. Others are made at run time; `administrator`, who may do everything, is always there. */
export const ROLES = {
  member: { description: 'Works with sessions and memories', permissions: ['session:*', 'memory:*'] },
  supervisor: { description: 'Sees counts', permissions: ['admin:*'] },
} satisfies RolesOptions;
