// M12: what the audit log tells beside changes of campaigns: refused access in bounds, keys, channels, settings; and that
// nothing of it can be changed.
import request from 'supertest';
import { createApp } from '../../../api/app.js';
import { Refusals } from '../../../api/middleware/refusals.js';
import { createKey, revokeKey } from '../../../cli/keys.js';
import { compareSettings } from '../../../cli/settingsAudit.js';
import { settingsOf } from '../../../config/config.js';
import { storableText } from '../../../domain/schema/storableText.js';
import { resumeChannel, suspendChannel } from '../../../storage/queries/messages/channelSuspensions.js';
import { auditText, insertAuditRow } from '../../../storage/queries/operations/insertAuditRow.js';
import { startTestApi, type TestApi } from '../../setup/api.js';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

const NOW = Date.UTC(2026, 10, 23, 9);

interface Row {
  readonly at: number;
  readonly actor: string | null;
  readonly action: string;
  readonly subject: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** What was added by the work. */
async function told(work: () => Promise<unknown>): Promise<readonly Row[]> {
  const { pool } = api.database;
  const { rows: last } = await pool.query<{ id: number }>('select coalesce(max(id), 0) as id from audit_log');
  await work();
  const { rows } = await pool.query<Row>(
    'select at, actor, action, subject, before, after from audit_log where id > $1 order by id',
    [last[0]?.id],
  );
  return rows;
}

describe('M12: refused access', () => {
  /** The minute is over when the test says so. */
  const served = () => {
    const refusals = new Refusals(
      { pool: api.database.pool, clock: api.deps.clock, logger: api.deps.logger },
      3_600_000,
    );
    return { refusals, app: createApp({ ...api.deps, refusals }) };
  };
  const ask = (app: TestApi['app'], authorization?: string) => {
    const asked = request(app).get('/v1/campaigns/zoe@example.com');
    return authorization === undefined ? asked : asked.set('authorization', authorization);
  };

  test('the first of an address and minute is told at once, the others as one row with their count', async () => {
    const { refusals, app } = served();
    const rows = await told(async () => {
      for (let n = 0; n < 30; n++)
        expect((await ask(app, n % 2 === 0 ? undefined : 'Bearer nonsense')).status).toBe(401);
    });
    const row = { actor: 'address:127.0.0.1', action: 'access.unauthenticated', subject: 'GET /v1/campaigns/{key}' };
    expect(rows).toEqual([expect.objectContaining({ ...row, after: { key: 'none' } })]);
    expect(await told(() => refusals.flush())).toEqual([
      expect.objectContaining({ ...row, after: { key: 'none', count: 29 } }),
    ]);
    expect(await told(() => refusals.flush())).toEqual([]);
    expect(await told(() => ask(app, `Bearer rpl_aaaaaaaa_${'a'.repeat(43)}`))).toMatchObject([
      { after: { key: 'unknown' } },
    ]);
  });

  test('a flood of addresses has a bounded number of rows', async () => {
    const { refusals } = served();
    const flood = Array.from({ length: 1_000 }, (_, n) => n);
    const rows = await told(async () => {
      for (const round of [1, 2]) {
        for (const n of flood) {
          await refusals.note({
            actor: `address:192.0.2.${n}`,
            action: 'access.unauthenticated',
            subject: 'GET /',
            why: { round: `${round}` },
          });
        }
      }
      await refusals.flush();
    });
    expect(rows).toHaveLength(201);
    expect(rows.at(-1)).toMatchObject({ actor: 'other callers', after: { count: 1_800 } });
    const total = rows.reduce((sum, { after }) => sum + ((after as { count?: number }).count ?? 1), 0);
    expect(total).toBe(2_000);
  });

  test('a database that is away changes no answer', async () => {
    const refusals = new Refusals({ ...api.deps, clock: () => Promise.reject(new Error('away')) }, 3_600_000);
    expect((await ask(createApp({ ...api.deps, refusals }))).status).toBe(401);
  });
});

test('M12: keys that are made and revoked, by whom', async () => {
  const { pool } = api.database;
  let key = '';
  const rows = await told(async () => {
    key = await createKey(pool, { name: 'shop\nx', scopes: ['track'] }, { actor: 'cli/ann', now: NOW });
    await revokeKey(pool, key, { actor: 'cli/bob', now: NOW + 1 });
    await revokeKey(pool, key, { actor: 'cli/bob', now: NOW + 2 });
  });
  const subject = `key/${key.slice(0, 12)}`;
  expect(rows).toEqual([
    {
      at: NOW,
      actor: 'cli/ann',
      action: 'key.create',
      subject,
      before: null,
      after: { name: 'shop\nx', scopes: ['track'] },
    },
    {
      at: NOW + 1,
      actor: 'cli/bob',
      action: 'key.revoke',
      subject,
      before: { revokedAt: null },
      after: { revokedAt: '2026-11-23T09:00:00.001Z' },
    },
  ]);
  expect(JSON.stringify(rows)).not.toContain(key.slice(13));
  await expect(revokeKey(pool, 'rpl_zzzzzzzz', { actor: 'cli/ann', now: NOW })).rejects.toThrow(
    'There is no key rpl_zzzzzzzz',
  );
});

test('M12: a channel that is suspended and resumed, each once, without what its server said', async () => {
  const { pool } = api.database;
  const suspension = { channel: 'email', code: 'authentication_failed', failures: 1, retryAt: NOW + 1 } as const;
  const rows = await told(async () => {
    for (const detail of ['no zoe@example.com', 'no'])
      await suspendChannel(pool, { ...suspension, detail: storableText(detail) }, NOW);
    await resumeChannel(pool, 'email', NOW + 5);
    await resumeChannel(pool, 'email', NOW + 6);
  });
  const base = { actor: 'worker', subject: 'channel/email' };
  const suspended = { suspended: true, code: 'authentication_failed' };
  expect(rows).toEqual([
    { ...base, at: NOW, action: 'channel.suspend', before: { suspended: false }, after: suspended },
    {
      ...base,
      at: NOW + 5,
      action: 'channel.resume',
      before: { ...suspended, since: expect.any(String) },
      after: { suspended: false },
    },
  ]);
});

test('M12: a start with other settings tells them by name, secrets without their values', async () => {
  const start = (env: Readonly<Record<string, string>>) =>
    compareSettings(
      { pool: api.database.pool, clock: () => Promise.resolve(NOW) },
      { process: 'rappel-api', settings: settingsOf(env) },
    );
  const env = { SMTP_URL: 'smtp://ann:hunter2@mail.example', RAPPEL_TIME_ZONE: 'Europe/Paris' };
  expect(await told(() => start(env))).toEqual([]);
  expect(await told(() => start(env))).toEqual([]);
  const other = { SMTP_URL: 'smtp://ann:hunter3@mail.example', MAX_LATENESS: '1 h', WEBHOOK_SIGNING_SECRET: 'whsec_x' };
  const rows = await told(() => Promise.all([start(other), start(other)]));
  expect(rows).toEqual([
    {
      at: NOW,
      actor: 'start',
      action: 'settings.change',
      subject: 'process/rappel-api',
      before: {
        SMTP_URL: '(secret)',
        RAPPEL_TIME_ZONE: 'Europe/Paris',
        MAX_LATENESS: '72 h',
        WEBHOOK_SIGNING_SECRET: null,
      },
      after: { SMTP_URL: '(secret)', RAPPEL_TIME_ZONE: 'UTC', MAX_LATENESS: '1 h', WEBHOOK_SIGNING_SECRET: '(secret)' },
    },
  ]);
  const { rows: kept } = await api.database.pool.query('select settings::text from last_settings');
  expect(JSON.stringify(kept)).not.toMatch(/hunter|whsec_x/);
});

describe('M12: the log at its default level', () => {
  const lines = () => api.logLines.map((line) => JSON.parse(line) as Record<string, unknown>);
  const served = () => {
    const refusals = new Refusals(
      { pool: api.database.pool, clock: api.deps.clock, logger: api.deps.logger },
      3_600_000,
    );
    return { refusals, app: createApp({ ...api.deps, refusals }) };
  };

  test('tells each key that is used from an address once, and how often it was', async () => {
    const { refusals, app } = served();
    const bearer = await api.bearer('campaigns:read');
    const before = lines().length;
    for (let n = 0; n < 3; n++)
      expect((await request(app).get('/v1/campaigns').set('authorization', bearer)).status).toBe(200);
    const used = () =>
      lines()
        .slice(before)
        .filter(({ msg }) => msg === 'key used');
    const line = { level: 30, apiKeyId: expect.any(Number), client: '127.0.0.1' };
    expect(used()).toMatchObject([{ ...line, count: 1 }]);
    await refusals.flush();
    expect(used()).toMatchObject([
      { ...line, count: 1 },
      { ...line, count: 2 },
    ]);
  });

  test('tells what was refused, by whom it was asked and why, and never what was asked', async () => {
    const { refusals, app } = served();
    const bearer = await api.bearer('track');
    const before = lines().length;
    for (let n = 0; n < 3; n++)
      await request(app).post('/users/track').set('authorization', bearer).send({ events: 'zoe@example.com' });
    await request(app).post('/users/track').set('authorization', bearer).type('json').send('{"zoe@example.com"');
    await request(app).get('/v1/nothing/zoe@example.com');
    await request(app).delete('/v1/campaigns');
    await refusals.flush();
    const refused = lines()
      .slice(before)
      .filter(({ msg }) => msg === 'request refused');
    const byKey = {
      level: 30,
      client: '127.0.0.1',
      apiKeyId: expect.any(Number),
      method: 'POST',
      route: '/users/track',
    };
    expect(refused).toMatchObject([
      { ...byKey, status: 400, code: 'refused', count: 1 },
      { ...byKey, status: 400, code: 'invalid_request', count: 1 },
      { method: 'GET', route: '(none)', apiKeyId: null, status: 404, code: 'not_found', count: 1 },
      { method: 'DELETE', route: '(none)', apiKeyId: null, status: 405, code: 'method_not_allowed', count: 1 },
      { ...byKey, status: 400, code: 'refused', count: 2 },
    ]);
    expect(JSON.stringify(lines().slice(before))).not.toContain('zoe');
  });
});

describe('M12: what was told stays told', () => {
  test.each([
    'update audit_log set actor = null',
    'delete from audit_log',
    'delete from audit_log where false',
    'truncate audit_log',
    "set session_replication_role = 'replica'; delete from audit_log",
  ])('%s is refused, also to the owner', async (sql) => {
    const client = await api.database.pool.connect();
    try {
      await expect(client.query(sql)).rejects.toMatchObject({ code: '42501' });
    } finally {
      client.release(true);
    }
  });

  test('one row is one line, whatever a name holds', async () => {
    const forged = 'cli/ann\n2026-11-23 key.revoke \u001b[2K\u202e\u2028\\u{000a}';
    const rows = await told(() =>
      insertAuditRow(api.database.pool, {
        at: NOW,
        actor: forged,
        action: 'x',
        subject: 'y\r\n',
        before: null,
        after: null,
      }),
    );
    expect(rows).toMatchObject([
      {
        actor: 'cli/ann\\u{000a}2026-11-23 key.revoke \\u{001b}[2K\\u{202e}\\u{2028}\\u{005c}u{000a}',
        subject: 'y\\u{000d}\\u{000a}',
      },
    ]);
    expect(auditText('\ud83d')).toBe('\\u{d83d}');
    expect(auditText('é'.repeat(600))).toHaveLength(500);
  });
});
