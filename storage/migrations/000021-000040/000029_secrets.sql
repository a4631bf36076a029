-- Values that definitions name and do not hold, encrypted with a key that is not in the database (RAPPEL_SECRET_KEYS):
-- AES-256-GCM, the name authenticated with the value. `ciphertext` ends with the tag of 16 bytes.
create table secrets (
  id bigint generated always as identity primary key,
  name text not null unique check (name ~ '^[a-z0-9][a-z0-9_-]{0,99}$'),
  key_id text not null,
  nonce bytea not null check (length(nonce) = 12),
  ciphertext bytea not null check (length(ciphertext) > 16),
  created_at timestamptz not null,
  -- When its value was set last, and by whom; that it was encrypted with another key changes neither.
  updated_at timestamptz not null,
  updated_by text not null
);

-- Not checked of the rows there are: they satisfied a stricter check, and to read them all would hold up every message.
alter table pairings drop constraint pairings_held_for_check;
alter table pairings add constraint pairings_held_for_check check (
  held_for in ('channel_suspended', 'receiver_silent', 'receiver_slow', 'receivers_slow', 'secret_missing')
) not valid;
