-- The latest change of each state that the stream keeps, where it is one to the state that the person has.
update users u set
  email_subscription_since = coalesce(u.email_subscription_since, c.email_since),
  push_subscription_since = coalesce(u.push_subscription_since, c.push_since)
from (
  select e.user_id,
    max(e.received_at) filter (where e.properties ? 'email_subscribe') as email_since,
    max(e.received_at) filter (where e.properties ? 'push_subscribe') as push_since
  from events e
  where e.kind = 'attributes' and e.name = '' and e.properties ?| array['email_subscribe', 'push_subscribe']
  group by e.user_id
) c
where c.user_id = u.id;
