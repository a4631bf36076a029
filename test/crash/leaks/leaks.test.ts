/**
 * K7: what people and operators entrust to Rappel is in no log, not in Temporal and in nobody else's answer. Unique texts are
 * planted in every field that comes from outside, everything that can fail is made to, and they are looked for. By the real
 * `npm start`: its own PostgreSQL and Temporal, their log files, and a mail server and a receiver that repeat what they get.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import pg from 'pg';
import { type ScriptedSmtp, startScriptedSmtp } from '../../../channels/email/scriptedSmtp.js';
import { type ScriptedHttp, startScriptedHttp } from '../../../channels/webhook/scriptedHttp.js';
import { cloneFolder, eventually, type Installation, startInstallation, wipeInstallation } from '../installation.js';
import { breaking } from './breaking.js';
import { canary, leaksIn, placesPlanted, plantText } from './canaries.js';
import { databaseFiles, databaseUrl, logsOf, secretKey, temporalStore } from './logs.js';
import { malformedRequests } from './malformed.js';
import { plantedRequests, REPEATED } from './operations.js';
import { campaignOf, emailOf, meet, webhookOf } from './people.js';

jest.setTimeout(400_000);

let running: Installation;
let smtp: ScriptedSmtp;
let http: ScriptedHttp;
let database: pg.Client;
let isPasswordTaken = true;

const SIGNING = canary('signing secret');
/** What every webhook here is sent with, by its name. */
const NAMED = 'of-the-receiver';
const HOOK = () => ({ host: http.host, secret: NAMED });

const SECRET = plantText('WEBHOOK_SIGNING_SECRET', `whsec_${Buffer.from(SIGNING + SIGNING).toString('base64')}`);

beforeAll(async () => {
  wipeInstallation();
  smtp = await startScriptedSmtp({
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    onAuth: ({ username, password }, _session, done) =>
      isPasswordTaken ? done(null, { user: username ?? '' }) : done(new Error(`no ${username} with ${password} here`)),
  });
  http = await startScriptedHttp();
  running = await startInstallation({
    LOG_LEVEL: 'trace',
    SMTP_URL: smtp.smtpUrl.replace('smtp://', `smtp://${canary('SMTP_URL user')}:${canary('SMTP_URL password')}@`),
    WEBHOOK_SIGNING_SECRET: SECRET,
    WEBHOOK_ALLOW_HOSTS: http.host,
  });
  plantText('DATABASE_URL password', new URL(databaseUrl()).password);
  database = new pg.Client({ connectionString: databaseUrl() });
  await database.connect();
  database.on('error', () => undefined);
  plantText('RAPPEL_SECRET_KEYS', secretKey());
  await setSecret(NAMED);
});
afterAll(async () => {
  await database?.end().catch(() => undefined);
  await running?.kill();
  await smtp?.stop();
  await http?.stop();
});

/** Until the log of API and worker has so many of them, lines of before left out. */
async function logged(pattern: RegExp, work: () => Promise<unknown>): Promise<void> {
  const before = running.said().length;
  await work();
  await eventually(`a line like ${pattern}`, async () =>
    pattern.test(running.said().slice(before)) ? true : undefined,
  );
}

async function setSecret(name: string): Promise<void> {
  const answer = await running.call('PUT', `/v1/secrets/${name}`, { value: `Bearer ${canary(`secret ${name}`)}` });
  const text = await answer.text();
  expect([answer.status, leaksIn(text)]).toEqual([200, []]);
}

async function launch(name: string, message: object): Promise<void> {
  await running.launch(campaignOf(name, message));
}

test('each text of each request of each operation', async () => {
  const repeated = new Set<string>();
  for (const { operation, url, init } of await plantedRequests(running)) {
    const authorization = running.authorization;
    const answer = await fetch(url, {
      ...init,
      headers: { authorization, 'content-type': 'application/json', ...init.headers },
    });
    const text = await answer.text();
    expect(answer.status).toBeLessThan(500);
    const leaks = leaksIn(text);
    // Nothing of anybody else's request.
    expect(leaks.filter((place) => !place.startsWith(operation))).toEqual([]);
    if (answer.status >= 400) for (const place of leaks) repeated.add(place);
  }
  expect(placesPlanted().length).toBeGreaterThan(500);
  expect([...repeated].sort()).toEqual(REPEATED);
});

