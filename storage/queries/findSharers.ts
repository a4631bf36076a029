import type { Queryable } from '../pool.js';

const SQL = `select id from users where email = any($1::text[]) or phone = any($2::text[])`;

/** Everybody who has one of the addresses. */
export async function findSharers(
  tx: Queryable,
  { emails, phones }: { readonly emails: readonly string[]; readonly phones: readonly string[] },
): Promise<readonly number[]> {
  const { rows } = await tx.query<{ id: number }>({ name: 'findSharers', text: SQL, values: [emails, phones] });
  return rows.map(({ id }) => id);
}
