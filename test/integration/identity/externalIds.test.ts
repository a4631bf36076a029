// External ids that change: the former one names its person until it is removed.
import { type Recording, SECOND, someone, startRecording } from '../../setup/recording.js';
import { type Sending, startSending } from '../../setup/sending.js';

let r: Recording;
let sending: Sending;
beforeAll(async () => {
  r = await startRecording({}, 2);
  sending = startSending(r);
});
afterAll(async () => {
  await sending.stop();
  await r.api.close();
});

const rename = (...external_id_renames: object[]) =>
  r.send('post', '/users/external_ids/rename', { external_id_renames });
const remove = (...external_ids: unknown[]) => r.send('post', '/users/external_ids/remove', { external_ids });
const from = (current_external_id: unknown, new_external_id: unknown) => ({ current_external_id, new_external_id });
const error = (index: number, type: RegExp, input_array = 'external_id_renames') => ({
  index,
  input_array,
  type: expect.stringMatching(type),
});

async function known(): Promise<string> {
  const user = someone();
  await r.track({ attributes: [{ external_id: user, a: 1 }] });
  return user;
}

const idOf = async (user: string) => (await r.send('get', `/v1/users/${user}`)).body.id as string | undefined;

test('a renamed person has the new external id, and is found by both', async () => {
  const [old, renamed] = [await known(), someone()];
  const people = await r.count('users');
  const { status, type, body } = await rename(from(old, renamed));
  expect([status, type]).toEqual([201, 'application/json']);
  expect(body).toEqual({ message: 'success', external_ids: [renamed], rename_errors: [] });
  await r.track({
    attributes: [
      { external_id: old, b: 2 },
      { external_id: renamed, c: 3 },
    ],
    events: [{ external_id: old, name: 'x' }],
  });
  await r.event(old, 'y');
  await r.event(renamed, 'z');
  expect(await r.count('users')).toBe(people);
  const [byOld, byNew] = [await r.send('get', `/v1/users/${old}`), await r.send('get', `/v1/users/${renamed}`)];
  expect(byOld.body).toEqual(byNew.body);
  expect(byNew.body).toMatchObject({ externalId: renamed, attributes: { a: 1, b: 2, c: 3 } });
  expect((await r.events(renamed)).filter(({ kind }) => kind === 'custom').map(({ name }) => name)).toEqual([
    'x',
    'y',
    'z',
  ]);
});

test('a message that waits is sent to the person under the new name', async () => {
  const [old, renamed] = [await known(), someone()];
  await r.track({ attributes: [{ external_id: old, email: `${old}@example.com` }] });
  const messages = [{ channel: 'email', subject: 'Hello {{${user_id}}}', text: 'Hello' }];
  const campaign = await r.launch({ trigger: { customEvent: old }, delay: { after: '1 second' }, messages });
  await r.event(old, old);
  await rename(from(old, renamed));
  r.api.clock.now += 2 * SECOND;
  expect(await sending.attempt(campaign, renamed)).toMatchObject({ outcome: 'sent' });
});

test('what cannot be renamed is told, item by item, and the others are', async () => {
  const [ann, bob, cleo] = [await known(), await known(), await known()];
  const [next, third] = [someone(), someone()];
  const { body } = await rename(
    from(ann, next),
    from('nobody’s', someone()),
    from(ann, someone()),
    from(bob, cleo),
    from(bob, ann),
    from(bob, bob),
    from(next, third),
  );
  expect(body).toEqual({
    message: 'success',
    external_ids: [next, third],
    rename_errors: [
      error(1, /^nobody has/),
      error(2, /is a former one/),
      error(3, /'new_external_id' is in use/),
      error(4, /'new_external_id' is in use, or was/),
      error(5, /are the same$/),
    ],
  });
  const id = await idOf(third);
  expect(id).toBeDefined();
  expect([await idOf(ann), await idOf(next)]).toEqual([id, id]);
});

