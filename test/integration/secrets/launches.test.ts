// What campaigns that name secrets may begin, and what they must not lose.
import { randomBytes } from 'node:crypto';
import { setSecret } from '../../../api/changeSecrets.js';
import { createSecretCipher } from '../../../domain/secret/secretCipher.js';
import { loadSecrets } from '../../../storage/queries/secrets/secrets.js';
import { type Recording, startRecording } from '../../setup/recording.js';

let r: Recording;
beforeAll(async () => {
  r = await startRecording();
});
afterAll(() => r.api.close());

const VALUE = 'Bearer s3cret-of-nobody-else';
const put = (name: string, body: Record<string, unknown> = { value: VALUE }) =>
  r.send('put', `/v1/secrets/${name}`, body);
const hook = (secret: string) => ({
  channel: 'webhook',
  url: 'https://hooks.example/',
  headers: { 'x-tier': 'gold', Authorization: { secret } },
});
const PATH = 'variants[0].messages.webhook.headers.Authorization';
const definition = (key: string, secret: string) => ({
  key,
  name: key,
  trigger: { sessionStart: true },
  messages: [hook(secret)],
});
const create = (key: string, secret: string) => r.send('post', '/v1/campaigns', definition(key, secret));
const act = (key: string, action: string) => r.send('post', `/v1/campaigns/${key}/${action}`);
const audited = async () => {
  const { rows } = await r.api.database.pool.query(
    `select action, subject, before, after, api_key_id is not null as by_key from audit_log
     where action like 'secret.%' order by id`,
  );
  return rows;
};

test('a campaign that names what does not exist is told so, and does not begin until it does', async () => {
  await put('crm-token');
  const { body } = await create('typo', 'crm-tokem');
  const [warning] = body.warnings;
  expect(warning).toEqual({
    path: PATH,
    message:
      "names secret 'crm-tokem', which does not exist; did you mean 'crm-token'? (a launch is refused until it can be read)",
    allowed: 'a secret that is set: PUT /v1/secrets/crm-tokem sets this one',
  });
  expect(body.definition.variants[0].messages.webhook.headers.Authorization).toEqual({ secret: 'crm-tokem' });
  const validated = await r.send('post', '/v1/campaigns/validate', definition('typo', 'crm-tokem'));
  expect(validated.body).toMatchObject({ valid: true, warnings: [warning] });

  const refused = await act('typo', 'launch');
  expect([refused.status, refused.body]).toMatchObject([
    409,
    { detail: expect.stringContaining("names secret 'crm-tokem', which does not exist"), problems: [{ path: PATH }] },
  ]);
  await put('crm-tokem');
  expect((await act('typo', 'launch')).body).toMatchObject({ state: 'active' });
  // An edit of what is live too.
  const edited = await r.send('put', '/v1/campaigns/typo', definition('typo', 'nowhere-to-be-found'));
  expect([edited.status, edited.body.problems]).toMatchObject([409, [{ path: PATH }]]);
});

test('a secret is deleted only when no active campaign names it', async () => {
  await put('in-use');
  await create('uses-it', 'in-use');
  await create('uses-it-too', 'in-use');
  for (const key of ['uses-it', 'uses-it-too']) await act(key, 'launch');
  expect((await r.send('get', '/v1/secrets')).body.secrets[0]).toMatchObject({
    name: 'in-use',
    usedBy: ['uses-it', 'uses-it-too'],
  });
  const remove = () => r.send('delete', '/v1/secrets/in-use');
  const refused = await remove();
  expect([refused.status, refused.body.detail]).toEqual([
    409,
    "Secret 'in-use' is named by active campaigns: 'uses-it', 'uses-it-too'. Stop or edit them first.",
  ]);
  expect((await loadSecrets(r.api.database.pool, ['in-use'])).length).toBe(1);

  await act('uses-it', 'stop');
  await put('other-one');
  await r.send('put', '/v1/campaigns/uses-it-too', definition('uses-it-too', 'other-one'));
  expect((await remove()).body).toMatchObject({ name: 'in-use', keyId: 'k1' });
  expect((await remove()).status).toBe(404);
  expect((await audited()).slice(-1)).toEqual([
    { action: 'secret.delete', subject: 'secret/in-use', before: { keyId: 'k1' }, after: null, by_key: true },
  ]);
  // What was stopped names it still: it does not begin again without it.
  expect((await act('uses-it', 'resume')).status).toBe(409);
});

test('a launch and a deletion at the same time: one of the two is refused, whichever is second', async () => {
  for (let n = 0; n < 10; n++) {
    await put(`raced-${n}`);
    await create(`races-${n}`, `raced-${n}`);
    const [launched, deleted] = await Promise.all([
      act(`races-${n}`, 'launch'),
      r.send('delete', `/v1/secrets/raced-${n}`),
    ]);
    expect([launched.status, deleted.status].sort()).toEqual([200, 409]);
    expect((await loadSecrets(r.api.database.pool, [`raced-${n}`])).length).toBe(launched.status === 200 ? 1 : 0);
  }
});

describe('with other keys', () => {
  let other: Recording;
  afterEach(() => other.api.close());

  async function restarted(secrets: ReturnType<typeof createSecretCipher>): Promise<Recording> {
    other = await startRecording({}, 1, { secrets });
    return other;
  }

  test('without RAPPEL_SECRET_KEYS nothing can be set or launched, what needs no key works, and the answer says which setting', async () => {
    const { send, launch } = await restarted(null);
    const refused = await send('put', '/v1/secrets/crm-token', { value: VALUE });
    expect([refused.status, refused.body.detail]).toEqual([
      503,
      'No secret can be set: the setting RAPPEL_SECRET_KEYS is missing.',
    ]);
    const created = await send('post', '/v1/campaigns', definition('no-keys', 'crm-token'));
    expect(created.body.warnings).toMatchObject([
      { path: PATH, allowed: expect.stringContaining('RAPPEL_SECRET_KEYS') },
    ]);
    expect((await send('post', '/v1/campaigns/no-keys/launch')).body).toMatchObject({
      status: 409,
      problems: [{ path: PATH, message: expect.stringContaining('RAPPEL_SECRET_KEYS is not set') }],
    });
    expect((await send('get', '/v1/secrets')).body).toEqual({ secrets: [], next: null });
    await launch({ trigger: { customEvent: 'other' } });
  });

  test('one that was encrypted with a key that is gone is no secret to launch with', async () => {
    const { send, api } = await restarted(createSecretCipher([{ id: 'k2', key: randomBytes(32) }]));
    const lost = createSecretCipher([{ id: 'k1', key: randomBytes(32) }]);
    const who = { now: api.clock.now, by: { actor: 'cli/ann' } };
    const set = await setSecret(api.database.pool, lost, { name: 'lost', value: VALUE, who });
    expect(set).toMatchObject({ keyId: 'k1', updatedBy: 'cli/ann' });
    await send('post', '/v1/campaigns', definition('lost-key', 'lost'));
    const refused = await send('post', '/v1/campaigns/lost-key/launch');
    expect([refused.status, refused.body.detail]).toEqual([409, expect.stringContaining("encrypted with 'k1'")]);
    await send('put', '/v1/secrets/lost', { value: VALUE });
    expect((await send('post', '/v1/campaigns/lost-key/launch')).status).toBe(200);
  });
});
