/**
 * What runs in a container of each image, as plain processes: the entry points of the images of others, which are not at
 * hand here, in a few lines; ours as the Dockerfile says.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { freePort } from './addresses.js';
import type { Service } from './composeFile.js';
import { type Image, within } from './image.js';

export interface Program {
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly owner: { readonly uid?: number; readonly gid?: number };
}

/** All that a process may know of this machine; `PATH` is put together below. */
const tools = (variable: string) => process.env[variable] ?? '';

export interface Container {
  readonly service: Service;
  /** Its variables and command as they must read here. */
  readonly env: Readonly<Record<string, string>>;
  readonly words: readonly string[];
  /** A folder of its own: its home, and where it may write. */
  readonly folder: string;
}

export async function programOf({ service, env, words, folder }: Container, image: Image): Promise<Program> {
  const base = { HOME: folder, TMPDIR: path.join(folder, 'tmp'), ...env };
  mkdirSync(base.TMPDIR, { recursive: true });
  if (service.build !== undefined) return ours({ words, env: base, image });
  const [name] = service.image.split(':');
  const search = [
    shims(folder),
    path.dirname(tools('RAPPEL_TEST_SERVER')),
    path.dirname(tools('RAPPEL_TEST_DEV_SERVER')),
  ];
  const plain = { words, cwd: folder, owner: {}, env: { PATH: pathOf(search), ...base } };
  switch (name) {
    case 'postgres':
      return service.entrypoint === undefined ? postgres({ words, env: base, folder }) : plain;
    case 'temporalio/admin-tools':
      return plain;
    case 'temporalio/server':
      // As its entry point; all that it listens on beside the port that others use must be free here.
      return { ...plain, words: ['temporal-server', 'start'], env: { ...plain.env, ...(await serverPorts()) } };
    default:
      throw new Error(`How to run ${service.image} as a process is not known`);
  }
}

function ours({ words, env, image }: Pick<Container, 'words' | 'env'> & { readonly image: Image }): Program {
  return {
    words: [...image.entrypoint, ...(words.length > 0 ? words : image.command)],
    env: { PATH: pathOf([path.join(image.root, 'usr/local/bin')]), ...image.env, ...env },
    cwd: image.workdir,
    owner: {},
  };
}

/** As its entry point: fills a new volume, and sets the administrator's password. */
function postgres({ words, env, folder }: Pick<Container, 'words' | 'env' | 'folder'>): Program {
  const owner = JSON.parse(tools('RAPPEL_TEST_POSTGRES_OWNER') || '{}') as Program['owner'];
  const bin = path.join(tools('RAPPEL_TEST_POSTGRES_PROGRAMS'), 'bin');
  const data = path.join(folder, 'data');
  if (!existsSync(data)) {
    const file = path.join(folder, 'password');
    writeFileSync(file, env.POSTGRES_PASSWORD ?? '', { mode: 0o600 });
    for (const each of [folder, file]) chown(each, owner);
    const args = [`--pgdata=${data}`, '--username=postgres', `--pwfile=${file}`, '--no-sync'];
    execFileSync(path.join(bin, 'initdb'), [...args, ...(env.POSTGRES_INITDB_ARGS ?? '').split(/\s+/)], {
      ...owner,
      cwd: '/',
      stdio: 'pipe',
    });
  }
  const here = ['-D', data, '-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories=', '-c', 'fsync=off'];
  return { words: [...words, ...here], env: { ...env, PATH: pathOf([bin]) }, cwd: '/', owner };
}

function chown(file: string, { uid, gid }: Program['owner']): void {
  if (uid !== undefined && gid !== undefined) chownSync(file, uid, gid);
}

/** What Alpine has and this machine may not: `nc -z host port`, by which the health of the Temporal server is seen. */
function shims(folder: string): string {
  const bin = path.join(folder, 'bin');
  mkdirSync(bin, { recursive: true });
  const script = `#!/usr/bin/env node
const [, host, port] = process.argv.slice(2);
require('node:net').connect(port, host).once('connect', () => process.exit(0)).once('error', () => process.exit(1));
`;
  writeFileSync(path.join(bin, 'nc'), script);
  chmodSync(path.join(bin, 'nc'), 0o755);
  return bin;
}

async function serverPorts(): Promise<Readonly<Record<string, string>>> {
  const names = ['FRONTEND_HTTP_PORT', 'MATCHING_GRPC_PORT', 'HISTORY_GRPC_PORT', 'WORKER_GRPC_PORT'];
  const ports: Record<string, string> = {};
  for (const name of names) ports[name] = String(await freePort());
  // Kept in a column of 16 bits with a sign.
  for (const name of ['FRONTEND', 'MATCHING', 'HISTORY', 'WORKER']) {
    let port = await freePort();
    while (port > 32_767) port = Math.floor(port / 2);
    ports[`${name}_MEMBERSHIP_PORT`] = String(port);
  }
  return ports;
}

function pathOf(folders: readonly string[]): string {
  return [...folders, process.env.PATH].join(path.delimiter);
}

/** The words of the image's own health check, whose paths lie below its root. */
export function healthcheckOf({ healthcheck, build }: Service, image: Image): readonly string[] | undefined {
  if (healthcheck?.disable === true) return undefined;
  const words = healthcheck?.test ?? (build === undefined ? undefined : ['CMD', ...image.healthcheck]);
  return words?.slice(1).map((word) => (build === undefined ? word : within(image.root, word)));
}
