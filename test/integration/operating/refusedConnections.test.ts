// A database that takes no connections, whatever it says to those who ask for one, is a database that is away: 503 with
// Retry-After, and attempts to send are repeated without a count. It says nothing of the request and nothing of the message.
import pg from 'pg';
import request from 'supertest';
import { Receivers } from '../../../activities/holding/receivers.js';
import { createActivities } from '../../../activities/index.js';
import { createApp } from '../../../api/app.js';
import { DEFAULT_WORKSPACE } from '../../../domain/workspace.js';
import { createPool, type Pool } from '../../../storage/pool.js';
import { createTemplates } from '../../../templates/liquidTemplates.js';
import { type Recording, someone, startRecording } from '../../setup/recording.js';

let r: Recording;
let name: string;
let pool: Pool;
let administrator: pg.Client;
const templates = createTemplates({ threads: 1 });
const ROLE = 'visitor';

beforeAll(async () => {
  r = await startRecording();
  const url = new URL(r.api.database.url);
  name = url.pathname.slice(1);
  const elsewhere = new URL(url);
  elsewhere.pathname = '/postgres';
  administrator = new pg.Client({ connectionString: elsewhere.href });
  await administrator.connect();
  await administrator.query(`create role ${ROLE} login superuser password 'right'`);
  url.username = ROLE;
  url.password = 'right';
  pool = createPool({ connectionString: url.href, max: 4 });
});
afterAll(async () => {
  await pool.end();
  await templates.close();
  await r.api.close();
  await administrator.query(`drop role ${ROLE}`);
  await administrator.end();
});

const WAYS: readonly (readonly [string, string, string])[] = [
  [
    'allow_connections=false (55000)',
    'alter database $db allow_connections false',
    'alter database $db allow_connections true',
  ],
  ['another name (3D000)', 'alter database $db rename to gone', 'alter database gone rename to $db'],
  ['another password (28P01)', `alter role ${ROLE} password 'wrong'`, `alter role ${ROLE} password 'right'`],
  ['no login (28000)', `alter role ${ROLE} nologin`, `alter role ${ROLE} login`],
  [
    'no right to connect (42501)',
    `alter role ${ROLE} nosuperuser; revoke connect on database $db from public`,
    `grant connect on database $db to public; alter role ${ROLE} superuser`,
  ],
  [
    'no connection left (53300)',
    `alter role ${ROLE} nosuperuser; alter database $db connection limit 0`,
    `alter database $db connection limit -1; alter role ${ROLE} superuser`,
  ],
];

const endConnections = () =>
  administrator.query(
    'select pg_terminate_backend(pid) from pg_stat_activity where datname = any($1) and pid <> pg_backend_pid()',
    [[name, 'gone']],
  );

test.each(WAYS)('%s', async (_, close, open) => {
  const app = createApp({ ...r.api.deps, pool });
  const user = someone();
  const campaign = await r.launch({ trigger: { customEvent: user } });
  await r.event(user, user);
  const [pairing] = await r.pairings(campaign, user);
  const { attemptSend } = createActivities({
    pool,
    clock: () => Promise.resolve(r.api.clock.now),
    workspace: DEFAULT_WORKSPACE,
    receivers: new Receivers({ slots: 50 }),
    channels: {} as never,
    templates,
    random: () => 0,
    observe: { began: () => undefined, ended: () => undefined, sent: () => undefined, warned: () => undefined },
  });
  const ask = () => request(app).get('/v1/campaigns').set('authorization', r.bearer);
  expect((await ask()).status).toBe(200);
  // A rename needs that nobody is connected.
  await endConnections();
  for (const statement of close.replaceAll('$db', name).split('; ')) await administrator.query(statement);
  await endConnections();
  try {
    const refused = await ask();
    expect([refused.status, refused.body.code, refused.headers['retry-after']]).toEqual([503, 'unavailable', '5']);
    const track = await request(app)
      .post('/users/track')
      .set('authorization', r.bearer)
      .send({ attributes: [{ external_id: user, a: 1 }] });
    expect([track.status, track.body.code, track.headers['retry-after']]).toEqual([503, 'unavailable', '5']);
    const input = { pairingId: pairing?.id ?? 0, now: r.api.clock.now, inline: false };
    for (let n = 0; n < 6; n++) await expect(attemptSend(input)).rejects.toMatchObject({ type: 'OwnFailure' });
  } finally {
    for (const statement of open.replaceAll('$db', name).split('; ')) await administrator.query(statement);
  }
  expect((await ask()).status).toBe(200);
  expect((await r.pairings(campaign, user))[0]).toMatchObject({ state: 'waiting' });
});

test('the same code for a statement is no unavailability: a table that the role may not read is a fault of ours (42501)', async () => {
  await endConnections();
  await administrator.query(`alter role ${ROLE} nosuperuser`);
  try {
    const answer = await request(createApp({ ...r.api.deps, pool }))
      .get('/v1/campaigns')
      .set('authorization', r.bearer);
    expect([answer.status, answer.body.code, answer.headers['retry-after']]).toEqual([500, 'internal', undefined]);
  } finally {
    await administrator.query(`alter role ${ROLE} superuser`);
  }
});
