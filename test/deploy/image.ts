/**
 * Builds what the Dockerfile builds, in a folder and without a Docker engine: the steps are read out of the Dockerfile, and a
 * path such as /app lies below the folder of its stage. What cannot be done so is left to this machine: the base image (its
 * Node is the one that runs the tests), Debian packages, and the user it runs as.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { copyContext } from './context.js';
import { type Instruction, parseDockerfile, parseEnv, parseWords, type Stage } from './dockerfile.js';

export interface Image {
  /** Where its `/` is. */
  readonly root: string;
  readonly workdir: string;
  readonly env: Readonly<Record<string, string>>;
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly healthcheck: readonly string[];
}

type Built = { -readonly [K in keyof Image]: Image[K] };

const STEP_WITHIN_MS = 600_000;
/** Of the environment of the tests, what npm needs to find its registry and what it has downloaded before. */
const TAKEN_ALONG =
  /^(PATH|HOME|TMPDIR|XDG_CACHE_HOME|npm_config_(registry|cache|cafile|userconfig)|https?_proxy|no_proxy)$/i;

export async function buildImage(project: string, folder: string): Promise<Image> {
  const context = path.join(folder, 'context');
  copyContext(project, context);
  const built = new Map<string, Built>();
  let last: Built | undefined;
  for (const stage of parseDockerfile(readFileSync(path.join(project, 'Dockerfile'), 'utf8'))) {
    last = await buildStage(stage, { root: path.join(folder, 'images', stage.name), context, built });
    built.set(stage.name, last);
  }
  if (last === undefined) throw new Error('The Dockerfile has no stage');
  return last;
}

interface Surroundings {
  readonly root: string;
  readonly context: string;
  readonly built: ReadonlyMap<string, Image>;
}

async function buildStage(stage: Stage, { root, context, built }: Surroundings): Promise<Image> {
  const image: Built = { root, workdir: root, env: {}, entrypoint: [], command: [], healthcheck: [] };
  for (const folder of ['usr/local/bin', 'tmp']) mkdirSync(path.join(root, folder), { recursive: true });
  for (const step of stage.steps) await take(step, image, { root, context, built });
  return image;
}

async function take({ name, rest }: Instruction, image: Built, { root, context, built }: Surroundings): Promise<void> {
  switch (name) {
    case 'WORKDIR':
      image.workdir = path.join(root, rest);
      mkdirSync(image.workdir, { recursive: true });
      return;
    case 'ENV':
      image.env = { ...image.env, ...parseEnv(within(root, rest)) };
      return;
    case 'COPY': {
      const [, stage] = /^--from=(\S+) /.exec(rest) ?? [];
      const words = rest.split(/\s+/).filter((word) => !word.startsWith('--from='));
      const source = stage === undefined ? context : built.get(stage)?.root;
      if (source === undefined) throw new Error(`There is no stage ${stage}: COPY ${rest}`);
      await copy(words, { source, workdir: image.workdir });
      return;
    }
    case 'RUN':
      // Packages of the base image's Debian: this machine has its own.
      if (!rest.startsWith('apt-get ')) await run(within(root, rest), image);
      return;
    case 'HEALTHCHECK':
      image.healthcheck = parseWords(rest.slice(rest.indexOf('CMD') + 'CMD'.length));
      return;
    case 'ENTRYPOINT':
      image.entrypoint = parseWords(rest);
      return;
    case 'CMD':
      image.command = parseWords(rest);
      return;
    // Left to this machine, and what only says something.
    case 'USER':
    case 'EXPOSE':
      return;
    default:
      throw new Error(`No way to do this step here: ${name} ${rest}`);
  }
}

/** As Docker copies: a folder's contents, not the folder; a file into a folder where the target's name ends in `/`. */
async function copy(words: readonly string[], { source, workdir }: { source: string; workdir: string }): Promise<void> {
  const into = words.at(-1) ?? '.';
  const target = path.resolve(workdir, into);
  for (const word of words.slice(0, -1)) {
    const from = path.join(source, word);
    const isFolder = statSync(from).isDirectory();
    mkdirSync(isFolder || /\/$|^\.$/.test(into) ? target : path.dirname(target), { recursive: true });
    // `cp` and not Node's: it is ten times as fast over the packages, and keeps their links.
    await promisify(execFile)('cp', ['-a', isFolder ? `${from}/.` : from, target]);
  }
}

async function run(command: string, { root, workdir, env }: Image): Promise<void> {
  const ours = Object.entries(process.env).filter(([name]) => TAKEN_ALONG.test(name));
  try {
    await promisify(execFile)('sh', ['-c', command], {
      cwd: workdir,
      env: { ...Object.fromEntries(ours), ...env, TMPDIR: path.join(root, 'tmp'), npm_config_prefer_offline: 'true' },
      timeout: STEP_WITHIN_MS,
      maxBuffer: 50_000_000,
    });
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { readonly stdout?: string; readonly stderr?: string };
    throw new Error(`The image cannot be built: RUN ${command}\n${`${stdout}\n${stderr}`.slice(-3_000)}`);
  }
}

/** Absolute paths that belong to the image, as they are called here. */
export function within(root: string, text: string): string {
  return text.replace(/(?<![\w./-])\/(app|usr\/local\/bin|tmp)\b/g, (whole) => path.join(root, whole));
}
