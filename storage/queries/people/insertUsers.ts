import { instant, type Queryable } from '../../pool.js';

// Sorted by identifier and `do nothing` on conflict: two requests that create the same people neither deadlock
// nor fail, and the caller resolves again to see whoever won.
const BY_EXTERNAL_ID = `
  insert into users (external_id, created_at, updated_at)
  select external_id, $2::timestamptz, $2::timestamptz from unnest($1::text[]) as n(external_id)
  where not exists (select from former_external_ids f where f.external_id = n.external_id)
  order by external_id
  on conflict (external_id) do nothing
  returning id
`;

export async function insertUsersByExternalId(
  tx: Queryable,
  externalIds: readonly string[],
  now: number,
): Promise<readonly number[]> {
  const { rows } = await tx.query<{ id: number }>({
    name: 'insertUsersByExternalId',
    text: BY_EXTERNAL_ID,
    values: [externalIds, instant(now)],
  });
  return rows.map((row) => row.id);
}

const BY_ADDRESS = `
  insert into users (email, phone, created_at, updated_at)
  select nullif(email, ''), nullif(phone, ''), $3::timestamptz, $3::timestamptz
  from unnest($1::text[], $2::text[]) as n(email, phone)
  returning id
`;

/** People known by an address alone (UT-05); the caller holds the advisory locks that make this once per address. */
export async function insertUsersByAddress(
  tx: Queryable,
  { emails, phones }: { readonly emails: readonly string[]; readonly phones: readonly string[] },
  now: number,
): Promise<readonly number[]> {
  const { rows } = await tx.query<{ id: number }>({
    name: 'insertUsersByAddress',
    text: BY_ADDRESS,
    values: [[...emails, ...phones.map(() => '')], [...emails.map(() => ''), ...phones], instant(now)],
  });
  return rows.map((row) => row.id);
}

const BY_ALIAS = `
  with person as (
    insert into users (created_at, updated_at) values ($3::timestamptz, $3::timestamptz) returning id
  )
  insert into user_aliases (label, name, user_id) select $1::text, $2::text, id from person
  returning user_id
`;

/** Creates a person known by an alias alone; the caller holds the lock on that alias and has seen it free. */
export async function insertUserByAlias(
  tx: Queryable,
  alias: { readonly label: string; readonly name: string },
  now: number,
): Promise<number> {
  const { rows } = await tx.query<{ user_id: number }>({
    name: 'insertUserByAlias',
    text: BY_ALIAS,
    values: [alias.label, alias.name, instant(now)],
  });
  const row = rows[0];
  if (row === undefined) throw new Error('inserting an alias returned no row');
  return row.user_id;
}

// One creator at a time per address or alias, in sorted order; released with the transaction.
const LOCK_NAMES = `
  select pg_advisory_xact_lock(hashtextextended(name, 0)) from (
    select distinct name from unnest($1::text[]) as n(name) order by name
  ) sorted
`;

export async function lockNames(tx: Queryable, names: readonly string[]): Promise<void> {
  await tx.query({ name: 'lockNames', text: LOCK_NAMES, values: [names] });
}
