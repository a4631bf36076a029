/** People and campaigns made of canaries: each field that a person, an event or a message has. */
import { STANDARD_ATTRIBUTES } from '../../../domain/profile/attributes/applyAttributes.js';
import type { Installation } from '../installation.js';
import { canary, canaryPhone } from './canaries.js';

/** By name, so that each failure has somebody of its own. */
function personOf(name: string) {
  const at = (field: string) => canary(`person ${name}: ${field}`);
  const texts = STANDARD_ATTRIBUTES.filter((each) => each !== 'country' && each !== 'current_location');
  return {
    external_id: at('external_id'),
    email: `${at('email')}@canary.example`,
    phone: canaryPhone(`person ${name}: phone`),
    ...Object.fromEntries(texts.map((each) => [each, at(each)])),
    [at('custom attribute (name)')]: at('custom attribute'),
    devices: [{ device_id: at('device'), model: at('model'), app: at('app') }],
    push_tokens: [{ app_id: at('app'), token: at('push token'), device_id: at('device') }],
    nested: { [at('nested (name)')]: [at('nested')] },
  };
}

export function campaignOf(name: string, message: object) {
  const at = (field: string) => canary(`campaign ${name}: ${field}`);
  return {
    key: `leaks-${name}`,
    name: at('name'),
    description: at('description'),
    trigger: { customEvent: at('trigger'), where: [{ property: at('property (name)'), equals: at('property') }] },
    audience: { attribute: 'home_city', doesNotEqual: at('audience') },
    delay: { after: '1 second' },
    exceptions: [{ customEvent: at('exception'), where: [{ property: 'x', equals: at('operand') }] }],
    messages: [message],
  };
}

const PERSONAL = STANDARD_ATTRIBUTES.filter((each) => !['country', 'current_location'].includes(each))
  .map((each) => `{{ ${each} }}`)
  .join(' ');

export function emailOf(name: string, text = PERSONAL) {
  const at = (field: string) => canary(`campaign ${name}: ${field}`);
  return {
    channel: 'email',
    subject: `${at('subject')} {{ first_name }}`,
    text: `${at('text')} ${text}`,
    html: `<p>${at('html')} {{ last_name }}</p>`,
    from: `${at('sender')} <${at('from')}@canary.example>`,
    replyTo: `${at('replyTo')}@canary.example`,
  };
}

/** `secret`: the name of one that is set. */
export function webhookOf(name: string, { host, secret }: { readonly host: string; readonly secret: string }) {
  const at = (field: string) => canary(`campaign ${name}: ${field}`);
  return {
    channel: 'webhook',
    url: `http://${host}/${at('url')}/{{ first_name }}?q=${at('url query')}`,
    headers: {
      'x-secret': at('header'),
      authorization: { secret },
      [`x-${at('header (name)')}`]: '{{ phone_number }}',
    },
    body: { [at('body (name)')]: `${at('body')} ${PERSONAL}` },
  };
}

/** One person, known by an alias too, and the event that triggers the campaign of that name. */
export async function meet(installation: Installation, name: string): Promise<Response> {
  const at = (field: string) => canary(`campaign ${name}: ${field}`);
  const person = personOf(name);
  return await installation.call('POST', '/users/track', {
    attributes: [
      person,
      {
        user_alias: { alias_label: canary(`${name}: label`), alias_name: canary(`${name}: alias`) },
        _update_existing_only: false,
        first_name: canary(`${name}: first name of the alias`),
      },
    ],
    events: [
      {
        external_id: person.external_id,
        name: at('trigger'),
        time: new Date().toISOString(),
        event_id: canary(`${name}: event_id`),
        properties: { [at('property (name)')]: at('property'), [canary(`${name}: p (name)`)]: canary(`${name}: p`) },
      },
    ],
    purchases: [
      {
        external_id: person.external_id,
        product_id: canary(`${name}: product_id`),
        currency: 'EUR',
        price: 5,
        time: new Date().toISOString(),
        properties: { [canary(`${name}: purchase (name)`)]: canary(`${name}: purchase`) },
      },
    ],
  });
}
