-- Here for the last time more than two weeks and less than three weeks ago.
select t.user_id as id
from event_totals t
where t.kind = 'session' and t.name = ''
  and t.last_at <= $1::timestamptz - interval '14 days' and t.last_at > $1::timestamptz - interval '21 days'
