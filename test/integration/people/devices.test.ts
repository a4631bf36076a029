// SG-16: devices and push tokens through /users/track, and filters over them.
import { type Recording, someone, startRecording } from '../../setup/recording.js';

let r: Recording;
beforeAll(async () => {
  r = await startRecording();
});
afterAll(() => r.api.close());

const TOKEN = 'push-token-canary';
const phone = { device_id: 'd1', app: 'shop', os: 'iOS', app_version: '2.9', push_enabled: true };

const pass = async (user: string, audience: object) =>
  (await r.send('post', '/v1/audiences/check', { audience, external_id: user })).body.pass;

test('SG-16: a device and its token are stored, filtered by, and nowhere in the logs', async () => {
  const user = someone();
  await r.track({
    attributes: [
      {
        external_id: user,
        devices: [phone],
        push_tokens: [{ app_id: 'shop', token: TOKEN, device_id: 'd1' }],
      },
    ],
  });
  const { attributes } = (await r.send('get', `/v1/users/${user}`)).body;
  expect(attributes).toEqual({ devices: [phone], push_tokens: [{ app_id: 'shop', token: TOKEN, device_id: 'd1' }] });
  expect(await pass(user, { foregroundPush: true })).toBe(true);
  expect(await pass(user, { appVersion: { app: 'shop', lessThan: '2.10' } })).toBe(true);
  expect(await pass(user, { attribute: 'devices[]', where: [{ field: 'os', equals: 'iOS' }] })).toBe(true);
  expect(await pass(user, { deviceCount: { moreThan: 1 } })).toBe(false);
  await r.track({ attributes: [{ external_id: user, devices: { add: [{ device_id: 'd1', push_enabled: false }] } }] });
  expect(await pass(user, { foregroundPush: true })).toBe(false);
  expect(r.api.logLines.length).toBeGreaterThan(0);
  expect(r.api.logLines.join('\n')).not.toContain(TOKEN);
});

test('SG-16: a malformed device is told, and its neighbours are taken', async () => {
  const user = someone();
  const { warnings, attributes_processed } = await r.track({
    attributes: [{ external_id: user, tier: 'gold', devices: [{ os: 'iOS' }], push_tokens: [{ token: TOKEN }] }],
  });
  expect(attributes_processed).toBe(1);
  expect(warnings).toEqual([
    { input_array: 'attributes', index: 0, field: 'devices', message: expect.stringContaining('device_id') },
    { input_array: 'attributes', index: 0, field: 'push_tokens', message: expect.stringContaining('app_id') },
  ]);
  expect(JSON.stringify(warnings)).not.toContain(TOKEN);
  expect((await r.send('get', `/v1/users/${user}`)).body.attributes).toEqual({ tier: 'gold' });
});

test('SG-16, EV-04: what a request says of a device holds for its events', async () => {
  const user = someone();
  const campaign = await r.launch({
    trigger: { customEvent: `opened ${user}` },
    audience: { appVersion: { app: 'shop', atLeast: '3' } },
  });
  await r.track({
    attributes: [{ external_id: user, devices: [{ ...phone, app_version: '3.0.1' }] }],
    events: [{ external_id: user, name: `opened ${user}` }],
  });
  expect(await r.pairings(campaign, user)).toHaveLength(1);
});
