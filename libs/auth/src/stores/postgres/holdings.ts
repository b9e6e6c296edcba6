import { sql } from 'drizzle-orm';

import type { RoleRecord, SubjectHoldings } from '../../roles/role.store.js';
import { roles, subjectGrants, subjectRoles, users } from './people.schema.js';
import type { Queries } from './postgres-connection.js';

/** Everything of one subject as one row. Times are milliseconds since 1970, and what is absent is null. */
interface HoldingsRow {
  readonly user: { readonly isActive: boolean; readonly orgId: string | null } | null;
  readonly roles: readonly string[];
  readonly grants: readonly string[];
  readonly stored: readonly StoredRole[];
}
interface StoredRole extends Pick<RoleRecord, 'name' | 'permissions' | 'inherits'> {
  readonly orgId: string | null;
  readonly description: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** The one query about what a subject holds. It is made once; nothing is sent yet. */
export function prepareHoldings(queries: Queries) {
  const milliseconds = (column: string) => sql.raw(`(extract(epoch from ${column}) * 1000)::float8`);
  // A name stands for the role of the organisation, else for the one for all.
  const meant = (name: string, orgId: string) => sql`lateral (
    select role.role_id from ${roles} as role
    where role.name = ${sql.raw(name)} and (role.org_id is null or role.org_id = ${sql.raw(orgId)})
    order by role.org_id nulls last limit 1
  )`;
  const subjectId = sql`${sql.placeholder('subjectId')}::text collate "C"`;
  // One row for each level, with what is known and what is new on it, which `offset 0` has worked out once and not for
  // every place where it is named. With a row for each role the database would take the query for a costly one, and
  // compile it (`jit_above_cost`): that takes a hundred times as long as the query.
  const found = sql`(
    with recursive person as (
      select is_active, org_id from ${users} where user_id = ${subjectId}
    ), home as (
      select case when exists (select from person) then (select org_id from person)
        else ${sql.placeholder('orgId')}::text collate "C" end as org_id
    ), own as (
      select name from ${subjectRoles} where subject_id = ${subjectId}
    ), given as (
      select array(
        select meant.role_id from own cross join home cross join ${meant('own.name', 'home.org_id')} as meant
      ) as ids
    ), reached as (
      select ids, ids as fresh from given
      union all
      select reached.ids || next.fresh, next.fresh
      from reached cross join lateral (
        select array(
          select distinct meant.role_id
          from ${roles} as child cross join unnest(child.inherits) as parent(name)
            cross join ${meant('parent.name collate "C"', 'child.org_id')} as meant
          where child.role_id = any(reached.fresh) and cardinality(child.inherits) > 0
            and meant.role_id <> all(reached.ids)
        ) as fresh
        offset 0
      ) as next
      where cardinality(next.fresh) > 0
    )
    select
      (select json_build_object('isActive', is_active, 'orgId', org_id) from person) as "user",
      coalesce((select json_agg(name order by name) from own), '[]') as "roles",
      coalesce((
        select json_agg("grant" order by "grant") from ${subjectGrants} where subject_id = ${subjectId}
      ), '[]') as "grants",
      coalesce((
        select json_agg(json_build_object(
          'name', role.name, 'orgId', role.org_id, 'description', role.description,
          'permissions', role.permissions, 'inherits', role.inherits,
          'createdAt', ${milliseconds('role.created_at')}, 'updatedAt', ${milliseconds('role.updated_at')}
        ))
        from ${roles} as role
        where role.role_id = any(array(select unnest(fresh) from reached))
      ), '[]') as "stored"
  ) as holdings`;
  return queries
    .select({
      user: sql<HoldingsRow['user']>`"user"`,
      roles: sql<HoldingsRow['roles']>`"roles"`,
      grants: sql<HoldingsRow['grants']>`"grants"`,
      stored: sql<HoldingsRow['stored']>`"stored"`,
    })
    .from(found)
    .prepare('gatehouse_holdings');
}

/** Holdings made of their row. */
export function holdingsOf({ user, roles: names, grants, stored }: HoldingsRow): SubjectHoldings {
  return {
    user: user === null ? undefined : { isActive: user.isActive, orgId: user.orgId ?? undefined },
    roles: names,
    grants,
    stored: stored.map((role) => ({
      ...role,
      orgId: role.orgId ?? undefined,
      description: role.description ?? undefined,
      createdAt: new Date(role.createdAt),
      updatedAt: new Date(role.updatedAt),
    })),
  };
}
