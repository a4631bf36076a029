// Failures of our own, through a real worker: an attempt that fails in the same way five times parks, inline or not.
import { endings, event, launch, newcomer, post, someone } from './world/people.js';
import { accept, hook, passTime, sent } from './world/providers.js';
import { startWorld, type World } from './world/world.js';

let world: World;

describe('own failures', () => {
  beforeAll(async () => {
    world = await startWorld();
  }, 120_000);
  afterAll(() => world.stop(), 60_000);

  /** Claims of the campaign's messages fail in the database, until the answer is called. */
  async function breakClaims(campaign: string): Promise<() => Promise<unknown>> {
    const { pool } = world.database;
    const { rows } = await pool.query<{ id: number }>('select id from campaigns where key = $1', [campaign]);
    await pool.query(`create function refuse_claim() returns trigger language plpgsql as
      $$ begin raise exception 'no' using errcode = '22012'; end $$`);
    await pool.query(`create trigger refuse_claim before insert on messages for each row
      when (new.campaign_id = ${rows[0]?.id}) execute function refuse_claim()`);
    return () => pool.query('drop trigger refuse_claim on messages; drop function refuse_claim()');
  }

  it.each([
    ['the inline attempt of a keyed webhook', () => [hook(world, { honoursWebhookId: true }).message]],
    ['a normal attempt', () => [hook(world).message]],
  ])(
    'B2: %s parks after five failures in the same way, each with its line, and a retry sends',
    async (_, messages) => {
      world.http.answer(accept);
      const ping = someone('ping');
      const campaign = await launch(world, { trigger: { customEvent: ping }, messages: messages() });
      const mend = await breakClaims(campaign);
      const user = await newcomer(world);
      await event(world, user, ping);
      const find = `select p.id, p.user_id, p.state from pairings p join campaigns c on c.id = p.campaign_id where c.key = $1`;
      const pairing = async () => (await world.database.pool.query(find, [campaign])).rows[0];
      await passTime(world, 60_000);
      expect(await pairing()).toMatchObject({ state: 'parked' });
      await mend();

      const lines = () =>
        world.logged.filter((line) => line.includes(campaign) || line.includes('"component":"temporal"'));
      const { id, user_id } = await pairing();
      const said = { campaign, user: user_id, pairing: id, code: '22012' };
      expect(
        lines()
          .map((line) => JSON.parse(line))
          .filter(({ level }) => level === 'warn'),
      ).toEqual([
        ...Array.from({ length: 4 }, () =>
          expect.objectContaining({ ...said, msg: 'an attempt failed, to be repeated' }),
        ),
        expect.objectContaining({ ...said, msg: 'parked' }),
      ]);
      await post(world, `/v1/parked/${id}/retry`, {}, 200);
      await passTime(world, 60_000);
      expect(await endings(world, campaign, user)).toMatchObject([sent]);
    },
    60_000,
  );
});