describe('what fails in the database', () => {
  test('a constraint, whose error shows the row, while a request is recorded', async () => {
    await launch('row', emailOf('row'));
    await database.query(
      `alter table users add constraint leaky check (attributes->>'first_name' <> '${canary('person row: first_name')}') not valid`,
    );
    const answer = await meet(running, 'row');
    expect([answer.status, leaksIn(await answer.text())]).toEqual([500, []]);
    await database.query('alter table users drop constraint leaky');
  });

  test('a constraint while a message is claimed', async () => {
    await launch('claim', emailOf('claim'));
    await logged(/"code":"23514"/, async () => {
      await database.query('alter table messages add constraint leaky check (request is null) not valid');
      await meet(running, 'claim');
    });
    await database.query('alter table messages drop constraint leaky');
  });

  test('a value that cannot be cast, which the text of the error quotes', async () => {
    await launch('cast', webhookOf('cast', HOOK()));
    const broken = await breaking(database, 'messages', 'perform new.request::text::int;');
    await logged(/"code":"22P02"/, () => meet(running, 'cast'));
    await broken.mend();
  });

  test('a statement that is given up', async () => {
    await launch('slow', emailOf('slow'));
    const broken = await breaking(database, 'messages', 'perform pg_sleep(60), new.request;');
    await logged(/"code":"57014"/, async () => {
      await meet(running, 'slow');
      await eventually('the statement', async () => {
        const { rowCount } = await database.query(
          `select pg_cancel_backend(pid) from pg_stat_activity where wait_event = 'PgSleep'`,
        );
        return rowCount === 0 ? undefined : true;
      });
    });
    await broken.mend();
  });

  test('a text that it cannot hold', async () => {
    await launch('text', emailOf('text'));
    const broken = await breaking(
      database,
      'messages',
      `perform (new.request::text || '\\u0000')::jsonb, ('"\\u0000' || new.request::text)::json; perform jsonb_build_object(new.request, 1);`,
    );
    await logged(/"code":"22\w{3}"/, () => meet(running, 'text'));
    await broken.mend();
  });

  test('the database is away', async () => {
    await launch('away', emailOf('away'));
    const other = new pg.Client({ connectionString: databaseUrl().replace(/\/rappel$/, '/postgres') });
    await other.connect();
    await other.query('alter database rappel allow_connections false');
    await logged(/"loop":"outbox"/, async () => {
      await other.query(`select pg_terminate_backend(pid) from pg_stat_activity where datname = 'rappel'`);
      const answer = await meet(running, 'away');
      // A connection that was lost, or a database that takes none: what it says differs.
      expect([500, 503]).toContain(answer.status);
      expect(leaksIn(await answer.text())).toEqual([]);
    });
    await other.query('alter database rappel allow_connections true');
    await other.end();
    database = new pg.Client({ connectionString: databaseUrl() });
    await database.connect();
    await eventually('the API', async () => ((await running.call('GET', '/readyz')).ok ? true : undefined));
  });

  test('a command that fails', async () => {
    await database.query(`alter table api_keys add constraint leaky check (name not like 'cnry%') not valid`);
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [
        path.join(cloneFolder(), 'cli/dev/rappel.mjs'),
        'keys',
        'create',
        '--name',
        canary('key name'),
        '--scopes',
        'all',
      ],
      { cwd: cloneFolder(), encoding: 'utf8' },
    );
    await database.query('alter table api_keys drop constraint leaky');
    expect([status, leaksIn(stdout + stderr)]).toEqual([1, []]);
    expect(stderr).toContain('23514');
  });
});

