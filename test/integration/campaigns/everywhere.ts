// A campaign with one person at each place of its funnel.
import { DAY, type Recording, someone } from '../../setup/recording.js';
import { ACCEPTED, type Sending } from '../../setup/sending.js';

/** One person at each place of the funnel of a campaign of one day's delay, from France only. */
export async function everybodyOf(r: Recording, sending: Sending, trigger: string) {
  // So that all of it happens on one UTC day.
  r.api.clock.now = Math.ceil(r.api.clock.now / DAY) * DAY + DAY / 2;
  const campaign = await r.launch({
    trigger: { customEvent: trigger },
    audience: { attribute: 'country', equals: 'FR' },
    delay: { after: '1 hour' },
    exceptions: [{ purchase: 'any' }],
    recheckAudience: true,
    reEligibility: { after: '7 days' },
    messages: [
      {
        channel: 'email',
        subject: 'Hello',
        text: "{% if first_name == 'Boom' %}{{ 1 | divided_by: 0 }}{% endif %}Hello",
      },
    ],
  });
  const come = async (attributes: object = {}) => {
    const user = someone();
    await r.track({ attributes: [{ external_id: user, email: `${user}@example.com`, country: 'FR', ...attributes }] });
    await r.event(user, trigger);
    return user;
  };
  const people = {
    away: await come({ country: 'DE' }),
    sent: await come(),
    bought: await come(),
    left: await come(),
    parked: await come({ first_name: 'Boom' }),
    failed: await come(),
    waits: await come(),
  };
  await r.purchase(people.bought);
  await r.track({ attributes: [{ external_id: people.left, country: 'DE' }] });
  r.api.clock.now += 3_600_000;
  await sending.attempt(campaign, people.sent);
  await sending.attempt(campaign, people.left);
  await sending.attempt(campaign, people.parked).catch(() => undefined);
  sending.provider.answer = { kind: 'rejected', code: 'http_403', detail: 'no' as never };
  await sending.attempt(campaign, people.failed);
  sending.provider.answer = ACCEPTED;
  await r.event(people.sent, trigger);
  return { campaign, people };
}

/** What the funnel then says. */
export const EVERYWHERE = {
  metTrigger: 8,
  turnedAway: { outside_audience: 1, not_yet_re_eligible: 1 },
  entered: 6,
  waiting: 1,
  parked: 1,
  sent: 1,
  cancelled: { exception: 1 },
  dropped: { left_audience: 1 },
  failed: { rejected_by_provider: 1 },
  unknown: {},
};
