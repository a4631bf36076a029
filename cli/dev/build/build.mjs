// Compiles into dist/: TypeScript, the files beside it that are read at run time, and the workflow bundle.
// Does nothing when nothing that the last complete build read has changed; whatever else lies in the folder.
import '../requireNode.mjs';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { complain, formatElapsed, Stop, say, stopping } from '../output.mjs';
import { dist, project, workflowBundle } from '../paths.mjs';

/** Files that compiled code reads at run time, from the same place beside it. */
const ASSETS = new Set(['.sql', '.cjs', '.css', '.svg']);
const SETTINGS = ['package-lock.json', 'tsconfig.json', 'tsconfig.build.json'];
const stamp = path.join(dist, '.stamp');

export async function build() {
  if (isUpToDate()) return;
  const startedAt = Date.now();
  say('Building…');
  rmSync(stamp, { force: true });
  const compiled = await compile();
  const assets = listAssets(compiled);
  removeOthers(assets);
  for (const file of assets) copy(file);
  const entry = path.join(dist, 'workflows/index.js');
  if (existsSync(entry)) {
    const { bundleWorkflows } = await import('./bundleWorkflows.mjs');
    await bundleWorkflows(entry, workflowBundle);
  }
  const fingerprint = fingerprintOf([...SETTINGS, ...compiled, ...assets]);
  writeFileSync(stamp, JSON.stringify({ compiled, fingerprint }));
  say(`Built in ${formatElapsed(Date.now() - startedAt)}`);
}

/** The compiler said which sources it read: a new one is read only once one of them, which then has changed, imports it. */
function isUpToDate() {
  try {
    const { compiled, fingerprint } = JSON.parse(readFileSync(stamp, 'utf8'));
    return fingerprintOf([...SETTINGS, ...compiled, ...listAssets(compiled)]) === fingerprint;
  } catch {
    // None, of another form, or a source is gone.
    return false;
  }
}

/** Of the folders that sources were compiled from. */
function listAssets(compiled) {
  const folders = new Set(
    compiled.filter((file) => file.includes('/')).map((file) => file.slice(0, file.indexOf('/'))),
  );
  const assets = [...folders].flatMap((folder) => filesOf(folder, (name) => ASSETS.has(path.extname(name))));
  // The guides, which the API serves.
  return [...assets, ...filesOf('docs', (name) => name.endsWith('.md'))];
}

function filesOf(folder, isWanted) {
  return readdirSync(path.join(project, folder), { recursive: true })
    .filter(isWanted)
    .map((file) => path.join(folder, file));
}

function fingerprintOf(files) {
  const hash = createHash('sha256').update(process.versions.node);
  for (const file of files.toSorted()) {
    const { mtimeMs, size } = statSync(path.join(project, file));
    hash.update(`${file}\0${mtimeMs}\0${size}\n`);
  }
  return hash.digest('hex');
}

/** The sources that it read, from the project's folder. */
function compile() {
  const tsc = path.join(project, 'node_modules/typescript/bin/tsc');
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--listFiles'], {
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
      const [read, problems] = splitLines(said);
      if (code === 0) resolve(read);
      // Ctrl-C in the terminal reaches the compiler too, perhaps before us.
      else if (signal !== null) reject(new Stop(`The compiler was stopped (${signal})`));
      else reject(new Stop(`The sources do not compile:\n${problems.join('\n')}`));
    });
  });
}

/** What the compiler printed: our sources among the files it read, and its messages. */
function splitLines(said) {
  const lines = said.split('\n').filter((line) => line !== '');
  const isFile = (line) => path.isAbsolute(line) && existsSync(line);
  const own = lines.filter(isFile).map((file) => path.relative(project, file).replaceAll('\\', '/'));
  const sources = own.filter((file) => !file.startsWith('..') && !/(^|\/)node_modules\//.test(file));
  return [sources, lines.filter((line) => !isFile(line))];
}

/** What was copied from a file that has gone since: a migration that was renamed would be run twice. */
function removeOthers(assets) {
  const wanted = new Set(assets);
  const isAsset = (name) => ASSETS.has(path.extname(name)) || name.endsWith('.md');
  for (const file of readdirSync(dist, { recursive: true }).filter(isAsset))
    if (!wanted.has(file)) rmSync(path.join(dist, file));
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
