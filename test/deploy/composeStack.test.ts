/**
 * docker-compose.yml as it runs, without a Docker engine: the image is built by the Dockerfile's own steps from what
 * .dockerignore lets through, and the services run as plain processes in the order, with the commands and the variables of
 * the file. Of two services nothing is run, as their programs are not at hand: `temporal-ui`, and `inbox`, in whose
 * place a mail server of these tests listens. What is written about them is checked by composeFile.test.ts.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, lstatSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseEnv } from 'node:util';
import pg from 'pg';
import { type ScriptedSmtp, startScriptedSmtp } from '../../channels/email/scriptedSmtp.js';
import { secretKeysText } from '../../domain/secret/secretKeys.js';
import { type Addresses, assignAddresses } from './addresses.js';
import { type Running, up } from './compose.js';
import { parseCompose, type Variables } from './composeFile.js';
import { type Project, run } from './containers.js';
import { buildImage, type Image } from './image.js';

const directory = path.join(__dirname, '../..');
const NOT_RUN = ['temporal-ui', 'inbox'];
/** What a URL would have to encode; the quotation marks and backslashes that Temporal's own template does not take are left out. */
const AWKWARD = "p@ss:w/or d'?#%&=+$";

jest.setTimeout(900_000);

let folder: string;
let variables: Variables;
let image: Image;
let smtp: ScriptedSmtp;
let addresses: Addresses;
let project: Project;
let running: Running | undefined;
let built: number;

beforeAll(async () => {
  folder = process.env.RAPPEL_TEST_FOLDER ?? '';
  image = await buildImage(directory, folder);
  built = Date.now();
  variables = {
    ...madeEnv(),
    RAPPEL_DATABASE_PASSWORD: AWKWARD,
    TEMPORAL_DATABASE_PASSWORD: AWKWARD.replace(' ', ''),
    SMTP_URL: 'smtp://inbox:1025',
  };
  smtp = await startScriptedSmtp();
  const services = parseCompose(readFileSync(path.join(directory, 'docker-compose.yml'), 'utf8'), variables);
  addresses = await assignAddresses(directory, services, { 'inbox:1025': Number(new URL(smtp.smtpUrl).port) });
  project = { services, addresses, image, folder };
});

afterAll(async () => {
  await running?.down();
  await smtp?.stop();
});

/** By the command of the documentation, in a folder of its own. */
function madeEnv(): Variables {
  const place = path.join(folder, 'place');
  mkdirSync(place);
  cpSync(path.join(directory, 'deploy'), path.join(place, 'deploy'), { recursive: true });
  execFileSync('sh', ['deploy/makeEnv.sh'], { cwd: place, stdio: 'pipe' });
  expect(() => execFileSync('sh', ['deploy/makeEnv.sh'], { cwd: place, stdio: 'pipe' })).toThrow('left as it is');
  expect(statSync(path.join(place, '.env')).mode & 0o777).toBe(0o600);
  const made = parseEnv(readFileSync(path.join(place, '.env'), 'utf8'));
  const { RAPPEL_SECRET_KEYS, ...passwords } = made;
  expect(new Set(Object.values(passwords)).size).toBe(3);
  for (const password of Object.values(passwords)) expect(password).toMatch(/^[0-9a-f]{48}$/);
  expect(secretKeysText.parse(RAPPEL_SECRET_KEYS)).toMatchObject([{ id: 'k1' }]);
  return made;
}

test('H3: every service starts after what it depends on, and is well or has completed', async () => {
  running = await up(project, NOT_RUN);
  expect(running.started).toEqual([
    { name: 'postgres', exitCode: null },
    { name: 'databases', exitCode: 0 },
    { name: 'temporal-schema', exitCode: 0 },
    { name: 'temporal-indexes', exitCode: 0 },
    { name: 'temporal', exitCode: null },
    { name: 'temporal-namespace', exitCode: 0 },
    { name: 'migrate', exitCode: 0 },
    { name: 'api', exitCode: null },
    { name: 'worker', exitCode: null },
  ]);
});

