// /v1/secrets: values go in and never come out.
import { loadSecrets } from '../../../storage/queries/secrets/secrets.js';
import { DAY, type Recording, startRecording } from '../../setup/recording.js';

let r: Recording;
beforeAll(async () => {
  r = await startRecording();
});
afterAll(() => r.api.close());

const VALUE = 'Bearer s3cret-of-nobody-else';
const put = (name: string, body: Record<string, unknown> = { value: VALUE }) =>
  r.send('put', `/v1/secrets/${name}`, body);
const audited = async () => {
  const { rows } = await r.api.database.pool.query(
    `select action, subject, before, after, api_key_id is not null as by_key from audit_log
     where action like 'secret.%' order by id`,
  );
  return rows;
};

test('a secret is set, listed and replaced, and no answer, row, log line or audit row has its value', async () => {
  const answer = await put('listed');
  const at = r.iso();
  const listed = { name: 'listed', keyId: 'k1', createdAt: at, updatedAt: at, updatedBy: 'key/test' };
  expect([answer.status, answer.headers['cache-control'], answer.body]).toEqual([200, 'no-store', listed]);

  r.api.clock.now += DAY;
  const other = 'Bearer another-of-nobody-else';
  const replaced = { ...listed, updatedAt: r.iso() };
  expect((await put('listed', { value: other })).body).toEqual(replaced);
  const page = await r.send('get', '/v1/secrets?limit=1');
  expect([page.headers['cache-control'], page.body]).toEqual([
    'no-store',
    { secrets: [{ ...replaced, usedBy: [] }], next: null },
  ]);

  expect(await audited()).toEqual([
    { action: 'secret.set', subject: 'secret/listed', before: null, after: { keyId: 'k1' }, by_key: true },
    { action: 'secret.set', subject: 'secret/listed', before: { keyId: 'k1' }, after: { keyId: 'k1' }, by_key: true },
  ]);
  const { rows } = await r.api.database.pool.query(
    'select s::text from secrets s union all select a::text from audit_log a',
  );
  const kept = JSON.stringify([rows, r.api.logLines, page.body, answer.body]);
  expect(kept).toContain('listed');
  expect(kept).not.toMatch(/nobody-else/);
  // Nor in another spelling: bytea is shown in hexadecimal.
  expect(kept).not.toContain(Buffer.from('nobody-else').toString('hex'));
});

test.each([
  ['short', { value: 'x' }, 'value'],
  ['long', { value: 'x'.repeat(4_097) }, 'value'],
  ['broken', { value: 'Bearer a\r\nx-injected: b' }, 'value'],
  ['blank', { value: ' Bearer abcdef' }, 'value'],
  ['beyond', { value: 'Bearer é日本語' }, 'value'],
  ['number', { value: 12_345_678 }, 'value'],
  ['missing', {}, 'value'],
  ['more', { value: VALUE, note: 'x' }, 'note'],
  ['No%20Name', { value: VALUE }, 'name'],
])('%s is refused with 422, and its value is not repeated', async (name, body, path) => {
  const { status, body: answer, text } = await put(name, body);
  expect([status, answer.code, answer.problems[0]]).toMatchObject([422, 'invalid_definition', { path }]);
  expect(text).not.toMatch(/Bearer|12345678|\\u001f/);
  expect((await loadSecrets(r.api.database.pool, [name])).length).toBe(0);
});

test('U+0000 is refused as in every body', async () => {
  const { status, body, text } = await put('nul', { value: 'Bearer a\u0000bcdef' });
  expect([status, body.problems]).toMatchObject([400, [{ path: 'value' }]]);
  expect(text).not.toContain('bcdef');
});

test('scopes: a key that may only read lists them, and can neither set nor delete', async () => {
  const reader = await r.api.bearer('campaigns:read');
  const as = (call: ReturnType<typeof r.send>) => call.set('authorization', reader);
  expect((await as(r.send('get', '/v1/secrets'))).status).toBe(200);
  expect((await as(put('by-reader'))).status).toBe(403);
  expect((await as(r.send('delete', '/v1/secrets/crm-token'))).status).toBe(403);
  const tracker = await r.api.bearer('track');
  expect((await r.send('get', '/v1/secrets').set('authorization', tracker)).status).toBe(403);
});

test('there may be 1,000; one more is refused, and one of them can still be replaced', async () => {
  const { pool } = r.api.database;
  await pool.query(
    `insert into secrets (name, key_id, nonce, ciphertext, created_at, updated_at, updated_by)
     select 'many-' || n, 'k1', decode(repeat('00', 12), 'hex'), decode(repeat('00', 20), 'hex'), now(), now(), 'test'
     from generate_series(1, 1000 - (select count(*)::int from secrets)) as n`,
  );
  expect((await put('one-more')).status).toBe(409);
  expect((await put('listed')).status).toBe(200);
  const first = await r.send('get', '/v1/secrets?limit=100');
  expect([first.body.secrets.length, typeof first.body.next]).toEqual([100, 'string']);
  await pool.query(`delete from secrets where name like 'many-%'`);
});
