/** H5, M5: what a web page in a browser on this machine, or another program on it, reaches of an embedded installation. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { request } from 'node:http';
import { type Installation, startInstallation, wipeInstallation } from './installation.js';
import { type Listening, listeningOf } from './listening.js';

jest.setTimeout(400_000);

let running: Installation;
let sockets: readonly Listening[];
beforeAll(async () => {
  wipeInstallation();
  running = await startInstallation({ LOG_LEVEL: 'debug' });
  sockets = listeningOf(running.processes());
});
afterAll(() => running?.kill());

interface Reply {
  /** Null: it does not speak HTTP, or closed the connection. */
  readonly status: number | null;
  readonly readableByOthers: boolean;
}

function ask(
  socket: Listening,
  method: string,
  path: string,
  headers: Record<string, string>,
  body?: object,
): Promise<Reply> {
  return new Promise((resolve) => {
    const nothing = () => resolve({ status: null, readableByOthers: false });
    const call = request(
      {
        host: socket.address === '::' ? '::1' : socket.address,
        port: socket.port,
        method,
        path,
        headers,
        timeout: 5_000,
      },
      (answer) => {
        answer.resume();
        answer.once('error', nothing);
        answer.once('end', () =>
          resolve({
            status: answer.statusCode ?? null,
            readableByOthers: answer.headers['access-control-allow-origin'] !== undefined,
          }),
        );
      },
    );
    call.once('error', nothing);
    call.once('timeout', () => {
      call.destroy();
      nothing();
    });
    call.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

const isDone = ({ status }: Reply) => status !== null && status >= 200 && status < 300;
const FOREIGN = 'evil.example';
/** What a page may send without asking first: text, and no header of its own. */
const SIMPLE = { 'content-type': 'text/plain', origin: `http://${FOREIGN}`, 'sec-fetch-site': 'cross-site' };
const READS = [
  '/api/v1/namespaces',
  '/api/v1/namespaces/default/workflows',
  '/v1/campaigns',
  '/api/messages',
  '/metrics',
];
/** Each would be done if it came through. */
const WRITES: Readonly<Record<string, object>> = {
  '/api/v1/namespaces/default/workflows/': { workflowType: { name: 'evil' }, taskQueue: { name: 'evil' } },
  '/api/v1/namespaces/default/batch-operations/': {
    visibilityQuery: 'WorkflowType = "evil"',
    reason: 'evil',
    cancellationOperation: { identity: 'evil' },
  },
  '/v1/campaigns': { key: 'evil', name: 'Evil' },
  '/users/track': { attributes: [{ external_id: 'evil' }] },
};

let asked = 0;

/** Temporal takes an id once. */
function fresh(path: string): string {
  asked += 1;
  return path.endsWith('/') ? `${path}evil-${asked}` : path;
}

test('all that listens is on this machine alone', () => {
  // API, worker, inbox (HTTP and SMTP), PostgreSQL, Temporal and its UI at the least.
  expect(sockets.length).toBeGreaterThanOrEqual(6);
  expect(sockets.filter(({ address }) => address !== '127.0.0.1' && address !== '::1')).toEqual([]);
});

/** docs/temporal.md says so: the UI checks no names, and Temporal's own figures name nobody. */
const isSaid = (read: string) => read.startsWith(`GET ${uiPort()}/`) || read.endsWith('/metrics');

function uiPort(): number {
  const port = /UI http:\/\/127\.0\.0\.1:(\d+)/.exec(running.said())?.[1];
  if (port === undefined) throw new Error('the start did not say where the UI is');
  return Number(port);
}

test('under a name of its own that leads here, a site reads nothing but the UI, and changes nothing', async () => {
  const through: string[] = [];
  for (const socket of sockets) {
    const headers = { ...SIMPLE, host: `${FOREIGN}:${socket.port}` };
    for (const path of READS)
      if (isDone(await ask(socket, 'GET', path, headers))) through.push(`GET ${socket.port}${path}`);
    for (const [path, body] of Object.entries(WRITES))
      if (isDone(await ask(socket, 'POST', fresh(path), headers, body))) through.push(`POST ${socket.port}${path}`);
  }
  expect(through.filter((each) => !isSaid(each))).toEqual([]);
  // The twin: what is said to be open is, so the requests arrive.
  expect(through).toContain(`GET ${uiPort()}/api/v1/namespaces`);
});

test('by our own address, a site changes nothing and cannot read what it asks for', async () => {
  const through: string[] = [];
  let answered = 0;
  for (const socket of sockets) {
    const headers = { ...SIMPLE, host: `127.0.0.1:${socket.port}` };
    for (const path of READS) {
      const reply = await ask(socket, 'GET', path, headers);
      answered += isDone(reply) ? 1 : 0;
      if (isDone(reply) && reply.readableByOthers) through.push(`GET ${socket.port}${path}`);
    }
    for (const [path, body] of Object.entries(WRITES))
      if (isDone(await ask(socket, 'POST', fresh(path), headers, body))) through.push(`POST ${socket.port}${path}`);
  }
  expect(through).toEqual([]);
  // The twin: the same requests are answered to the person at the machine.
  expect(answered).toBeGreaterThan(0);
});

test('M5: its pages open by the link alone, which is in a file of ours, in no line of the log, and gone after the stop', async () => {
  const link = readFileSync(running.homeLinkFile, 'utf8').trim();
  expect(statSync(running.homeLinkFile).mode & 0o777).toBe(0o600);
  expect(link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43}$/);
  const campaigns = async (headers: Record<string, string>) =>
    (await fetch(`${running.url}/v1/campaigns`, { headers: { 'sec-fetch-site': 'same-origin', ...headers } })).status;
  expect(await campaigns({ 'x-rappel-page': '1' })).toBe(401);
  const opened = await fetch(link, { redirect: 'manual' });
  const [cookie = ''] = (opened.headers.get('set-cookie') ?? '').split(';');
  expect([opened.status, opened.headers.get('location')]).toEqual([303, '/']);
  expect(await campaigns({ cookie })).toBe(200);

  expect(running.said()).toContain('"route":"/v1/campaigns"');
  for (const secret of [link.split('=')[1] ?? '', cookie.split('=')[1] ?? '']) {
    expect(secret).toHaveLength(43);
    expect(running.said()).not.toContain(secret);
  }
  expect(await running.interrupt()).toBe(0);
  expect(existsSync(running.homeLinkFile)).toBe(false);
});