test('only former ids are removed, and name nobody from then on', async () => {
  const [old, renamed, other] = [await known(), someone(), await known()];
  await rename(from(old, renamed));
  const { status, body } = await remove(old, renamed, 'nobody’s', other);
  expect(status).toBe(201);
  expect(body).toEqual({
    message: 'success',
    removed_ids: [old],
    removal_errors: [
      error(1, /only former ones can be removed$/, 'external_ids'),
      error(2, /^nobody has/, 'external_ids'),
      error(3, /only former ones can be removed$/, 'external_ids'),
    ],
  });
  expect((await r.send('get', `/v1/users/${old}`)).status).toBe(404);
  await r.event(old, 'x');
  expect(await idOf(old)).not.toBe(await idOf(renamed));
});

test('events that come by the old name while it is renamed are all the one person’s', async () => {
  for (let round = 0; round < 5; round++) {
    const [old, renamed] = [await known(), someone()];
    const people = await r.count('users');
    const events = Array.from({ length: 8 }, (_, n) => () => r.event(old, `e${n}`));
    await Promise.all(
      [...events.slice(0, 4), () => rename(from(old, renamed)), ...events.slice(4)].map((run) => run()),
    );
    expect(await r.count('users')).toBe(people);
    expect((await r.events(renamed)).filter(({ kind }) => kind === 'custom')).toHaveLength(8);
  }
});

test('of somebody new and a rename that come together with one id, one has it and no event is lost', async () => {
  for (let round = 0; round < 5; round++) {
    const [old, renamed] = [await known(), someone()];
    const [answer] = await Promise.all([rename(from(old, renamed)), r.event(renamed, 'x'), r.event(renamed, 'x')]);
    expect(answer.status).toBe(201);
    expect((await r.events(renamed)).filter(({ kind }) => kind === 'custom')).toHaveLength(2);
    expect((await idOf(old)) === (await idOf(renamed))).toBe(answer.body.external_ids.length === 1);
  }
});

test('numbers are accepted as ids, with all their digits', async () => {
  await r.track({ attributes: [{ external_id: '22222222222222222221', a: 1 }] });
  const text = '{"external_id_renames":[{"current_external_id":22222222222222222221,"new_external_id":77}]}';
  const renamed = await r.send('post', '/users/external_ids/rename').type('json').send(text);
  expect(renamed.body.external_ids).toEqual(['77']);
  const removed = await r
    .send('post', '/users/external_ids/remove')
    .type('json')
    .send('{"external_ids":[22222222222222222221]}');
  expect(removed.body.removed_ids).toEqual(['22222222222222222221']);
});

describe('a request that is not valid is refused whole', () => {
  const long = 'é'.repeat(494);
  test.each([
    ['rename', {}, "'external_id_renames' must be an array of objects"],
    ['rename', { external_id_renames: [] }, "'external_id_renames' must not be empty"],
    [
      'rename',
      { external_id_renames: Array(51).fill(from('a', 'b')) },
      'a single request may not contain more than 50 external id renames',
    ],
    ['rename', { external_id_renames: [from('a', undefined)] }, /^'new_external_id' must be a text of 1 to 987 bytes/],
    ['rename', { external_id_renames: [from('', 'b')] }, /^'current_external_id' must be a text of 1 to 987 bytes/],
    ['rename', { external_id_renames: [from('a', long)] }, /^'new_external_id' must be/],
    ['rename', { external_id_renames: [from('a', 'b\u0000')] }, /U\+0000/],
    ['remove', { external_ids: 'a' }, "'external_ids' must be an array"],
    ['remove', { external_ids: [] }, "'external_ids' must not be empty"],
    ['remove', { external_ids: Array(51).fill('a') }, 'a single request may not contain more than 50 external ids'],
    ['remove', { external_ids: ['a', {}] }, /^'external_ids' must be a text/],
    ['remove', { external_ids: [long] }, /^'external_ids' must be a text/],
    ['remove', { external_ids: ['\ud800'] }, /well-formed/],
  ])('%s %j', async (what, sent, message) => {
    const { status, type, body } = await r.send('post', `/users/external_ids/${what}`, sent);
    expect([status, type]).toEqual([400, 'application/json']);
    expect(body.message).toEqual(typeof message === 'string' ? message : expect.stringMatching(message));
  });
});
