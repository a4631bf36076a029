// The operators' lists of one campaign: who waits, and what is parked.
import request from 'supertest';
import { storableText } from '../../../domain/schema/storableText.js';
import { parkPairing } from '../../../storage/queries/pairings/updatePairing.js';
import { HOUR, MINUTE, type Recording, someone, startRecording } from '../../setup/recording.js';

let r: Recording;
beforeAll(async () => {
  r = await startRecording();
});
afterAll(() => r.api.close());

const waiting = async (campaign: string, query = '') =>
  (await r.send('get', `/v1/campaigns/${campaign}/waiting${query}`).expect(200)).body;

test('who waits is listed by when they are looked at next, paged, with their clock and until when', async () => {
  const campaign = await r.launch({ trigger: { customEvent: 'wait' }, delay: { after: '2 hours' } });
  const [late, early, tokyo] = [someone(), someone(), someone()];
  await r.track({ attributes: [{ external_id: tokyo, time_zone: 'Asia/Tokyo' }] });
  for (const user of [early, tokyo, late]) {
    await r.event(user, 'wait');
    r.api.clock.now += 10 * MINUTE;
  }

  const first = await waiting(campaign, '?limit=2');
  const second = await waiting(campaign, `?limit=2&after=${encodeURIComponent(first.next)}`);
  expect([first, second].map((page) => page.waiting.map(({ user }: { user: string }) => user))).toEqual([
    [early, tokyo],
    [late],
  ]);
  expect(second.next).toBeNull();
  expect(first.waiting).toEqual([
    {
      user: early,
      userId: expect.stringMatching(/^\d+$/),
      who: early,
      timeZone: 'UTC',
      state: 'waiting',
      dueAt: r.iso(2 * HOUR - 30 * MINUTE),
      until: r.iso(2 * HOUR - 30 * MINUTE),
      runUrl: expect.stringContaining(campaign),
    },
    expect.objectContaining({ user: tokyo, timeZone: 'Asia/Tokyo' }),
  ]);
});

test('people of the same instant are each listed once, over pages', async () => {
  const campaign = await r.launch({ trigger: { customEvent: 'same' }, delay: { after: '2 hours' } });
  const people = Array.from({ length: 5 }, () => someone());
  await r.track({ events: people.map((external_id) => ({ external_id, name: 'same' })) });
  const found: string[] = [];
  for (let after = ''; ; ) {
    const page = await waiting(campaign, `?limit=2${after}`);
    found.push(...page.waiting.map(({ user }: { user: string }) => user));
    if (page.next === null) break;
    after = `&after=${encodeURIComponent(page.next)}`;
  }
  expect(found.sort()).toEqual([...people].sort());
});

test('who no longer waits is not listed: cancelled, parked, or of a campaign stopped since', async () => {
  const definition = {
    trigger: { customEvent: 'leave' },
    delay: { after: '2 hours' },
    exceptions: [{ customEvent: 'no' }],
  };
  const campaign = await r.launch(definition);
  const [stays, cancelled, parked] = [someone(), someone(), someone()];
  for (const user of [stays, cancelled, parked]) await r.event(user, 'leave');
  r.api.clock.now += MINUTE;
  await r.event(cancelled, 'no');
  const [{ id } = { id: 0 }] = await r.pairings(campaign, parked);
  await parkPairing(r.api.database.pool, id, storableText('email template: unknown filter'));
  expect((await waiting(campaign)).waiting.map(({ user }: { user: string }) => user)).toEqual([stays]);

  const other = await r.launch({ trigger: { customEvent: 'leave' }, delay: { after: '2 hours' } });
  const listed = async (of: string) =>
    (await r.send('get', `/v1/parked?campaign=${of}`).expect(200)).body.parked.length;
  expect([await listed(campaign), await listed(other)]).toEqual([1, 0]);

  await r.send('post', `/v1/campaigns/${campaign}/stop`).expect(200);
  expect((await waiting(campaign)).waiting).toEqual([]);
});

test('an unknown campaign, cursor or query parameter is refused', async () => {
  const campaign = await r.launch({ trigger: { customEvent: 'refused' }, delay: { after: '2 hours' } });
  const answers = ['nothing-such/waiting', `${campaign}/waiting?after=x`, `${campaign}/waiting?sort=name`].map(
    async (path) => (await r.send('get', `/v1/campaigns/${path}`)).status,
  );
  expect(await Promise.all(answers)).toEqual([404, 400, 400]);
});

test.each(['/campaigns/cart-reminder', '/people/7'])(
  'the page %s holds nothing its security policy would refuse',
  async (path) => {
    const { text, type, status } = await request(r.api.app).get(path);
    expect([status, type]).toEqual([200, 'text/html']);
    expect(text).not.toMatch(/<script>|<style| style=| on\w+="/);
    for (const [, script = ''] of text.matchAll(/src="([^"]+)"/g)) {
      expect((await request(r.api.app).get(script)).type).toBe('text/javascript');
    }
  },
);
