/** The real `npm start` of a throw-away copy of this checkout, and the requests a backend or an operator makes of it. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { allGone, killTree, treeOf } from './processTree.js';

export interface Mail {
  readonly to: readonly string[];
  readonly receivedAt: string;
  readonly messageId: string;
}

export interface TimelineEntry {
  readonly kind: string;
  readonly name?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
}

export interface Explanation {
  readonly status: string;
  readonly reason: string | null;
  readonly sentence: string;
  readonly history: readonly { readonly messages: readonly { readonly state: string }[] }[];
}

export interface Installation {
  readonly url: string;
  /** Of the link that opens the pages. */
  readonly homeLinkFile: string;
  /** All that it has printed. */
  said(): string;
  readonly readyAt: number;
  /** The launcher and everything it started. */
  processes(): readonly number[];
  /** From the command to the line that says it serves. */
  readonly startedInMs: number;
  /** SIGKILL to the launcher, PostgreSQL, Temporal and the server, all at once; nothing where it has ended already. */
  kill(): Promise<number>;
  /** Ctrl-C: resolves with the launcher's exit code once nothing of it runs. */
  interrupt(): Promise<number | null>;
  /** The value of the header. */
  readonly authorization: string;
  call(method: string, path: string, body?: unknown): Promise<Response>;
  launch(definition: { readonly key: string } & Readonly<Record<string, unknown>>): Promise<void>;
  explain(campaign: string, user: string): Promise<Explanation>;
  events(user: string): Promise<readonly TimelineEntry[]>;
  mails(): Promise<readonly Mail[]>;
}

const READY_WITHIN_MS = 150_000;
/** Settings of whoever runs the tests that would take the place of the embedded parts. */
const NOT_OURS = [
  'DATABASE_URL',
  'TEMPORAL_ADDRESS',
  'SMTP_URL',
  'HOST',
  'PORT',
  'PUBLIC_URL',
  'INBOX_PORT',
  'INBOX_SMTP_PORT',
  'NODE_ENV',
  'FORCE_COLOR',
];

export async function startInstallation(env: Readonly<Record<string, string>> = {}): Promise<Installation> {
  const startedAt = Date.now();
  const child = launcher(env);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const { home, homeLinkFile, inbox, devKeyFile } = JSON.parse(await lineOf(child, '"Rappel is ready"')) as Places;
  const readyAt = Date.now();
  const key = readFileSync(devKeyFile, 'utf8').trim();
  const call = async (method: string, path: string, body?: unknown): Promise<Response> =>
    await fetch(home + path, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const read = async <T>(path: string): Promise<T> => {
    const answer = await call('GET', path);
    if (!answer.ok) throw new Error(`GET ${path} answered ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as T;
  };
  return {
    url: home,
    homeLinkFile,
    authorization: `Bearer ${key}`,
    said: () => said,
    readyAt,
    startedInMs: readyAt - startedAt,
    processes: () => treeOf(pidOf(child)),
    kill: async () => (hasEnded(child) ? 0 : await killTree(pidOf(child))),
    interrupt: async () => {
      const tree = treeOf(pidOf(child));
      const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
      child.kill('SIGINT');
      const code = await exited;
      await allGone(tree);
      return code;
    },
    call,
    launch: async (definition) => {
      for (const [path, body] of [
        ['/v1/campaigns', definition],
        [`/v1/campaigns/${definition.key}/launch`, {}],
      ] as const) {
        const answer = await call('POST', path, body);
        if (!answer.ok) throw new Error(`POST ${path} answered ${answer.status}: ${await answer.text()}`);
      }
    },
    explain: async (campaign, user) => await read(`/v1/explain?${new URLSearchParams({ campaign, user })}`),
    events: async (user) => {
      const found: TimelineEntry[] = [];
      for (let after: string | null = ''; after !== null; ) {
        const page: TimelinePage = await read(
          `/v1/users/${user}/timeline?limit=100${after === '' ? '' : `&after=${after}`}`,
        );
        found.push(...page.entries.filter(({ kind }) => kind === 'event'));
        after = page.next;
      }
      return found;
    },
    mails: async () => {
      const page = await fetch(`${inbox}/api/messages?limit=200`);
      return ((await page.json()) as { messages: readonly Mail[] }).messages;
    },
  };
}

/** An empty installation to begin with: the campaigns of another file's tests would answer the same events. */
export function wipeInstallation(): void {
  const { status, stdout } = spawnSync(process.execPath, ['cli/dev/reset.mjs'], {
    cwd: cloneFolder(),
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`npm run reset failed: ${stdout}`);
}

/** Begins to start, and is killed once its database is up. */
export async function killHalfway(env: Readonly<Record<string, string>>): Promise<void> {
  const child = launcher(env);
  await lineOf(child, '"PostgreSQL: ');
  await killTree(pidOf(child));
}

/** Polls until `look` finds something; the deadline is for a machine in trouble, not a promise. */
export async function eventually<T>(what: string, look: () => Promise<T | undefined>, withinMs = 100_000): Promise<T> {
  for (const deadline = Date.now() + withinMs; Date.now() < deadline; await wait(100)) {
    const found = await look();
    if (found !== undefined) return found;
  }
  throw new Error(`waited ${withinMs / 1_000} s for ${what}`);
}

function launcher(env: Readonly<Record<string, string>>): ChildProcess {
  const inherited = Object.entries(process.env).filter(([name]) => !NOT_OURS.includes(name));
  return spawn(process.execPath, ['cli/dev/start.mjs'], {
    cwd: cloneFolder(),
    env: { ...Object.fromEntries(inherited), LOG_LEVEL: 'warn', ...env },
    // In a group of its own: what is pressed at the keyboard of the tests is not meant for it.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

interface TimelinePage {
  readonly entries: readonly TimelineEntry[];
  readonly next: string | null;
}

interface Places {
  readonly home: string;
  readonly homeLinkFile: string;
  readonly inbox: string | null;
  readonly devKeyFile: string;
}

async function lineOf(child: ChildProcess, words: string): Promise<string> {
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  for (const deadline = Date.now() + READY_WITHIN_MS; Date.now() < deadline && !hasEnded(child); await wait(20)) {
    const line = said.split('\n').find((each) => each.includes(words) && each.endsWith('}'));
    if (line !== undefined) return line;
  }
  throw new Error(`npm start did not say ${words}: ${said.slice(-2_000)}`);
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

function pidOf({ pid }: ChildProcess): number {
  if (pid === undefined) throw new Error('the launcher did not start');
  return pid;
}

/** The throw-away copy whose installation is started. */
export function cloneFolder(): string {
  const clone = process.env.RAPPEL_TEST_CLONE;
  if (clone === undefined) throw new Error('run with: npx jest --selectProjects crash');
  return clone;
}
