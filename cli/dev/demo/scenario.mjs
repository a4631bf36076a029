// What the demo plays: one campaign, three people, and what each is expected to end with.
import { setTimeout as wait } from 'node:timers/promises';

const NAME = 'Demo: cart reminder';
/** Its own, so that no other campaign answers it. */
const EVENT = 'demo_add_to_cart';
/** Between who people are and what they do, so that it can be followed. */
const BEAT_MS = 500;

/** `run` makes keys, external ids and addresses new, so that the demo can be played again. */
export function createScenario({ run, delaySeconds }) {
  const person = (name, does, expected) => ({
    name,
    does,
    expected,
    externalId: `${name.toLowerCase()}-${run}`,
    email: `${name.toLowerCase()}.${run}@demo.example`,
  });
  return {
    campaignKey: `demo-cart-reminder-${run}`,
    delaySeconds,
    people: [
      person('Ann', 'does nothing more: is reminded', { status: 'received', reason: 'sent' }),
      person('Ben', 'buys: is not reminded', { status: 'did_not_receive', reason: 'exception' }),
      person('Cara', 'moves to Germany: is not reminded', { status: 'did_not_receive', reason: 'left_audience' }),
    ],
  };
}

export async function launchCampaign({ call }, { campaignKey, delaySeconds }) {
  await call('POST', '/v1/campaigns', {
    key: campaignKey,
    name: NAME,
    audience: { attribute: 'country', equals: 'FR' },
    trigger: { customEvent: EVENT, where: [{ property: 'cart_value', atLeast: 100 }] },
    delay: { after: `${delaySeconds} seconds` },
    exceptions: [{ purchase: 'any' }],
    recheckAudience: true,
    messages: [
      {
        channel: 'email',
        subject: "Still thinking it over, {{ first_name | default: 'friend' }}?",
        html: "<p>Hello {{ first_name | default: 'friend' }},</p><p>your cart is still here.</p>",
      },
    ],
  });
  await call('POST', `/v1/campaigns/${campaignKey}/launch`, {});
}

export async function archiveCampaign({ call }, { campaignKey }) {
  await call('POST', `/v1/campaigns/${campaignKey}/archive`, {});
}

/** Everybody fills a cart; then one buys and one leaves the audience, both before the message is due. */
export async function play({ call }, { people, delaySeconds }, { signal }) {
  const [, ben, cara] = people;
  const pauseMs = Math.min(3_000, (delaySeconds * 1_000) / 4);
  const track = (body) => call('POST', '/users/track', body);
  await track({
    attributes: people.map(({ name, externalId, email }) => {
      return { external_id: externalId, first_name: name, email, country: 'FR' };
    }),
  });
  await wait(BEAT_MS, undefined, { signal });
  await track({
    events: people.map(({ externalId }) => {
      return { external_id: externalId, name: EVENT, time: now(), properties: { cart_value: 120 } };
    }),
  });
  await wait(pauseMs, undefined, { signal });
  await track({
    purchases: [{ external_id: ben.externalId, product_id: 'chair', currency: 'EUR', price: 120, time: now() }],
  });
  await wait(pauseMs, undefined, { signal });
  await track({ attributes: [{ external_id: cara.externalId, country: 'DE' }] });
}

function now() {
  return new Date(Date.now()).toISOString();
}
