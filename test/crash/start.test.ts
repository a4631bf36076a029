/** The first quarter of an hour of somebody new: starting, starting again, sending a first message, the demo, the commands. */
import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import { cloneFolder, eventually, type Installation, startInstallation, wipeInstallation } from './installation.js';

jest.setTimeout(400_000);

let running: Installation;
const inClone = (...parts: string[]) => path.join(cloneFolder(), ...parts);
const run = promisify(execFile);
const script = (name: string, ...words: string[]) =>
  run(process.execPath, [inClone('cli/dev', name), ...words], { cwd: cloneFolder(), timeout: 120_000 });

/** Whoever else has the port is as good as we are. */
async function occupy(port: number): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.once('error', () => resolve());
    server.listen(port, '127.0.0.1', resolve);
  });
  return server;
}

const portOf = ({ url }: Installation) => Number(new URL(url).port);

beforeAll(async () => {
  wipeInstallation();
  const others = [await occupy(3_000), await occupy(3_001)];
  running = await startInstallation();
  for (const other of others) other.close();
});
afterAll(() => running?.kill());

test('M2: with port 3000 taken it serves at the next free one above, which README’s lines read from a file', () => {
  expect(portOf(running)).toBeGreaterThan(3_001);
  expect(portOf(running)).toBeLessThan(3_101);
  expect(running.said()).toContain(`PORT is ${portOf(running)}, as 3000 was in use`);
  expect(readFileSync(inClone('.rappel/address'), 'utf8')).toBe(`${running.url}\n`);
});

test('M5: the line that says it is ready, in a log, has the command of a first message', async () => {
  const ready = running
    .said()
    .split('\n')
    .find((line) => line.includes('"Rappel is ready"'));
  const { sendAFirstMessage } = JSON.parse(ready ?? '{}') as { sendAFirstMessage: string };
  expect(sendAFirstMessage).not.toContain('rpl_');
  const { stdout } = await run('bash', ['-c', sendAFirstMessage], { timeout: 60_000 });
  expect(JSON.parse(stdout)).toMatchObject({ attributes_processed: 1, events_processed: 1 });
  await eventually('the mail', async () =>
    (await running.mails()).some(({ to }) => to.includes('ann@example.com')) ? true : undefined,
  );
});

test('M6: the commands work on the installation that runs here; help lists the scopes', async () => {
  const made = await script('rappel.mjs', 'keys', 'create', '--name', 'backend', '--scopes', 'track');
  expect(made.stdout).toMatch(/^rpl_\S+\n$/);
  const answer = await fetch(`${running.url}/users/track`, {
    method: 'POST',
    headers: { authorization: `Bearer ${made.stdout.trim()}`, 'content-type': 'application/json' },
    body: JSON.stringify({ attributes: [{ external_id: 'keyed' }] }),
  });
  expect(answer.status).toBe(201);
  expect((await script('rappel.mjs', 'counts', 'check')).stdout).toBe('The counts are right\n');
  expect((await script('rappel.mjs', 'keys', 'create', '--help')).stdout).toMatch(/track.*campaigns:write.*or all/s);
});

test('M3: the demo shows each line once, and nobody gets another mail for it', async () => {
  await running.launch({
    key: 'cart-reminder',
    name: 'Cart reminder',
    trigger: { customEvent: 'add_to_cart' },
    messages: [{ channel: 'email', subject: 'Cart', text: 'Cart' }],
  });
  const { stdout } = await script('demo.mjs', '--smoke');
  expect(stdout).toMatch(/^mails_to_reminded 1$/m);
  const lines = stdout.split('\n').filter((line) => /\d\d:\d\d:\d\d/.test(line));
  expect(lines.length).toBeGreaterThan(8);
  expect(new Set(lines).size).toBe(lines.length);
});

