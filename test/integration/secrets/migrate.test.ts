// What the migration of secrets makes of messages that were held before it.
import { createEarlierDatabase, type EarlierDatabase } from '../../setup/earlierDatabase.js';

let database: EarlierDatabase;
const HELD_FOR = [null, 'channel_suspended', 'receiver_silent', 'receiver_slow', 'receivers_slow'];

beforeEach(async () => {
  database = await createEarlierDatabase('000029');
  await database.pool.query(`
    insert into users (external_id, created_at, updated_at) values ('ann', now(), now());
    insert into campaigns (key, name, state, active_since, created_at, updated_at)
      values ('c', 'c', 'active', '2026-11-01', '2026-11-01', '2026-11-01');
  `);
  for (const [index, heldFor] of HELD_FOR.entries()) {
    await database.pool.query(
      `insert into pairings (
         campaign_id, user_id, occurrence_key, campaign_version, generation, variant, state, trigger_kind, trigger_name,
         trigger_time, trigger_seq, trigger_properties, due_at, wake_at, created_at, held_for
       ) values (1, 1, $1::text, 1, 1, 'a', 'waiting', 'custom', 'x', now(), 1, '{}', now(), now(), now(), $2::text)`,
      [`${index}`, heldFor],
    );
  }
});
afterEach(() => database.drop());

test('what was held stays so, may be held for a missing secret too, and for nothing unheard of', async () => {
  const hold = (heldFor: string) => database.pool.query('update pairings set held_for = $1 where id = 1', [heldFor]);
  await expect(hold('secret_missing')).rejects.toThrow('pairings_held_for_check');
  await database.migrate();
  const { rows } = await database.pool.query('select held_for from pairings order by id');
  expect(rows.map(({ held_for }) => held_for)).toEqual(HELD_FOR);
  await hold('secret_missing');
  await expect(hold('nonsense')).rejects.toThrow('pairings_held_for_check');
});

test('a row without its nonce, its tag or a name that can be written is refused', async () => {
  await database.migrate();
  const insert = (name: string, nonce: number, ciphertext: number) =>
    database.pool.query(
      `insert into secrets (name, key_id, nonce, ciphertext, created_at, updated_at, updated_by)
       values ($1, 'k1', $2, $3, now(), now(), 'cli/ann')`,
      [name, Buffer.alloc(nonce), Buffer.alloc(ciphertext)],
    );
  await insert('crm', 12, 24);
  await expect(insert('other', 11, 24)).rejects.toThrow('secrets_nonce_check');
  await expect(insert('other', 12, 16)).rejects.toThrow('secrets_ciphertext_check');
  await expect(insert('No name', 12, 24)).rejects.toThrow('secrets_name_check');
  await expect(insert('crm', 12, 24)).rejects.toThrow('secrets_name_key');
});
