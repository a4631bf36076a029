-- In France or Germany, not on the plan "pro", here within 30 days, and played in the last 14 days or bought something, but
-- never did cancel.
select u.id
from users u
where u.attributes -> 'country' in ('"FR"', '"DE"')
  and u.attributes -> 'plan' is distinct from '"pro"'
  and exists (
    select from event_totals t
    where t.user_id = u.id and t.kind = 'session' and t.name = '' and t.last_at > $1::timestamptz - interval '30 days'
  )
  and u.id in (
    select user_id from events
    where kind = 'custom' and name = 'play'
      and time >= date_trunc('day', $1::timestamptz, 'UTC') - interval '14 days'
      and received_at >= date_trunc('day', $1::timestamptz, 'UTC') - interval '14 days'
    union all
    select user_id from event_totals where kind = 'purchase' and name = '' and count >= 1
  )
  and not exists (select from events e where e.user_id = u.id and e.kind = 'custom' and e.name = 'cancel')
