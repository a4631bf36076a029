/** `docker compose up --wait` with plain processes: each service when what it depends on is healthy or has completed. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Addresses } from './addresses.js';
import { isJob, type Services, startOrder } from './composeFile.js';
import type { Image } from './image.js';
import { healthcheckOf, type Program, programOf } from './programs.js';

export interface Project {
  /** The folder of docker-compose.yml. */
  readonly directory: string;
  readonly services: Services;
  readonly addresses: Addresses;
  readonly image: Image;
  /** For homes, data and logs. */
  readonly folder: string;
}

export interface Running {
  /** Those that began, in their order, and how the jobs among them ended. */
  readonly started: readonly { readonly name: string; readonly exitCode: number | null }[];
  /** `docker compose down`: SIGTERM in the opposite order. Answers the exit codes or signals. */
  down(): Promise<Readonly<Record<string, number | string | null>>>;
}

const WELL_WITHIN_MS = 120_000;
const STOP_WITHIN_MS = 60_000;

interface Alive {
  readonly name: string;
  readonly child: ChildProcess;
}

/** `leftOut` are services that no process stands for here. */
export async function up(project: Project, leftOut: readonly string[]): Promise<Running> {
  const alive: Alive[] = [];
  const started: { name: string; exitCode: number | null }[] = [];
  const running: Running = {
    started,
    down: () => down(alive.splice(0)),
  };
  try {
    for (const name of startOrder(project.services)) {
      if (leftOut.includes(name)) continue;
      const { child, program } = await start(project, name);
      if (isJob(name, project.services)) {
        const exitCode = await ended(child, WELL_WITHIN_MS);
        if (exitCode !== 0) throw new Error(`${name} ended (${exitCode}): ${lastWords(project, name)}`);
        started.push({ name, exitCode });
      } else {
        alive.push({ name, child });
        await isWell(project, { name, child, program });
        started.push({ name, exitCode: null });
      }
    }
    return running;
  } catch (error) {
    await running.down();
    throw error;
  }
}

async function start(project: Project, name: string): Promise<{ child: ChildProcess; program: Program }> {
  const program = await prepare(project, name);
  const [command = '', ...args] = program.words;
  const log = createWriteStream(logOf(project, name), { flags: 'a' });
  const child = spawn(command, args, {
    ...program.owner,
    cwd: program.cwd,
    env: program.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr]) stream?.pipe(log, { end: false });
  child.once('error', (error) => log.write(error.message));
  return { child, program };
}

async function prepare(
  { services, addresses, image, folder }: Project,
  name: string,
  instead?: readonly string[],
): Promise<Program> {
  const service = services[name];
  if (service === undefined) throw new Error(`There is no service ${name}`);
  const home = path.join(folder, name);
  mkdirSync(home, { recursive: true });
  const given = instead ?? [...(service.entrypoint ?? []), ...(service.command ?? [])];
  const environment = { ...(service.build === undefined ? {} : image.env), ...service.environment };
  const env = Object.entries(environment).map(([key, value]) => [key, addresses.variable(name, key, String(value))]);
  const words = given.map((word) => addresses.word(name, word));
  const program = await programOf({ service, env: Object.fromEntries(env), words, folder: home }, image);
  if (name === 'postgres') {
    const port = addresses.portOf('postgres', 5432);
    // The port that its image has by default, for it and for what asks after its health.
    return {
      ...program,
      words: [...program.words, '-c', `port=${port}`],
      env: { ...program.env, PGPORT: String(port) },
    };
  }
  if (name === 'temporal') {
    return { ...program, env: { ...program.env, FRONTEND_GRPC_PORT: String(addresses.portOf('temporal', 7233)) } };
  }
  return program;
}

async function isWell(
  project: Project,
  { name, child, program }: Alive & { readonly program: Program },
): Promise<void> {
  const service = project.services[name];
  const check = service && healthcheckOf(service, project.image)?.map((word) => project.addresses.word(name, word));
  if (check === undefined) throw new Error(`${name} has no health check`);
  const [command = '', ...args] = check;
  for (const deadline = Date.now() + WELL_WITHIN_MS; Date.now() < deadline; await wait(250)) {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(
        `${name} ended (${child.exitCode ?? child.signalCode}), which --wait calls a failure: ${lastWords(project, name)}`,
      );
    }
    const seen = promisify(execFile)(command, args, { env: program.env, timeout: 5_000 });
    if (
      await seen.then(
        () => true,
        () => false,
      )
    )
      return;
  }
  throw new Error(`${name} was not well within ${WELL_WITHIN_MS / 1_000} s: ${lastWords(project, name)}`);
}

/** `docker compose run` of a job, or of a service's image with another command; answers what it printed. */
export async function run(project: Project, name: string, instead?: readonly string[]): Promise<string> {
  const { words, env, cwd, owner } = await prepare(project, name, instead);
  const [command = '', ...args] = words;
  const { stdout } = await promisify(execFile)(command, args, { ...owner, env, cwd, timeout: WELL_WITHIN_MS });
  return stdout;
}

async function down(alive: readonly Alive[]): Promise<Readonly<Record<string, number | string | null>>> {
  const codes: Record<string, number | string | null> = {};
  for (const { name, child } of alive.toReversed()) {
    child.kill('SIGTERM');
    codes[name] = await ended(child, STOP_WITHIN_MS);
  }
  return codes;
}

/** The exit code or the signal; killed when it takes longer. */
async function ended(child: ChildProcess, withinMs: number): Promise<number | string | null> {
  const timer = setTimeout(() => child.kill('SIGKILL'), withinMs);
  const isRunning = child.exitCode === null && child.signalCode === null && child.pid !== undefined;
  if (isRunning) await new Promise((resolve) => child.once('exit', resolve));
  clearTimeout(timer);
  return child.exitCode ?? child.signalCode;
}

function logOf({ folder }: Project, name: string): string {
  return path.join(folder, `${name}.log`);
}

function lastWords(project: Project, name: string): string {
  return readFileSync(logOf(project, name), 'utf8').trim().split('\n').slice(-5).join('\n');
}
