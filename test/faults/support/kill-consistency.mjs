// What must hold in the database whenever no process writes to it.

const RULES = {
  'an open session does not have one live refresh token': `
    select s.session_id from gatehouse.sessions s
      left join gatehouse.refresh_tokens t on t.session_id = s.session_id and t.rotated_at is null
    where s.closed_at is null group by s.session_id having count(t.token_hash) <> 1`,
  'a spent refresh token has no successor, or none that is sealed': `
    select t.token_hash from gatehouse.refresh_tokens t join gatehouse.sessions s using (session_id)
      left join gatehouse.refresh_tokens n on n.token_hash = t.next_hash
    where t.rotated_at is not null and s.closed_at is null and (n.token_hash is null or t.sealed_next is null)`,
  'a session is closed and the log does not say so': `
    select session_id from gatehouse.sessions where closed_at is not null and not exists
      (select from gatehouse.revocations where kind = 'session' and id = session_id)`,
  'the log says a session is closed and it is not': `
    select id from gatehouse.revocations where kind = 'session' and not exists
      (select from gatehouse.sessions where session_id = id and closed_at is not null)`,
  'everything of a user is revoked, and one of their sessions is open': `
    select id from gatehouse.revocations join gatehouse.sessions on user_id = id
    where kind = 'subject' and closed_at is null and created_at < to_timestamp(at / 1000.0)`,
  'a key is revoked or replaced and the log does not say so': `
    select key_id from gatehouse.api_keys where (revoked_at is not null or replaced_by is not null) and not exists
      (select from gatehouse.revocations where kind = 'api-key' and id = key_id)`,
  'the log says a key has changed and it has not': `
    select id from gatehouse.revocations where kind = 'api-key' and not exists
      (select from gatehouse.api_keys where key_id = id and (revoked_at is not null or replaced_by is not null))`,
  'a key is replaced by none, or does not end': `
    select k.key_id from gatehouse.api_keys k left join gatehouse.api_keys n on n.key_id = k.replaced_by
    where k.replaced_by is not null and (n.key_id is null or k.replaced_at is null or k.expires_at is null)`,
  'more than one signing key is active': `
    select count(*) from gatehouse.signing_keys where state = 'active' having count(*) > 1`,
  'a removed signing key has its private part, or another one has none': `
    select key_id from gatehouse.signing_keys where key_id <> '' and (state = 'removed') <> (sealed_key is null)`,
  'a signing key has changed and the log does not say so': `
    select key_id from gatehouse.signing_keys where key_id <> '' and not exists
      (select from gatehouse.revocations where kind = 'signing-key' and id = key_id)`,
  'a key is a successor of none': `
    select name from gatehouse.api_keys where name like 'rotate key%'
    group by name having count(*) <> count(replaced_by) + 1`,
  'a role was given or taken and the log does not say so, or says more': `
    select user_id from gatehouse.users where (email like 'give-role-%' or email like 'administrator-%') and
      ((select count(*) from gatehouse.subject_roles where subject_id = user_id)
        + (select count(*) from gatehouse.subject_grants where subject_id = user_id)
        + (select count(*) from gatehouse.revocations where kind = 'permissions' and id = user_id)) % 2 <> 0`,
  // The entry is made in the moment of the change, ten seconds later for whatever is issued meanwhile.
  'a role has changed and the log does not say so': `
    select name from gatehouse.roles where not exists
      (select from gatehouse.revocations where kind = 'permissions' and id = ''
        and at - 10000 - extract(epoch from updated_at) * 1000 between 0 and 20)`,
  'somebody is disabled and the log does not say so, or a session is open': `
    select user_id from gatehouse.users u where not is_active and (
      (select count(distinct kind) from gatehouse.revocations where id = user_id
        and kind in ('subject', 'permissions')) <> 2
      or exists (select from gatehouse.sessions s where s.user_id = u.user_id and closed_at is null))`,
  'the log says somebody has ended and they have not': `
    select id from gatehouse.revocations join gatehouse.users on user_id = id
    where kind = 'subject' and is_active and email like 'disable-user-%'`,
  'a password has changed and the log does not say so, or says so of another one': `
    select user_id from gatehouse.users where email like 'reset-password-%' and password_hash is not null and
      (updated_at > created_at) <> exists (select from gatehouse.revocations where kind = 'subject' and id = user_id)`,
  'there is no administrator': `
    select 1 from gatehouse.users where email like 'administrator-%' having count(*) = 2 and not bool_or(is_active
      and exists (select from gatehouse.subject_roles where subject_id = user_id and name = 'administrator'))`,
};

/** @returns what does not hold. */
export async function consistency(pool) {
  const problems = [];
  for (const [rule, statement] of Object.entries(RULES)) {
    const { rows } = await pool.query(statement);
    if (rows.length > 0) problems.push(`${rule}: ${JSON.stringify(rows.slice(0, 3))}`);
  }
  return problems;
}
