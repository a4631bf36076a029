import type { Profile } from '../../../domain/profile/profile.js';
import { instant, type Queryable } from '../../pool.js';
import { profileAssignments, writtenValues } from './profileColumns.js';

const SQL = `
  update users u set
    ${profileAssignments('p')},
    email_added_at = coalesce(u.email_added_at, case when p.email is not null then $2::timestamptz end),
    version = u.version + 1,
    updated_at = $2::timestamptz
  from jsonb_populate_recordset(null::users, $1::jsonb) as p
  where u.id = p.id
`;

/** Writes changed profiles of users the caller has locked. */
export async function updateProfiles(
  tx: Queryable,
  changed: readonly { readonly id: number; readonly profile: Profile }[],
  now: number,
): Promise<void> {
  if (changed.length === 0) return;
  const rows = changed.map(({ id, profile }) => ({ id, ...writtenValues(profile) }));
  await tx.query({ name: 'updateProfiles', text: SQL, values: [JSON.stringify(rows), instant(now)] });
}
