// What recording left of a person.
import { TOTALS } from '../../../storage/queries/people/totals.js';
import type { Recording } from '../../setup/recording.js';

/** `waiting`, `done:exception`, … of each of their pairings. */
export const namesOf = async (r: Recording, campaign: string, user: string) =>
  (await r.pairings(campaign, user)).map(({ state, reason }) => [state, reason].filter(Boolean).join(':'));

/** A person's counter of a kind and name; undefined: never. */
export async function totalOf(r: Recording, user: string, kind: string, name: string) {
  const { rows } = await r.api.database.pool.query(
    `select t.count, t.amount, t.first_at, t.last_at from (select id as user_id from users where external_id = $1::text) o
     cross join (select $2::text as kind, $3::text as name) n
     cross join ${TOTALS}`,
    [user, kind, name],
  );
  return rows[0];
}
