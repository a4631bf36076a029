import type { Queryable } from '../../pool.js';

// Only what is live sends: the version of a draft, or one that was replaced, names what it may.
const SQL = `
  select name, key from (
    select name, key, row_number() over (partition by name order by key) as place
    from (
      select distinct used.value #>> '{}' as name, c.key
      from campaigns c
      join campaign_versions v on v.campaign_id = c.id and v.version = c.version
      cross join lateral jsonb_path_query(v.definition, '$.variants[*].messages.webhook.headers.*.secret') as used(value)
      where c.state = 'active'
    ) as uses
    where name = any($1::text[])
  ) as numbered
  where place <= $2::int
  order by name, key
`;

/** The keys of the active campaigns whose current version names each secret, in the order of their letters, so many at most. */
export async function findSecretUsers(
  db: Queryable,
  names: readonly string[],
  most: number,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const { rows } = await db.query<{ name: string; key: string }>({
    name: 'findSecretUsers',
    text: SQL,
    values: [names, most],
  });
  const users = new Map<string, string[]>();
  for (const { name, key } of rows) users.set(name, [...(users.get(name) ?? []), key]);
  return users;
}
