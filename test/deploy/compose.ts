/** `docker compose up --wait` with plain processes: each service when what it depends on is healthy or has completed. */
import { type ChildProcess, execFile } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { isJob, startOrder } from './composeFile.js';
import { lastWords, type Project, start } from './containers.js';
import { healthcheckOf, type Program } from './programs.js';

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
    const seen = await promisify(execFile)(command, args, { env: program.env, timeout: 5_000 }).catch(() => null);
    if (seen !== null) return;
  }
  throw new Error(`${name} was not well within ${WELL_WITHIN_MS / 1_000} s: ${lastWords(project, name)}`);
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
