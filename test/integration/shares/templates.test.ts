// Templates that break their time limit: whose messages rest with them, and whose do not. Real templates and PostgreSQL.
import { type Recording, someone, startRecording } from '../../setup/recording.js';
import { type Sending, startSending } from '../../setup/sending.js';

jest.setTimeout(60_000);

let r: Recording;
let s: Sending;
beforeEach(async () => {
  r = await startRecording();
  s = startSending(r);
});
afterEach(async () => {
  await s.stop();
  await r.api.close();
});

const LOOPS = `${'{% for i in (1..100) %}'.repeat(5)}x${'{% endfor %}'.repeat(5)}`;

/** Endless for the events that say so. */
const launch = () =>
  r.launch({
    trigger: { customEvent: 'ordered' },
    reEligibility: { after: '0 seconds' },
    messages: [{ channel: 'email', subject: 'Hello', text: `{% if event_properties.bad %}${LOOPS}{% endif %}Hello` }],
  });

/** One event of the person, and what became of its message: how it ended, or why it is parked. */
async function ordered(campaign: string, user: string, { bad = false } = {}): Promise<unknown> {
  r.api.clock.now += 1_000;
  await r.track({ attributes: [{ external_id: user, email: `${user}@people.example` }] });
  await r.event(user, 'ordered', { properties: { bad } });
  await s.attempt(campaign, user).catch((error: unknown) => expect(error).toMatchObject({ type: 'Parked' }));
  const pairing = (await r.pairings(campaign, user)).at(-1);
  return pairing?.state === 'parked' ? pairing.evidence.error : pairing?.outcome;
}

test('H4: what one person’s data breaks parks their messages, and others are sent', async () => {
  const campaign = await launch();
  const [bad, other] = [someone(), someone()];
  for (let n = 0; n < 5; n += 1) {
    expect(await ordered(campaign, bad, { bad: true })).toMatch(/did not finish within|limit/);
  }
  expect(await ordered(campaign, other)).toBe('sent');
  expect(await ordered(campaign, bad, { bad: true })).toContain('5 messages in a row to this person');
  expect(await ordered(campaign, other)).toBe('sent');
});

test('H4: a template that five people in a row break rests for all, and no other template with it', async () => {
  const campaign = await launch();
  const healthy = await launch();
  for (let n = 0; n < 5; n += 1) {
    expect(await ordered(campaign, someone(), { bad: true })).toMatch(/did not finish within|limit/);
  }
  expect(await ordered(campaign, someone())).toContain('5 people in a row');
  expect(await ordered(healthy, someone())).toBe('sent');
});
