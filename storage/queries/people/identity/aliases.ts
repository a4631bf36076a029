import type { Queryable } from '../../../pool.js';

export interface Alias {
  readonly label: string;
  readonly name: string;
}

// In the order given: of two that cannot both be, the first is added.
const INSERT = `
  insert into user_aliases (label, name, user_id)
  select a.label, a.name, a.user_id
  from unnest($1::text[], $2::text[], $3::bigint[]) with ordinality as a(label, name, user_id, place)
  order by a.place
  on conflict do nothing
`;

/** Gives people these aliases, under their locks, but not one that somebody has, nor a second of a label. */
export async function insertAliases(
  tx: Queryable,
  aliases: readonly (Alias & { readonly userId: number })[],
): Promise<void> {
  if (aliases.length === 0) return;
  await tx.query({
    name: 'insertAliases',
    text: INSERT,
    values: [aliases.map(({ label }) => label), aliases.map(({ name }) => name), aliases.map(({ userId }) => userId)],
  });
}

const RENAME = `
  update user_aliases set name = $3::text
  where label = $1::text and name = $2::text
    and not exists (select from user_aliases o where o.label = $1::text and o.name = $3::text)
`;

/** False where nobody has it, or somebody has the other; the caller holds the locks on both names. */
export async function renameAlias(tx: Queryable, { label, name }: Alias, to: string): Promise<boolean> {
  const { rowCount } = await tx.query({ name: 'renameAlias', text: RENAME, values: [label, name, to] });
  return rowCount === 1;
}

const LABELLED = `select from user_aliases where user_id = $1::bigint and label = $2::text`;

/** Whether the person has an alias of the label. */
export async function hasLabel(tx: Queryable, userId: number, label: string): Promise<boolean> {
  const { rowCount } = await tx.query({ name: 'hasLabel', text: LABELLED, values: [userId, label] });
  return rowCount === 1;
}

const GIVE = `update user_aliases set user_id = $3::bigint where label = $1::text and name = $2::text`;

/** Makes the alias that of another person, who has none of its label, under both locks. */
export async function giveAlias(tx: Queryable, { label, name }: Alias, userId: number): Promise<void> {
  await tx.query({ name: 'giveAlias', text: GIVE, values: [label, name, userId] });
}
