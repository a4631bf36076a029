import type { Profile } from '../../../domain/profile/profile.js';
import { instant, type Queryable } from '../../pool.js';

const SQL = `
  update users u set
    email = p.email,
    email_added_at = coalesce(u.email_added_at, case when p.email is not null then $2::timestamptz end),
    phone = p.phone,
    time_zone = p.time_zone,
    email_subscription = p.email_subscription,
    push_subscription = p.push_subscription,
    attributes = p.attributes,
    version = u.version + 1,
    updated_at = $2::timestamptz
  from jsonb_to_recordset($1::jsonb) as p(
    id bigint, email text, phone text, time_zone text, email_subscription text, push_subscription text, attributes jsonb
  )
  where u.id = p.id
`;

/** Writes changed profiles of users the caller has locked. */
export async function updateProfiles(
  tx: Queryable,
  changed: readonly { readonly id: number; readonly profile: Profile }[],
  now: number,
): Promise<void> {
  if (changed.length === 0) return;
  const rows = changed.map(({ id, profile }) => ({
    id,
    email: profile.email,
    phone: profile.phone,
    time_zone: profile.timeZone,
    email_subscription: profile.emailSubscription,
    push_subscription: profile.pushSubscription,
    attributes: profile.attributes,
  }));
  await tx.query({ name: 'updateProfiles', text: SQL, values: [JSON.stringify(rows), instant(now)] });
}
