-- In France, on the plan "pro", and here within two weeks.
select u.id
from users u
join event_totals t on t.user_id = u.id and t.kind = 'session' and t.name = ''
where u.attributes -> 'country' = '"FR"' and u.attributes -> 'plan' = '"pro"'
  and t.last_at > $1::timestamptz - interval '14 days'
