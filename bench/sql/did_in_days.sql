-- Played twice or more in the last 7 UTC calendar days and today.
select user_id as id
from events
where kind = 'custom' and name = 'play'
  and time >= date_trunc('day', $1::timestamptz, 'UTC') - interval '7 days'
  and received_at >= date_trunc('day', $1::timestamptz, 'UTC') - interval '7 days'
group by user_id
having count(*) >= 2
