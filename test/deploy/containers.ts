/** One service of the project as a process: what it runs is put together here, sealed off as its container would be. */
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { createWriteStream, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Addresses } from './addresses.js';
import type { Service, Services } from './composeFile.js';
import type { Image } from './image.js';
import { type Program, programOf } from './programs.js';

export interface Project {
  readonly services: Services;
  readonly addresses: Addresses;
  readonly image: Image;
  /** For homes, data and logs. */
  readonly folder: string;
}

const RUN_WITHIN_MS = 120_000;

export async function start(project: Project, name: string): Promise<{ child: ChildProcess; program: Program }> {
  const program = await prepare(project, name);
  const { words, env, cwd, owner } = program;
  const [command = '', ...args] = words;
  const log = createWriteStream(logOf(project, name), { flags: 'a' });
  const child = spawn(command, args, { ...owner, cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [child.stdout, child.stderr]) stream?.pipe(log, { end: false });
  child.once('error', (error) => log.write(error.message));
  return { child, program };
}

/** `docker compose run` of a job, or of a service's image with another command; answers what it printed. */
export async function run(project: Project, name: string, instead?: readonly string[]): Promise<string> {
  const { words, env, cwd, owner } = await prepare(project, name, instead);
  const [command = '', ...args] = words;
  const { stdout } = await promisify(execFile)(command, args, { ...owner, env, cwd, timeout: RUN_WITHIN_MS });
  return stdout;
}

async function prepare(project: Project, name: string, instead?: readonly string[]): Promise<Program> {
  const { services, addresses, image, folder } = project;
  const service = services[name];
  if (service === undefined) throw new Error(`There is no service ${name}`);
  const home = path.join(folder, name);
  mkdirSync(home, { recursive: true });
  const environment = { ...(service.build === undefined ? {} : image.env), ...service.environment };
  const env = Object.entries(environment).map(([key, value]) => [key, addresses.variable(name, key, String(value))]);
  const words = (instead ?? [...(service.entrypoint ?? []), ...(service.command ?? [])]).map((word) =>
    addresses.word(name, word),
  );
  const program = await programOf({ service, env: Object.fromEntries(env), words, folder: home }, image);
  // PostgreSQL's data is in a volume, and the service has nothing else of its own here.
  return name === 'postgres' ? listening(program, addresses) : sealed(listening(program, addresses), service);
}

/** The ports that images have by default and that must be free ones here. */
function listening(program: Program, addresses: Addresses): Program {
  const [command] = program.words;
  const [postgres, temporal] = [addresses.portOf('postgres', 5432), addresses.portOf('temporal', 7233)].map(String);
  if (command === 'postgres')
    return {
      ...program,
      words: [...program.words, '-c', `port=${postgres}`],
      // For what asks after its health.
      env: { ...program.env, PGPORT: postgres ?? '' },
    };
  return command === 'temporal-server'
    ? { ...program, env: { ...program.env, FRONTEND_GRPC_PORT: temporal ?? '' } }
    : program;
}

/**
 * `read_only` and the tmpfs of /tmp, where mounts of one's own are allowed (Linux, root): a service that writes anywhere else
 * on this machine fails as it would in its container.
 */
function sealed(program: Program, { read_only, tmpfs }: Service): Program {
  if (read_only !== true || !canMount()) return program;
  const temporary = tmpfs.includes('/tmp') ? 'mount -t tmpfs tmpfs "$TMPDIR" && ' : '';
  const script = `mount -o remount,bind,ro / && ${temporary}exec "$@"`;
  return { ...program, words: ['unshare', '--mount', 'sh', '-c', script, 'sh', ...program.words] };
}

function canMount(): boolean {
  return spawnSync('unshare', ['--mount', 'mount', '-o', 'remount,bind,ro', '/'], { stdio: 'ignore' }).status === 0;
}

function logOf({ folder }: Project, name: string): string {
  return path.join(folder, `${name}.log`);
}

export function lastWords(project: Project, name: string): string {
  return readFileSync(logOf(project, name), 'utf8').trim().split('\n').slice(-5).join('\n');
}
