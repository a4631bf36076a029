-- What a waiting message was last put off for, where it was neither its campaign's hours nor its due instant: explain tells it.
alter table pairings add column held_for text
  check (held_for in ('channel_suspended', 'receiver_silent', 'receiver_slow', 'receivers_slow'));
