-- Never played.
select u.id
from users u
where not exists (select from events e where e.user_id = u.id and e.kind = 'custom' and e.name = 'play')
