// Downloads a Temporal program through the SDK's own downloader, which knows where each platform's archive is.
// The SDK shows no progress and sets no deadline, so it runs in a process of its own: while the file grows it may go
// on, after 15 s without growth it is ended and the caller goes to the next way.
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { say, showProgress, stopping } from '../output.mjs';

const STALLED_AFTER_MS = 15_000;
const LOOK_EVERY_MS = 500;

export async function downloadExecutable({ title, type, version, directory, program }) {
  say(`Downloading the ${title}…`);
  const target = path.join(directory, 'download');
  mkdirSync(target);
  const progress = showProgress(() => `downloading: ${(sizeOf(target) / 1_000_000).toFixed(1)} MB`);
  try {
    await watchDownload(type, `v${version}`, target);
  } finally {
    progress.stop();
  }
  const [file] = readdirSync(target).filter((name) => !name.endsWith('.downloading'));
  if (file === undefined) throw new Error('the download left no file');
  renameSync(path.join(target, file), path.join(directory, program));
}

function watchDownload(type, version, target) {
  return new Promise((resolve, reject) => {
    const args = [fileURLToPath(import.meta.url), type, version, target];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'], signal: stopping.signal });
    let said = '';
    child.stderr.on('data', (chunk) => {
      said += chunk;
    });
    let size = 0;
    let grewAt = Date.now();
    const timer = setInterval(() => {
      const now = sizeOf(target);
      if (now !== size) grewAt = Date.now();
      size = now;
      if (Date.now() - grewAt < STALLED_AFTER_MS) return;
      said = `no progress for ${STALLED_AFTER_MS / 1_000} s`;
      child.kill('SIGKILL');
    }, LOOK_EVERY_MS);
    child.once('error', reject);
    child.once('close', (code) => {
      clearInterval(timer);
      if (code === 0) resolve();
      else reject(new Error(causeOf(said) || `the downloader ended with ${code}`));
    });
  });
}

/** The SDK's errors repeat the address at every level; what went wrong stands last. */
function causeOf(said) {
  const line = said.trim().split('\n').at(-1);
  return line.slice(line.lastIndexOf('): ') + 1).replace(/^: /, '');
}

function sizeOf(folder) {
  return readdirSync(folder).reduce(
    (sum, name) => sum + (statSync(path.join(folder, name), { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
}

/** The child: starting a server through the SDK downloads it; once it runs, the file is complete. */
async function download([type, version, downloadDir]) {
  const { TestWorkflowEnvironment } = await import('@temporalio/testing');
  const server = { executable: { type: 'cached-download', version, downloadDir } };
  const environment =
    type === 'dev-server'
      ? await TestWorkflowEnvironment.createLocal({ server })
      : await TestWorkflowEnvironment.createTimeSkipping({ server });
  await environment.teardown();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  download(process.argv.slice(2)).then(
    () => process.exit(0),
    (error) => {
      process.stderr.write(`${error.message}\n`, () => process.exit(1));
    },
  );
}
