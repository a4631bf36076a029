/** M6: what an installation keeps is for whoever runs it alone, also where an older version left it open to others. */
import { execFile, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { cloneFolder, type Installation, startInstallation, wipeInstallation } from '../installation.js';

jest.setTimeout(400_000);

let running: Installation;
const state = path.join(cloneFolder(), '.rappel');
const modeOf = (folder: string) => (statSync(folder).mode & 0o777).toString(8);
const databaseFolder = () => /PostgreSQL: [\d.:]+, data in ([^"\s]+)/.exec(running.said())?.[1] ?? '';

beforeAll(async () => {
  wipeInstallation();
  mkdirSync(state, { recursive: true });
  chmodSync(state, 0o755);
  running = await startInstallation();
});
afterAll(() => running?.kill());

test('the folders are closed to others', () => {
  expect([modeOf(state), modeOf(databaseFolder())]).toEqual(['700', '700']);
});

test('the key of secrets is for its owner alone, and the command line finds it', async () => {
  expect(modeOf(path.join(state, 'secret-keys'))).toBe('600');
  const rappel = (input: string, ...words: readonly string[]) =>
    spawnSync(process.execPath, [path.join(cloneFolder(), 'cli/dev/rappel.mjs'), ...words], {
      encoding: 'utf8',
      input,
    });
  expect(rappel('Bearer of-the-crm\n', 'secrets', 'set', 'crm')).toMatchObject({
    status: 0,
    stdout: 'Set crm, encrypted with k1\n',
  });
  const listed = (await (await running.call('GET', '/v1/secrets')).json()) as { secrets: readonly object[] };
  expect(listed.secrets).toMatchObject([{ name: 'crm', keyId: 'k1', updatedBy: expect.stringMatching(/^cli\//) }]);
  const refused = rappel('tiny', 'secrets', 'set', 'crm');
  expect([refused.status, refused.stderr]).toEqual([1, expect.stringContaining('value is too short')]);
  expect(rappel('', 'secrets', 'rotate')).toMatchObject({ status: 0, stdout: 'Encrypted with k1: 1\n' });
});

test('what reads data from outside runs without the setter of prototypes', async () => {
  const commands = running.processes().map((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0'));
  const serving = commands.filter((words) => words.some((word) => word.endsWith('dist/cli/dev/serve.js')));
  expect(serving).toEqual([expect.arrayContaining(['--disable-proto=delete'])]);
  const file = path.join(cloneFolder(), 'dist/cli/rappel.js');
  const [first = ''] = readFileSync(file, 'utf8').split('\n', 1);
  expect(first).toBe('#!/usr/bin/env -S node --disable-proto=delete');
  // As the system reads that line.
  const tried = await promisify(execFile)('/usr/bin/env', [first.replace('#!/usr/bin/env ', ''), file, '--help']);
  expect(tried.stdout).toContain('Usage: rappel');
});

test('a database that is where its own user no longer reaches it is taken along', async () => {
  const tracked = await running.call('POST', '/users/track', { attributes: [{ external_id: 'kept' }] });
  expect(tracked.status).toBe(201);
  const folder = databaseFolder();
  await running.interrupt();
  // As it was before, where the tests are run by root; elsewhere it is there all along.
  const before = path.join(state, 'postgres');
  if (folder !== before) {
    if (existsSync(before)) renameSync(before, `${before}.empty`);
    renameSync(folder, before);
  }
  chmodSync(state, 0o755);
  running = await startInstallation();
  expect((await running.call('GET', '/v1/users/kept')).status).toBe(200);
  expect([modeOf(state), modeOf(databaseFolder())]).toEqual(['700', '700']);
});
