// The channels' own rules, over what is written and over what is rendered: where the first says "never", so does the second.

import { createContentRules } from '../composition/channels.js';
import type { JsonObject } from '../domain/json.js';
import { EMPTY_PROFILE } from '../domain/profile/profile.js';
import { createEmailChannel } from './email/emailChannel.js';
import { createWebhookChannel } from './webhook/webhookChannel.js';

const check = createContentRules({ allowHosts: ['localhost:4000'] });
const email = createEmailChannel({ smtpUrl: 'smtp://127.0.0.1:9', from: 'shop@example.com', onAmbiguous: 'resend' });
const webhook = createWebhookChannel({
  signingSecrets: [`whsec_${Buffer.alloc(32, 7).toString('base64')}`],
  allowHosts: ['localhost:4000'],
});
afterAll(() => Promise.all([email.close(), webhook.close()]));

const profile = { ...EMPTY_PROFILE, email: 'ann@example.com' };
const mail = { subject: 's', text: 't' };
const hook = { url: 'https://hooks.example/' };

describe('B9: what can never be sent is found before the launch, by the sender’s own rules', () => {
  test.each<['email' | 'webhook', JsonObject, string]>([
    ['email', { ...mail, from: 'Shop' }, 'from'],
    ['email', { ...mail, from: 'a@b.example, c@d.example' }, 'from'],
    ['email', { ...mail, replyTo: 'x@' }, 'replyTo'],
    ['webhook', { url: 'https://user:secret@hooks.example/' }, 'url'],
    ['webhook', { url: 'ftp://hooks.example/' }, 'url'],
    ['webhook', { ...hook, method: 'GET', body: 'x' }, 'body'],
    ['webhook', { ...hook, headers: { Host: 'x' } }, 'headers.Host'],
    ['webhook', { ...hook, headers: { 'content-length': '1' } }, 'headers.content-length'],
    ['webhook', { ...hook, headers: { 'Proxy-Authorization': 'x' } }, 'headers.Proxy-Authorization'],
    ['webhook', { ...hook, headers: { 'x-mood': '😀' } }, 'headers.x-mood'],
    ['webhook', { ...hook, headers: { 'x-a': 'b\nc: d' } }, 'headers.x-a'],
  ])('%s %j', (channel, content, path) => {
    expect(check(channel, content)).toMatchObject({ problems: [{ path, message: expect.any(String) }], warnings: [] });
    const port = channel === 'email' ? email : webhook;
    expect(port.prepare(content, profile, 'k')).toMatchObject({ kind: 'invalid' });
  });

  test.each([
    'http://hooks.example:8080/',
    'http://10.0.0.1/x',
    'http://localhost/',
    'http://127.0.0.1:8080/{{ user_id }}',
  ])('%s is a warning that names the setting which would allow it', (url) => {
    const { problems, warnings } = check('webhook', { url });
    expect([problems, warnings]).toMatchObject([[], [{ path: 'url' }]]);
    expect(warnings[0]?.allowed).toMatch(/'[^']+:\d+' in WEBHOOK_ALLOW_HOSTS/);
    const hostAndPort = /'([^']+)' in WEBHOOK/.exec(warnings[0]?.allowed ?? '')?.[1] ?? '';
    expect(createContentRules({ allowHosts: [hostAndPort] })('webhook', { url }).warnings).toEqual([]);
    expect(webhook.prepare({ url: url.replace('{{ user_id }}', 'u') }, profile, 'k')).toMatchObject({
      kind: 'invalid',
    });
  });

  test.each<['email' | 'webhook', JsonObject]>([
    ['email', { ...mail, from: 'Shop <hello@shop.example>', replyTo: 'help@shop.example' }],
    ['email', { ...mail, from: '{{ sender }}', replyTo: '{% if a %}x@y.example{% endif %}' }],
    ['webhook', { ...hook, method: 'GET', headers: { 'x-a': 'b', authorization: '{{ token }}' } }],
    ['webhook', { url: '{{ event_properties.callback }}' }],
    ['webhook', { url: 'https://{{ shop }}.example:8080/' }],
    ['webhook', { url: 'http://localhost:4000/hook' }],
  ])('%s %j has nothing that could be told', (channel, content) => {
    expect(check(channel, content)).toEqual({ problems: [], warnings: [] });
  });

  test.each([
    ['Authorization', 'Bearer abc', 1],
    ['x-api-key', 'abc', 1],
    ['X-Auth-Token', 'abc', 1],
    ['ocp-apim-subscription-key', 'abc', 1],
    ['cookie', 'a=b', 1],
    ['authorization', { secret: 'crm' }, 0],
    ['authorization', 'Bearer {{ token }}', 0],
    ['x-api-key', '', 0],
    ['idempotency-key', 'abc', 0],
    ['x-tokens-left', 'abc', 0],
    ['x-tier', 'gold', 0],
  ])('a header %s: %j is warned of %i times, as a credential that all can read', (name, value, count) => {
    const { problems, warnings } = check('webhook', { ...hook, headers: { [name]: value } });
    expect([problems, warnings.length]).toEqual([[], count]);
    if (count > 0) {
      expect(warnings[0]).toMatchObject({
        path: `headers.${name}`,
        allowed: expect.stringContaining('{ secret: name }'),
      });
      expect(JSON.stringify(warnings)).not.toContain('abc');
    }
  });

  test('what keeps a header from being sent keeps one with a secret too', () => {
    const content = { ...hook, headers: { Host: { secret: 'crm' } } };
    expect(check('webhook', content)).toMatchObject({ problems: [{ path: 'headers.Host' }] });
    expect(webhook.prepare(content, profile, 'k')).toMatchObject({ kind: 'invalid' });
  });

  test.each(['{% if a %}A <a@b.example>{% else %}B <b@b.example>{% endif %}', '{{ name }} <a@b.example>, c@d.example'])(
    'M4: %s leaves open what is the name and what the address',
    (from) => {
      expect(check('email', { ...mail, from })).toMatchObject({ problems: [{ path: 'from' }] });
      expect(check('email', { ...mail, from: '{{ name }} <a@b.example>' }).problems).toEqual([]);
    },
  );

  test.each([
    ['{"name": "{{ first_name }}"}', 1],
    ['{% if a %}{% endif %}[{{ a }}]', 1],
    ['{"name": "{{ first_name | json_escape }}", "all": {{ event_properties | as_json_string }}}', 0],
    ['{"name": "{{ first_name | json_escape | upcase }}"}', 1],
    ['{"name": "Ann"}', 0],
    ['name={{ first_name }}', 0],
  ])('M4: a body %s is warned of %i times, where a value could break the JSON', (body, count) => {
    expect(check('webhook', { ...hook, body }).warnings).toHaveLength(count);
  });
});
