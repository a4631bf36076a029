-- With a cart worth 400 or more.
select u.id
from users u
where jsonb_typeof(u.attributes -> 'cart' -> 'value') = 'number'
  and (u.attributes -> 'cart' ->> 'value')::numeric >= 400
