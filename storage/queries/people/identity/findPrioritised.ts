import { emailKey, phoneKey } from '../../../../domain/profile/contact.js';
import type { Queryable } from '../../../pool.js';
import { EMAIL_KEY, PHONE_KEY } from '../addressKeys.js';

export interface Prioritised {
  readonly of: 'email' | 'phone';
  readonly value: string;
  /** `identified`, `unidentified`, `most_recently_updated` and `least_recently_updated`, in the order in which they count. */
  readonly priorities: readonly string[];
}

// How far a profile is from what is asked for: the least comes first, and those that are equal are not told apart.
const BY_FIRST = `
  case $2::text
    when 'identified' then case when external_id is null then 1 else 0 end
    when 'unidentified' then case when external_id is null then 0 else 1 end
    when 'most_recently_updated' then -extract(epoch from updated_at)
    when 'least_recently_updated' then extract(epoch from updated_at)
    else 0
  end
`;
const BY_SECOND = `
  case $3::text
    when 'identified' then case when external_id is null then 1 else 0 end
    when 'unidentified' then case when external_id is null then 0 else 1 end
    when 'most_recently_updated' then -extract(epoch from updated_at)
    when 'least_recently_updated' then extract(epoch from updated_at)
    else 0
  end
`;
const RANKED = `id, rank() over (order by ${BY_FIRST}, ${BY_SECOND}) as place`;
const BY_EMAIL = `
  select id from (select ${RANKED} from users where ${EMAIL_KEY} = $1::text) u where place = 1 order by id limit 2
`;
const BY_PHONE = `
  select id from (select ${RANKED} from users where ${PHONE_KEY} = $1::text) u where place = 1 order by id limit 2
`;

/** The one of those who have the address that the priorities leave. */
export async function findPrioritised(
  tx: Queryable,
  { of, value, priorities }: Prioritised,
): Promise<{ readonly id: number } | 'nobody' | 'several'> {
  const isEmail = of === 'email';
  const { rows } = await tx.query<{ id: number }>({
    name: isEmail ? 'findPrioritised:email' : 'findPrioritised:phone',
    text: isEmail ? BY_EMAIL : BY_PHONE,
    values: [isEmail ? emailKey(value) : phoneKey(value), priorities[0] ?? '', priorities[1] ?? ''],
  });
  const [first] = rows;
  if (first === undefined) return 'nobody';
  return rows.length > 1 ? 'several' : first;
}
