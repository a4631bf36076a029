// When each claim was committed, as a trigger of ours notes it: the ledger has the instant at which its attempt began, and keeps
// the last claim of a message only.
import pg from 'pg';

const WITNESS = `
  create schema witness;
  create table witness.claims (at timestamptz not null, user_id bigint not null, send_key text not null);
  create function witness.note_claim() returns trigger language plpgsql as $$
  begin
    insert into witness.claims (at, user_id, send_key) values (clock_timestamp(), new.user_id, new.send_key);
    return null;
  end $$;
  create constraint trigger note_first_claim after insert on messages deferrable initially deferred
    for each row when (new.state = 'claimed') execute function witness.note_claim();
  create constraint trigger note_next_claim after update on messages deferrable initially deferred
    for each row when (new.state = 'claimed' and new.attempt <> old.attempt) execute function witness.note_claim();
`;

export async function placeWitness(stack) {
  await asking(stack, (rows) => rows(WITNESS));
}

/** Every claim: `{ at, user_id, send_key }`, times as instants, in their order. */
export const CLAIMS = `
  select (extract(epoch from at) * 1000)::float8 as at, user_id, send_key from witness.claims order by witness.claims.at
`;

/** Calls `ask` with a function that answers the rows of a statement of the installation's database. */
export async function asking(stack, ask) {
  const client = new pg.Client({ connectionString: stack.databaseUrl() });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await ask(async (sql, values) => (await client.query(sql, values)).rows);
  } finally {
    await client.end();
  }
}
