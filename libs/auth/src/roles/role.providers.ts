import type { Provider, Type } from '@nestjs/common';

import { Authority } from './authority.js';
import { DemandedRoles } from './demanded-roles.js';
import { HolderManagement } from './holder.management.js';
import { PermissionManagement } from './permission.management.js';
import { RoleFinder } from './role.finder.js';
import { RoleManagement } from './role.management.js';
import { RoleService } from './role.service.js';
import { StoredSubjects } from './stored-subjects.js';

/** What roles and grants are made of. They need a `RoleStore`. */
export const ROLE_PROVIDERS: readonly Provider[] = [
  StoredSubjects,
  RoleFinder,
  RoleService,
  DemandedRoles,
  Authority,
  RoleManagement,
  HolderManagement,
  PermissionManagement,
];

/** What applications may inject of it. */
export const ROLE_EXPORTS: readonly Type[] = [RoleService];
