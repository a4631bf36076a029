// AB-19: how much one person may wait for. Others, and the person's other campaigns, are as they were.
import { type Recording, someone, startRecording } from '../../setup/recording.js';

let r: Recording;
beforeAll(async () => {
  r = await startRecording();
});
afterAll(() => r.api.close());

const WAITING = { delay: { after: '1 hour' }, reEligibility: { after: '0 seconds' } };
const A_REQUEST = 75;

async function happen(user: string, name: string, times: number): Promise<void> {
  for (let left = times; left > 0; left -= A_REQUEST) {
    const events = Array.from({ length: Math.min(left, A_REQUEST) }, () => ({ external_id: user, name }));
    await r.track({ events });
  }
}

const waitingOf = (campaign: string, user: string) =>
  r.count(
    `pairings p join campaigns c on c.id = p.campaign_id join users u on u.id = p.user_id
     where c.key = $1 and u.external_id = $2 and p.state = 'waiting'`,
    [campaign, user],
  );

test('AB-19: a person waits for 1,000 messages of one campaign; the rest are turned away, until one of them ends', async () => {
  const [user, other] = [someone(), someone()];
  const campaign = await r.launch({
    ...WAITING,
    trigger: { customEvent: 'often' },
    exceptions: [{ customEvent: 'enough' }],
  });
  await happen(user, 'often', 990);
  // One request that would make it 1,065: the count is exact within it.
  await happen(user, 'often', 75);
  expect(await waitingOf(campaign, user)).toBe(1_000);
  const turnedAway = await r.rejections(campaign, user);
  expect(turnedAway).toHaveLength(65);
  expect(turnedAway[0]).toMatchObject({
    reason: 'too_many_waiting',
    evidence: { waiting: 1_000, most: 1_000, of: 'campaign' },
  });
  const { body } = await r.send('get', `/v1/explain?campaign=${campaign}&user=${user}`);
  expect(body.ifTriggeredNow).toMatchObject({ enters: false, reason: 'too_many_waiting' });

  await r.event(other, 'often');
  expect(await waitingOf(campaign, other)).toBe(1);
  await r.event(user, 'enough');
  await r.event(user, 'often');
  expect(await waitingOf(campaign, user)).toBe(1);
});

test('AB-19: a person waits for 5,000 messages in all', async () => {
  const user = someone();
  const campaigns: string[] = [];
  for (let n = 0; n < 6; n++) campaigns.push(await r.launch({ ...WAITING, trigger: { customEvent: 'everywhere' } }));
  await happen(user, 'everywhere', 840);
  const counts = await Promise.all(campaigns.map((campaign) => waitingOf(campaign, user)));
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(5_000);
  const turnedAway = await r.rejections(campaigns.at(-1) ?? '', user);
  expect(turnedAway[0]).toMatchObject({
    reason: 'too_many_waiting',
    evidence: { waiting: 5_000, most: 5_000, of: 'person' },
  });
});
