-- The end of the latest hold that the campaign's own hours asked for: lateness counts from it. Null: from due_at.
alter table pairings add column planned_at timestamptz;
-- Held now, no dispatch begun and no channel suspended: held by hours, or for moments while another message is being sent.
update pairings p set planned_at = p.wake_at
where p.state = 'waiting' and p.wake_at > p.due_at
  and not exists (select from messages m where m.pairing_id = p.id)
  and not exists (select from channel_suspensions);

-- The instant that re-eligibility counts from: the planned one of a send that was less than a minute late. Null: last_at,
-- which stays the instant at which it was received.
alter table receipts add column counts_from timestamptz;

-- The instant that a receipt counts from; `countedInstant` of domain/decision/punctuality.ts is its twin.
create function counted_instant(planned_at timestamptz, received_at timestamptz) returns timestamptz
language sql stable parallel safe as $$
  select case
    when received_at < planned_at + interval '1 minute' then least(planned_at, received_at)
    else received_at
  end
$$;
