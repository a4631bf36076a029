// A webhook whose header names a secret, to a real receiver: what is stored, what is sent, and what is kept of the answer.
import { randomBytes } from 'node:crypto';
import type { JsonObject } from '../../domain/json.js';
import { createSecretCipher, type SecretCipher } from '../../domain/secret/secretCipher.js';
import type { Channel } from '../channel.js';
import { conformanceProfile } from '../conformance.js';
import { createSecretValues, KEPT_MS } from '../secretValues.js';
import { type ScriptedHttp, startScriptedHttp } from './scriptedHttp.js';
import { createWebhookChannel } from './webhookChannel.js';

const VALUE = 'Bearer {{ first_name }} is-no-template';
const cipher = createSecretCipher([{ id: 'k1', key: randomBytes(32) }]) as SecretCipher;

let receiver: ScriptedHttp;
let channel: Channel;
let stored: Record<string, string>;
const world = { now: 0, isAway: false, asked: 0 };

beforeEach(async () => {
  receiver = await startScriptedHttp();
  stored = { crm: VALUE };
  Object.assign(world, { now: 0, isAway: false, asked: 0 });
  channel = createWebhookChannel({
    signingSecrets: [`whsec_${Buffer.alloc(32, 7).toString('base64')}`],
    allowHosts: [receiver.host],
    secrets: createSecretValues({
      cipher,
      load: (names) => {
        world.asked += 1;
        if (world.isAway) return Promise.reject(new Error('away'));
        const known = names.filter((name) => stored[name] !== undefined);
        return Promise.resolve(known.map((name) => ({ name, ...cipher.seal(name, stored[name] ?? '') })));
      },
      monotonicMs: () => world.now,
    }),
  });
});
afterEach(async () => {
  await channel.close();
  await receiver.stop();
});

function requestOf(headers: JsonObject = { Authorization: { secret: 'crm' }, 'X-Tier': 'gold' }): JsonObject {
  const content = { url: `http://${receiver.host}/`, headers, body: 'x' };
  const made = channel.prepare(content, conformanceProfile, 'key');
  if (made.kind === 'invalid') throw new Error(made.detail);
  return made.request;
}
const send = (request: JsonObject) => channel.send(request, { sendKey: 'key', timeoutMs: 2_000, now: 0 });
const received = () => receiver.requests.map(({ headers }) => headers.authorization);

test('the request that is stored has the name, and the receiver gets the value as it was set', async () => {
  const request = requestOf();
  expect(request).toMatchObject({ headers: { authorization: { secret: 'crm' }, 'x-tier': 'gold' } });
  expect(JSON.stringify(request)).not.toContain('Bearer');
  expect([await channel.lacks(request), await send(request)]).toMatchObject([null, { kind: 'accepted' }]);
  expect(receiver.requests[0]?.headers).toMatchObject({ authorization: VALUE, 'x-tier': 'gold' });
});

test('a hundred sends ask for the secret once, and one without secrets never', async () => {
  await send(requestOf({ 'x-tier': 'gold' }));
  expect(world.asked).toBe(0);
  const request = requestOf();
  for (let n = 0; n < 100; n++) {
    await channel.lacks(request);
    await send(request);
  }
  expect([receiver.requests.length, world.asked]).toEqual([101, 1]);
});

test('a repeated request has the value of now', async () => {
  const request = requestOf();
  await send(request);
  stored.crm = 'Bearer the-second-value';
  world.now = KEPT_MS;
  await send(request);
  expect(received()).toEqual([VALUE, 'Bearer the-second-value']);
});

test('without its secret nothing is sent; with it, it is', async () => {
  delete stored.crm;
  const request = requestOf();
  expect(await channel.lacks(request)).toBe("secret 'crm' does not exist");
  expect(await send(request)).toMatchObject({ kind: 'refused', code: 'secret_missing' });
  expect(received()).toEqual([]);
  stored.crm = VALUE;
  world.now = KEPT_MS;
  expect([await channel.lacks(request), await send(request)]).toMatchObject([null, { kind: 'accepted' }]);
  expect(received()).toEqual([VALUE]);
});

test('a database that does not answer sends nothing either, and says so', async () => {
  world.isAway = true;
  const request = requestOf();
  await expect(channel.lacks(request)).rejects.toThrow('away');
  expect(await send(request)).toMatchObject({ kind: 'refused', detail: expect.stringContaining('does not answer') });
  expect(received()).toEqual([]);
});

test.each([200, 403, 503])(
  'a receiver that answers %i with what it got is quoted without the value',
  async (status) => {
    receiver.answer((response) => {
      const { headers } = receiver.requests.at(-1) ?? {};
      // Beyond what is stored too: where the answer is cut, it must not cut a value.
      const echo = `${'.'.repeat(960)}${headers?.authorization} ${JSON.stringify(headers)}`;
      response.writeHead(status, { 'x-echo': headers?.authorization }).end(echo);
    });
    const result = await send(requestOf());
    expect(JSON.stringify(result)).toContain(status === 200 ? 'HTTP 200' : '••••');
    expect(JSON.stringify(result)).not.toMatch(/Bearer|first_name|is-no-template/);
  },
);
