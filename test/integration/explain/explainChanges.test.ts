// Why somebody whose profile changed did or did not enter a campaign on changes of the profile, in exact words.
import { type Explaining, startExplaining } from '../../setup/explaining.js';
import { HOUR, someone } from '../../setup/recording.js';

let r: Explaining;
beforeAll(async () => {
  r = await startExplaining();
});
afterAll(() => r.api.close());
afterEach(() => r.nextDay());

const change = (user: string, attributes: Readonly<Record<string, unknown>>) =>
  r.track({ attributes: [{ external_id: user, ...attributes }] });

describe('a change of an attribute', () => {
  test('AB-08: somebody in whom it never changed, whatever else did', async () => {
    const campaign = await r.launch({ trigger: { attributeChanged: 'tier' } });
    const user = someone();
    await change(user, { city: 'Paris' });
    expect(await r.explain(campaign, user)).toMatchObject({
      status: 'never_entered',
      reason: 'no_trigger',
      sentence: `${user} has never had a change of tier, which triggers “${await r.nameOf(campaign)}”.`,
    });
  });

  test('AB-08: to another value than the one that triggers', async () => {
    const campaign = await r.launch({ trigger: { attributeChanged: 'tier', to: 'gold' } });
    const user = someone();
    await change(user, { tier: 'silver', city: 'Paris' });
    const answer = await r.explain(campaign, user);
    expect(answer).toMatchObject({ status: 'never_entered', reason: 'property_filter' });
    expect(answer.evidence.seen).toEqual([{ property: 'to', value: '"silver"' }]);
    expect(answer.sentence).toBe(
      `${user} had a change of tier at ${r.at()}, but “${await r.nameOf(campaign)}” is triggered by change of tier (to = gold): to was "silver".`,
    );
  });

  test('AB-08: removed, which triggers nothing', async () => {
    const user = someone();
    await change(user, { tier: 'gold' });
    const before = r.at();
    r.api.clock.now += HOUR;
    const campaign = await r.launch({ trigger: { attributeChanged: 'tier' } });
    await change(user, { tier: null });
    const answer = await r.explain(campaign, user);
    expect(answer.reason).toBe('before_launch');
    expect(answer.sentence).toContain(`${user} had a change of tier at ${before}, before`);
  });

  test('EV-02: refused by the audience, named by the attribute', async () => {
    const campaign = await r.launch({
      trigger: { attributeChanged: 'tier' },
      audience: { attribute: 'country', equals: 'FR' },
    });
    const user = someone();
    await change(user, { tier: 'gold', country: 'DE' });
    const answer = await r.explain(campaign, user);
    expect(answer.sentence).toBe(
      `${user} had a change of tier at ${r.at()}, but was not in the audience: “country equals FR” (the value was DE).`,
    );
    expect(answer.history).toMatchObject([{ kind: 'rejection', trigger: { kind: 'attributes', name: 'tier' } }]);
    expect(answer.ifTriggeredNow?.sentence).toContain(`${user} had a change of tier at`);
  });
});

test('AB-07: an e-mail address that was there before the launch, and one that never came', async () => {
  const [early, never] = [someone(), someone()];
  await change(early, { email: `${early}@example.com` });
  await change(never, { city: 'Paris' });
  const added = r.at();
  r.api.clock.now += HOUR;
  const campaign = await r.launch({ trigger: { emailAdded: true } });
  const name = await r.nameOf(campaign);
  expect((await r.explain(campaign, early)).sentence).toBe(
    `${early} got an e-mail address at ${added}, before “${name}” was active (since ${r.at()}).`,
  );
  expect((await r.explain(campaign, never)).sentence).toBe(
    `${never} has never got an e-mail address, which triggers “${name}”.`,
  );
});