test('the curls of the guide do what it says, with the file of README', async () => {
  const readme = readFileSync(inClone('README.md'), 'utf8');
  const guide = readFileSync(path.join(__dirname, '../../docs/campaigns.md'), 'utf8');
  const [file = ''] = /(?<=```yaml\n)[^]*?(?=```)/.exec(readme) ?? [];
  writeFileSync(inClone('cart.yaml'), file);
  const section = /^## Before it is live\n[^]*?^## /m.exec(guide)?.[0] ?? '';
  const curls = [...section.matchAll(/```sh\n([^]*?)```/g)].map(([, lines = '']) => lines);
  const keys = 'set -e; KEY=$(cat .rappel/dev-key); URL=$(cat .rappel/address)';
  const answers = [];
  for (const curl of curls) {
    const { stdout } = await run('bash', ['-c', `${keys}; ${curl}`], { cwd: cloneFolder(), timeout: 60_000 });
    answers.push(JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}') as unknown);
  }
  expect(answers).toEqual([
    expect.objectContaining({ valid: true, problems: [] }),
    expect.objectContaining({
      preview: true,
      key: 'cart-reminder',
      sentence: expect.stringContaining('wait 1 minute'),
    }),
    { result: expect.objectContaining({ campaign: 'cart-reminder' }) },
  ]);
});

test('M1, M2: started again it builds nothing, whatever else lies in the folder, and keeps its port', async () => {
  writeFileSync(inClone('cart.yaml'), 'name: x\n');
  mkdirSync(inClone('notes'), { recursive: true });
  writeFileSync(inClone('notes/draft.ts'), 'this does not compile\n');
  writeFileSync(inClone('notes/query.sql'), 'select 1\n');
  const port = portOf(running);
  expect(await running.interrupt()).toBe(0);
  running = await startInstallation();
  expect(running.said()).not.toMatch(/Building|Installing/);
  expect(portOf(running)).toBe(port);
});

describe('M8: what cannot be is said in one line, before anything starts', () => {
  beforeAll(() => running.interrupt());
  const start = (env: Readonly<Record<string, string>>) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [inClone('cli/dev/start.mjs')], {
      cwd: cloneFolder(),
      env: { ...process.env, ...env },
      encoding: 'utf8',
      timeout: 60_000,
    });
    const lines = (stdout + stderr)
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { level: string; msg: string });
    return { status, lines: lines.map(({ level, msg }) => `${level}: ${msg}`) };
  };

  test.each([
    [
      { EMAIL_FROM: 'Shop' },
      "error: EMAIL_FROM must be one e-mail address such as Shop <hello@shop.example>, not 'Shop'",
    ],
    [{ WORKFLOW_BUNDLE: '/none.js' }, "error: WORKFLOW_BUNDLE must be a file that can be read, not '/none.js'"],
    [
      { HOST: '203.0.113.7' },
      "error: HOST must be an address of this machine such as 127.0.0.1 or 0.0.0.0, not '203.0.113.7' (EADDRNOTAVAIL)",
    ],
    [
      { XDG_CACHE_HOME: '/dev/null' },
      /^error: Rappel cannot write to \/dev\/null\/rappel \(E\w+\): give your user the right to/,
    ],
  ])('%j', (env, line) => {
    const { status, lines } = start(env);
    expect(status).toBe(1);
    expect(lines).toEqual([typeof line === 'string' ? line : expect.stringMatching(line)]);
  });

  test('an unknown name of ours warns, also beside what is wrong', () => {
    expect(start({ RAPPEL_TIMEZONE: 'UTC', PORT: 'x' }).lines).toEqual([
      'warn: RAPPEL_TIMEZONE is no setting of Rappel: did you mean RAPPEL_TIME_ZONE? (docs/configuration.md)',
      "error: PORT must be a whole number between 1 and 65535, not 'x'",
    ]);
  });

  test('M6: without a running installation the commands say what to do', () => {
    const { status, stdout } = spawnSync(process.execPath, [inClone('cli/dev/rappel.mjs'), 'keys', 'list'], {
      cwd: cloneFolder(),
      env: { ...process.env, DATABASE_URL: '' },
      encoding: 'utf8',
    });
    expect([status, stdout]).toEqual([1, expect.stringContaining('No Rappel runs in this clone: run npm start')]);
  });
});
