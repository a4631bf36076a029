-- The same, of these people.
select u.id
from users u
where u.id = any($2::bigint[])
  and u.attributes -> 'country' in ('"FR"', '"DE"')
  and u.attributes -> 'plan' is distinct from '"pro"'
  and exists (
    select from event_totals t
    where t.user_id = u.id and t.kind = 'session' and t.name = '' and t.last_at > $1::timestamptz - interval '30 days'
  )
  and (
    exists (
      select from events e
      where e.user_id = u.id and e.kind = 'custom' and e.name = 'play'
        and e.time >= date_trunc('day', $1::timestamptz, 'UTC') - interval '14 days'
        and e.received_at >= date_trunc('day', $1::timestamptz, 'UTC') - interval '14 days'
    )
    or exists (select from event_totals t where t.user_id = u.id and t.kind = 'purchase' and t.name = '' and t.count >= 1)
  )
  and not exists (select from events e where e.user_id = u.id and e.kind = 'custom' and e.name = 'cancel')
