// Compiles into dist/: TypeScript, the files beside it that are read at run time, and the workflow bundle.
// Does nothing when no source changed since the last complete build.
import './requireNode.mjs';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { complain, formatElapsed, Stop, say, stopping } from './output.mjs';
import { dist, project, workflowBundle } from './paths.mjs';

const NOT_SOURCES = new Set(['node_modules', 'dist', 'coverage', 'test', 'bench', 'docs']);
/** Files that compiled code reads at run time, from the same place beside it. */
const ASSETS = new Set(['.sql', '.cjs', '.html', '.css', '.svg', '.yaml', '.liquid']);
const stamp = path.join(dist, '.stamp');

export async function build() {
  const sources = listSources();
  const fingerprint = fingerprintOf(sources);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint) return;
  const startedAt = Date.now();
  say('Building…');
  rmSync(stamp, { force: true });
  await compile();
  for (const file of sources.filter((name) => ASSETS.has(path.extname(name)))) copy(file);
  const entry = path.join(dist, 'workflows/index.js');
  if (existsSync(entry)) {
    const { bundleWorkflows } = await import('./bundleWorkflows.mjs');
    await bundleWorkflows(entry, workflowBundle);
  }
  writeFileSync(stamp, fingerprint);
  say(`Built in ${formatElapsed(Date.now() - startedAt)}`);
}

function listSources() {
  const isSource = (name) => name.endsWith('.ts') || ASSETS.has(path.extname(name));
  const inFolders = readdirSync(project, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && !NOT_SOURCES.has(entry.name))
    .flatMap(({ name }) =>
      readdirSync(path.join(project, name), { recursive: true }).map((file) => path.join(name, file)),
    );
  const atRoot = readdirSync(project).filter((name) => name.startsWith('tsconfig') || name === 'package-lock.json');
  return [...readdirSync(project).filter(isSource), ...inFolders.filter(isSource), ...atRoot].sort();
}

function fingerprintOf(files) {
  const hash = createHash('sha256').update(process.versions.node);
  for (const file of files) {
    const { mtimeMs, size } = statSync(path.join(project, file));
    hash.update(`${file}\0${mtimeMs}\0${size}\n`);
  }
  return hash.digest('hex');
}

function compile() {
  const tsc = path.join(project, 'node_modules/typescript/bin/tsc');
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [tsc, '-p', 'tsconfig.build.json'], {
      cwd: project,
      stdio: ['ignore', 'pipe', 'inherit'],
      signal: stopping.signal,
    });
    let said = '';
    child.stdout.on('data', (chunk) => {
      said += chunk;
    });
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) resolve();
      // Ctrl-C in the terminal reaches the compiler too, perhaps before us.
      else if (signal !== null) reject(new Stop(`The compiler was stopped (${signal})`));
      else reject(new Stop(`The sources do not compile:\n${said.trim()}`));
    });
  });
}

function copy(file) {
  const target = path.join(dist, file);
  mkdirSync(path.dirname(target), { recursive: true });
  cpSync(path.join(project, file), target);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  build().catch((error) => {
    complain(error instanceof Stop ? error.message : error.stack);
    process.exit(1);
  });
}
