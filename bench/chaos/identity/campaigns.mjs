// The campaigns of people who are merged, and of people who are deleted. What is sent carries the id of its event (`eid`), so
// that what arrives can be compared with what was posted, whatever the product's tables say.

/** Before their hour nobody is sent what these wait for: they wait until the end of the run. */
const LATER = { after: '1 hour' };
const always = { reEligibility: { after: '0 seconds' } };

const webhook = (host, campaign, more = {}) => ({
  channel: 'webhook',
  url: `http://${host}/${campaign}`,
  body: { campaign, eid: '{{ event_properties.eid }}', ...more },
  honoursWebhookId: true,
});

/** What an event triggers, and after how long; of `joined` a person is sent one only. */
export const MERGED_CAMPAIGNS = { ordered: 'order', joined: 'once', welcomed: 'first', planned: 'later' };
/** Sent for each of its events. */
export const SENT_FOR_EACH = ['order', 'first'];

export function campaignsOfMerged({ webhookHost: host }) {
  const campaign = (key, trigger, more) => ({
    key,
    name: `Merged: ${key}`,
    trigger,
    messages: [webhook(host, key)],
    ...more,
  });
  return [
    campaign('order', { customEvent: 'ordered' }, { delay: { after: '2 seconds' }, ...always }),
    campaign('once', { customEvent: 'joined' }, { delay: { after: '1 second' } }),
    campaign('first', { customEvent: 'welcomed' }, always),
    campaign('second', { received: 'first' }, { delay: { after: '1 second' }, ...always }),
    campaign(
      'later',
      { customEvent: 'planned' },
      {
        delay: LATER,
        exceptions: [{ customEvent: 'unplanned', where: [{ property: 'order', equalsTrigger: 'eid' }] }],
        ...always,
      },
    ),
  ];
}

/** What the messages of people who are deleted repeat of them. */
const TOLD = {
  of: '{{ ${first_name} }} {{ ${last_name} }} {{ ${email_address} }} {{ ${phone_number} }} {{ custom_attribute.${secret} }}',
  about: '{{ event_properties.${note} }}',
};

export function campaignsOfDeleted({ webhookHost: host }) {
  const campaign = (key, trigger, more) => ({
    key,
    name: `Deleted: ${key}`,
    trigger: { customEvent: trigger },
    messages: [webhook(host, key, TOLD)],
    ...always,
    ...more,
  });
  const letter = { channel: 'email', subject: '{{ event_properties.eid }}', text: `${TOLD.of} ${TOLD.about}` };
  return [
    campaign('call', 'called', { delay: { after: '1 second' } }),
    campaign('letter', 'wrote', { delay: { after: '1 second' }, messages: [letter] }),
    campaign('hour', 'reserved', { delay: LATER }),
    // Nobody is in the audience: what it saw of them is kept with the reason.
    campaign('refuse', 'asked', { audience: { attribute: 'secret', equals: 'open' } }),
    // Ends with a text of theirs as the detail of the message.
    campaign('abort', 'gave', {
      messages: [webhook(host, 'abort', { text: '{% abort_message(${first_name}) %}' })],
    }),
  ];
}
