import type { Queryable } from '../../pool.js';

const COUNT = `select count(*) as count from users`;

export async function countPeople(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ count: number }>({ name: 'countPeople', text: COUNT });
  return rows[0]?.count ?? 0;
}

const NEXT = `select id from users where id > $1::bigint order by id limit $2::int`;

/** The ids of those who come next, in order. */
export async function nextPeople(
  db: Queryable,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<readonly number[]> {
  const { rows } = await db.query<{ id: number }>({ name: 'nextPeople', text: NEXT, values: [after, limit] });
  return rows.map(({ id }) => id);
}

// Each row by itself: people who were made together are often alike.
const DRAW = `select id from users tablesample bernoulli ($1::real)`;

/** People drawn at random, each with a probability of `percent`. */
export async function drawPeople(db: Queryable, percent: number): Promise<readonly number[]> {
  const { rows } = await db.query<{ id: number }>({ name: 'drawPeople', text: DRAW, values: [percent] });
  return rows.map(({ id }) => id);
}
