// The campaigns under test. Each event carries its own id (`eid`) into what is sent, so that what arrives can be
// compared with what was posted, whatever the product's tables say.

export const DELAY_MS = {
  hook: 2_000,
  mail: 1_000,
  first: 0,
  second: 1_000,
  long: 3_600_000,
  stuck: 0,
  slow: 0,
  crowd: 3_600_000,
};

const always = { reEligibility: { after: '0 seconds' } };
const unlessSame = [{ purchase: 'any', where: [{ property: 'order', equalsTrigger: 'eid' }] }];

/** `webhookHost` is where the webhooks go, as `127.0.0.1:port`, and `stuckHost` where those of a receiver that does not answer. */
export function campaigns({ webhookHost, stuckHost }) {
  const webhook = (campaign, { host = webhookHost, ...more } = {}) => ({
    channel: 'webhook',
    url: `http://${host}/${campaign}`,
    body: { campaign, eid: '{{ event_properties.eid }}', ...more },
    honoursWebhookId: true,
  });
  return [
    {
      key: 'hook',
      name: 'Order, unless it is paid',
      trigger: { customEvent: 'ordered' },
      delay: { after: '2 seconds' },
      exceptions: unlessSame,
      ...always,
      messages: [webhook('hook', { poison: POISONED })],
    },
    {
      key: 'mail',
      name: 'Question',
      trigger: { customEvent: 'asked' },
      delay: { after: '1 second' },
      ...always,
      messages: [{ channel: 'email', subject: '{{ event_properties.eid }}', text: 'Here is the answer.' }],
    },
    { key: 'first', name: 'Welcome', trigger: { customEvent: 'joined' }, ...always, messages: [webhook('first')] },
    {
      key: 'second',
      name: 'After the welcome',
      trigger: { received: 'first' },
      delay: { after: '1 second' },
      ...always,
      messages: [webhook('second')],
    },
    {
      key: 'long',
      name: 'In an hour, unless cancelled',
      trigger: { customEvent: 'planned' },
      delay: { after: '1 hour' },
      exceptions: [{ customEvent: 'unplanned', where: [{ property: 'order', equalsTrigger: 'eid' }] }],
      ...always,
      messages: [webhook('long')],
    },
    {
      key: 'stuck',
      name: 'To a receiver that does not answer',
      trigger: { customEvent: 'called' },
      ...always,
      messages: [webhook('stuck', { host: stuckHost })],
    },
    {
      key: 'slow',
      name: 'With a template that never ends',
      trigger: { customEvent: 'wondered' },
      ...always,
      messages: [webhook('slow', { poison: POISONED })],
    },
    {
      key: 'crowd',
      name: 'In an hour, for a crowd that is called off',
      trigger: { customEvent: 'gathered' },
      delay: { after: '1 hour' },
      exceptions: [{ customEvent: 'dispersed' }],
      ...always,
      messages: [webhook('crowd')],
    },
  ];
}

/** Runs for ever for the events that ask for it, and for no other. */
const POISONED =
  '{% if event_properties.poison %}{% for i in (1..100000) %}{% for j in (1..100000) %}{% assign x = j %}{% endfor %}{% endfor %}{% endif %}';

/** What each event of the load is to the campaigns: the trigger of one, the exception of an earlier event, or nothing. */
export const TRIGGER_OF = {
  ordered: 'hook',
  asked: 'mail',
  joined: 'first',
  planned: 'long',
  called: 'stuck',
  wondered: 'slow',
  gathered: 'crowd',
};
