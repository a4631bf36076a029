-- In Spain, and in the segment of those who came here three times or more and never did cancel.
select u.id
from users u
where u.attributes -> 'country' = '"ES"'
  and exists (
    select from event_totals t
    where t.user_id = u.id and t.kind = 'session' and t.name = '' and t.count >= 3
  )
  and not exists (select from events e where e.user_id = u.id and e.kind = 'custom' and e.name = 'cancel')
