import type { JsonObject } from '../../domain/json.js';
import type { SubscriptionState } from '../../domain/profile/profile.js';
import type { Queryable } from '../pool.js';

export interface StoredUser {
  readonly id: number;
  readonly external_id: string;
  readonly email: string | null;
  readonly phone: string | null;
  readonly time_zone: string | null;
  readonly email_subscription: SubscriptionState;
  readonly push_subscription: SubscriptionState;
  readonly attributes: JsonObject;
  readonly created_at: number;
  readonly updated_at: number;
  readonly aliases: readonly { readonly label: string; readonly name: string }[];
}

const SQL = `
  select
    u.id, u.external_id, u.email, u.phone, u.time_zone, u.email_subscription, u.push_subscription, u.attributes,
    u.created_at, u.updated_at,
    coalesce(
      (select jsonb_agg(jsonb_build_object('label', a.label, 'name', a.name) order by a.label)
       from user_aliases a where a.user_id = u.id),
      '[]'
    ) as aliases
  from users u
  where u.external_id = $1::text
`;

export async function findUserByExternalId(db: Queryable, externalId: string): Promise<StoredUser | null> {
  const { rows } = await db.query<StoredUser>({ name: 'findUserByExternalId', text: SQL, values: [externalId] });
  return rows[0] ?? null;
}
