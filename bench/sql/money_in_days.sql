-- Spent more than 50 in the last 30 UTC calendar days and today.
select user_id as id
from events
where kind = 'purchase'
  and time >= date_trunc('day', $1::timestamptz, 'UTC') - interval '30 days'
  and received_at >= date_trunc('day', $1::timestamptz, 'UTC') - interval '30 days'
group by user_id
having round(sum((properties ->> 'price')::float8 * coalesce((properties ->> 'quantity')::float8, 1))::numeric, 4) > 50
