import type { JsonObject } from '../domain/json.js';
import { createTemplates } from './liquidTemplates.js';

const templates = createTemplates({ threads: 1 });
afterAll(() => templates.close());
const doubts = (subject: string, more: JsonObject = {}) => templates.doubts({ subject, ...more });
const one = (message: string, allowed: string) => [{ path: 'subject', message, allowed }];
const empty = (name: string) => `reads ${name}, which is empty unless people have an attribute of that name`;

test.each([
  ['{{ frist_name }}', 'frist_name', 'first_name'],
  ['{{ first_name | upcase }} {{ First_Name }}', 'First_Name', 'first_name'],
  ['{{ event_propertys.cart_id }}', 'event_propertys', 'event_properties'],
  ['{% if time_zoen %}x{% endif %}', 'time_zoen', 'time_zone'],
  ['{% for item in event_propertise.items %}{{ item.name }}{% endfor %}', 'event_propertise', 'event_properties'],
  ["{{ 'x' | append: last_nam }}", 'last_nam', 'last_name'],
])('M12: %s is nearly a variable that there is', async (text, read, meant) => {
  expect(await doubts(text)).toEqual(one(empty(read), `${meant}, if that is meant`));
});

test('M12: so it is in the braced form, told in that form', async () => {
  expect(await doubts("{{ ${frist_name} | default: 'friend' }}")).toEqual(
    one(empty('${frist_name}'), '${first_name}, if that is meant'),
  );
});

test.each([
  ['{{ campaign.key }}', 'campaign.key', 'campaign.${name} or campaign.${id}'],
  [
    '{{ subscribed_state.${email} }}',
    'subscribed_state.email',
    'subscribed_state.${email_global} or subscribed_state.${push_global}',
  ],
  ['{{ custom_attribute.${email} }}', 'custom_attribute.email', '${email}'],
])('M12: %s is provided to nobody', async (text, read, allowed) => {
  expect(await doubts(text)).toEqual(one(`reads ${read}, which nothing provides`, allowed));
});

test.each([
  ['{{ first_name }} {{ ${country} }} {{ ${user_id} }} {{ campaign.name }} {{ subscribed_state.push_global }}'],
  ['{{ tier }} {{ last_cart }} {{ address.city }} {{ custom_attribute.${Favourite Colour} }}'],
  ['{{ event_properties.frist_name }} {{ event_properties[custom_attribute.field] }}'],
  ['{% assign frist_name = tier %}{{ frist_name }} {% capture time_zoen %}x{% endcapture %}{{ time_zoen }}'],
  ['{% for time_zoen in event_properties.items %}{{ time_zoen.x }} {{ forloop.index }}{% endfor %}'],
  [
    "{% raw %}{{ frist_name }}{% endraw %} {% comment %}{{ frist_name }}{% endcomment %} ${frist_name} {{ 'frist_name' }}",
  ],
  ['no variable at all'],
  ['{{ frist_name'],
])('M12: %s is not doubted', async (text) => {
  expect(await doubts(text)).toEqual([]);
  expect(await templates.doubts({ html: '{{ frist_name }}' })).toHaveLength(1);
});

test('M12: each text is doubted at its own path, each name once a text', async () => {
  const body = { items: [{ name: '{{ time_zoen }} {{ time_zoen }}' }], plain: '{{ time_zoen }}' };
  expect((await templates.doubts({ body })).map(({ path }) => path)).toEqual(['body.items[0].name', 'body.plain']);
});

test('M12: text between the variables costs nothing, and a message of very many is not looked through', async () => {
  const mail = `<p>${'long '.repeat(20_000)}</p>{{ frist_name }}`;
  expect(await templates.doubts({ html: mail })).toHaveLength(1);
  const variables = (count: number) => '{{ frist_name }}'.repeat(count);
  expect(await doubts(variables(400))).toHaveLength(1);
  // The bound is one of all texts of a message.
  expect(await doubts(variables(400), { text: variables(400) })).toHaveLength(1);
  expect(await doubts(variables(10_000))).toEqual([]);
  expect(await doubts(`{% raw %}${'{{ '.repeat(50_000)}{% endraw %}{{ frist_name }}`)).toHaveLength(1);
});