test('H3: an event that is posted becomes a mail', async () => {
  const key = (await run(project, 'api', ['keys', 'create', '--name', 'backend', '--scopes', 'all'])).trim();
  const post = async (at: string, body: unknown): Promise<void> => {
    const answer = await fetch(`http://127.0.0.1:${addresses.portOf('api', 3000)}${at}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect([at, answer.ok, answer.ok ? '' : await answer.text()]).toEqual([at, true, '']);
  };
  await post('/v1/campaigns', {
    key: 'welcome',
    name: 'Welcome',
    trigger: { customEvent: 'signed_up' },
    messages: [{ channel: 'email', subject: 'Welcome, {{ first_name }}!', html: '<p>Hello</p>' }],
  });
  await post('/v1/campaigns/welcome/launch', {});
  await post('/users/track', {
    attributes: [{ external_id: 'zoe', email: 'zoe@example.com', first_name: 'Zoe' }],
    events: [{ external_id: 'zoe', name: 'signed_up', time: new Date().toISOString() }],
  });
  for (const deadline = Date.now() + 60_000; smtp.received.length === 0 && Date.now() < deadline; ) await wait(100);
  expect(smtp.lastRaw()).toMatch(/^To: zoe@example\.com\r$/m);
  expect(smtp.lastRaw()).toMatch(/^Subject: Welcome, Zoe!\r$/m);
});

test('a secret is set with the key of makeEnv.sh, and the command of the image knows that key too', async () => {
  const key = (
    await run(project, 'api', ['keys', 'create', '--name', 'operator', '--scopes', 'campaigns:write'])
  ).trim();
  const answer = await fetch(`http://127.0.0.1:${addresses.portOf('api', 3000)}/v1/secrets/crm-token`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ value: 'Bearer of-the-crm' }),
  });
  expect([answer.status, await answer.json()]).toMatchObject([200, { keyId: 'k1', updatedBy: 'key/operator' }]);
  expect(await run(project, 'api', ['secrets', 'rotate'])).toBe('Encrypted with k1: 1\n');
});

test.each([
  ['rappel', ['rappel'], AWKWARD],
  ['temporal', ['temporal', 'temporal_visibility'], AWKWARD.replace(' ', '')],
])('H3: the role %s owns %j, is no superuser and reaches no other database', async (role, databases, password) => {
  const rights = `select rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls from pg_roles where rolname = $1`;
  const owned =
    'select datname from pg_database where datdba = (select oid from pg_roles where rolname = $1) order by 1';
  const none = {
    rolsuper: false,
    rolcreatedb: false,
    rolcreaterole: false,
    rolreplication: false,
    rolbypassrls: false,
  };
  expect(await query({ role, password, database: databases[0]! }, rights)).toEqual([none]);
  const names = databases.map((datname) => ({ datname }));
  expect(await query({ role, password, database: databases[0]! }, owned)).toEqual(names);
  for (const database of ['rappel', 'temporal', 'temporal_visibility', 'postgres'].filter(
    (each) => !databases.includes(each),
  )) {
    await expect(query({ role, password, database }, 'select 1')).rejects.toThrow('permission denied for database');
  }
});

test('H3: the processes of Rappel and of Temporal are connected as these roles', async () => {
  const administrator = { role: 'postgres', password: variables.POSTGRES_PASSWORD ?? '', database: 'postgres' };
  const seen = await query(
    administrator,
    'select distinct datname, usename from pg_stat_activity where datname <> $1 order by 1',
    'postgres',
  );
  expect(seen).toEqual([
    { datname: 'rappel', usename: 'rappel' },
    { datname: 'temporal', usename: 'temporal' },
    { datname: 'temporal_visibility', usename: 'temporal' },
  ]);
});

test('H3: a second `up` completes its jobs again, and a changed password is taken over', async () => {
  for (const name of ['databases', 'temporal-schema', 'temporal-indexes', 'temporal-namespace'])
    await run(project, name);
  expect(await run(project, 'migrate')).toBe('The database is up to date\n');
  const changed = parseCompose(readFileSync(path.join(directory, 'docker-compose.yml'), 'utf8'), {
    ...variables,
    RAPPEL_DATABASE_PASSWORD: 'another',
  });
  const { databases } = changed;
  await expect(query({ role: 'rappel', password: 'another', database: 'rappel' }, 'select 1')).rejects.toThrow();
  const renewed = { ...project, services: { ...project.services, ...(databases && { databases }) } };
  await run(renewed, 'databases');
  expect(await query({ role: 'rappel', password: 'another', database: 'rappel' }, 'select 1 as one')).toEqual([
    { one: 1 },
  ]);
  await run(project, 'databases');
});

test('the image writes nothing outside the folder for that', () => {
  expect(changedSince(built, image.root)).toEqual([]);
});

test('the image runs Node without the setter of prototypes', async () => {
  const { root, env } = image;
  const said = execFileSync('node', ['-p', '"__proto__" in {}'], {
    cwd: root,
    env: { ...env, PATH: process.env.PATH },
  });
  expect(said.toString()).toBe('false\n');
});

test('every process ends by itself when it is asked to', async () => {
  const codes = await running?.down();
  running = undefined;
  expect(codes).toEqual({ worker: 0, api: 0, temporal: 0, postgres: 0 });
});

function changedSince(instant: number, root: string): readonly string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => lstatSync(file).ctimeMs > instant);
}

async function query(
  { role, password, database }: { readonly role: string; readonly password: string; readonly database: string },
  text: string,
  parameter = role,
): Promise<readonly unknown[]> {
  const port = addresses.portOf('postgres', 5432);
  const client = new pg.Client({ host: '127.0.0.1', port, user: role, password, database });
  await client.connect();
  try {
    return (await client.query(text, text.includes('$1') ? [parameter] : [])).rows;
  } finally {
    await client.end();
  }
}