describe('what fails in campaigns and at their receivers', () => {
  test('templates that abort with a text, throw, and never end', async () => {
    await launch('abort', emailOf('abort', '{% abort_message(first_name) %}'));
    await launch('throw', emailOf('throw', '{{ first_name | divided_by: 0 | date: last_name | slice: first_name }}'));
    await launch('endless', emailOf('endless', '{% for i in (1..100000000) %}{{ first_name }}{% endfor %}'));
    await meet(running, 'abort');
    await meet(running, 'throw');
    await logged(/"template_failed"/, () => meet(running, 'endless'));
  });

  test('a definition that does not compile', async () => {
    await launch('broken', emailOf('broken'));
    await logged(/does not compile/, async () => {
      await database.query(`update campaign_versions v set definition = jsonb_set(v.definition, '{entry,event,delay}', '{"after": "${canary('delay that is none')}"}')
        from campaigns c where c.id = v.campaign_id and c.key = 'leaks-broken'`);
      await database.query('update campaigns_revision set revision = revision + 1');
      await meet(running, 'broken');
    });
  });

  test('a mail server that repeats the address it refuses', async () => {
    await launch('refused', emailOf('refused'));
    smtp.reply('RCPT', 550);
    await logged(/"smtp_550"/, () => meet(running, 'refused'));
    smtp.reset();
  });

  test('a receiver that answers with what it got', async () => {
    await launch('hook', webhookOf('hook', HOOK()));
    http.answer((response) => {
      const { url, headers, body } = http.requests.at(-1) ?? {};
      response.writeHead(403, { location: url, 'x-echo': headers?.authorization });
      response.end(`${headers?.authorization} ${JSON.stringify(headers)} ${url} ${body}`);
    });
    await logged(/"http_403"/, () => meet(running, 'hook'));
    // It did get the value.
    expect(leaksIn(String(http.requests.at(-1)?.headers.authorization))).toEqual([`secret ${NAMED}`]);
  });

  test('a secret that is gone, and one that was changed by hand', async () => {
    for (const [name, breaking] of [
      ['gone', `delete from secrets where name = 'gone'`],
      ['changed', `update secrets set ciphertext = overlay(ciphertext placing '\\x00' from 3) where name = 'changed'`],
    ] as const) {
      await setSecret(name);
      await launch(name, webhookOf(name, { ...HOOK(), secret: name }));
      await database.query(breaking);
      await logged(/"secret_missing"/, () => meet(running, name));
    }
  });

  test('a mail server that repeats the password it refuses', async () => {
    await launch('password', emailOf('password'));
    isPasswordTaken = false;
    smtp.dropConnections();
    await logged(/channel email suspended/, () => meet(running, 'password'));
  });

  test('bodies and paths that cannot be read, and keys where they do not belong', async () => {
    for (const [url, init] of malformedRequests()) {
      const given = { authorization: running.authorization, 'content-type': 'application/json' };
      const answer = await fetch(running.url + url, {
        ...init,
        headers: { ...given, ...('headers' in init ? init.headers : {}) },
      });
      expect([url, answer.status]).toEqual([url, expect.any(Number)]);
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.status).toBeLessThan(500);
      expect([url, leaksIn(await answer.text())]).toEqual([url, []]);
    }
  });
});

/** Of a campaign, what its runs in Temporal say by design: its name and those of its events, never an operand. */
const TOLD_TO_TEMPORAL = /^campaign \w+: (name|trigger|exception)$/;

test('none of it is in a log, nor of people in Temporal', async () => {
  const logs = logsOf(running);
  const found = Object.fromEntries(Object.entries(logs).map(([log, bytes]) => [log, leaksIn(bytes)]));
  expect(found).toEqual({ 'API and worker': [], PostgreSQL: [], 'Temporal (log)': [] });
  expect(logs['API and worker']?.toString()).toContain('"code":"23514"');
  expect(logs.PostgreSQL?.toString()).toContain('ready to accept connections');
  const kept = leaksIn(temporalStore());
  // It does hold the runs.
  expect(kept).toContain('campaign claim: name');
  expect(kept.filter((place) => !TOLD_TO_TEMPORAL.test(place))).toEqual([]);
});

test('of named secrets nothing is in any file of the database, which has all else', () => {
  const found = new Set([...databaseFiles(running)].flatMap(leaksIn));
  expect(found.size).toBeGreaterThan(300);
  expect(placesPlanted()).toContain('PUT /v1/secrets/{name} body.value');
  const secrets = /^secret |^PUT \/v1\/secrets\/\{name\} body|^RAPPEL_SECRET_KEYS/;
  expect([...found].filter((place) => secrets.test(place))).toEqual([]);
});

test('M12: of secrets neither the audit log nor the settings that are kept to compare with have anything', async () => {
  const { rows: kept } = await database.query('select process, settings::text from last_settings');
  expect(kept).toEqual([{ process: 'rappel', settings: expect.stringContaining('"SMTP_URL"') }]);
  const { rows: told } = await database.query('select a::text from audit_log a');
  expect(told.length).toBeGreaterThan(10);
  const secrets = leaksIn(JSON.stringify([kept, told])).filter((place) =>
    /^[A-Z_]+\b|API key|signing secret|^secret |person/.test(place),
  );
  // Which secret was set is told, and which segment was made.
  expect(secrets).toEqual(['POST /v1/segments body.key', 'PUT /v1/secrets/{name} path name']);
});
