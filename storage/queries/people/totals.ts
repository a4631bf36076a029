/**
 * To cross join: the total `t` of what `n(kind, name)` says of the person `o(user_id)`; no row means never. Purchases and
 * sessions have counters of their own; custom events are counted in the stream, by the index on a person's events
 * (docs/decisions/running/counters.md). Counters of custom events were kept once, and count no longer.
 */
export const TOTALS = `lateral (
  select count, amount, first_at, last_at
  from event_totals
  where user_id = o.user_id and kind = n.kind and name = n.name and kind <> 'custom'
  union all
  select count(*), 0, min(time), max(time)
  from events
  where user_id = o.user_id and kind = 'custom' and n.kind = 'custom' and name = n.name
  having count(*) > 0
) t`;
