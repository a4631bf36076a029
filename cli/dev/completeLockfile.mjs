// `npm run lockfile`: names in package-lock.json the packages for other platforms that npm left out.
// npm writes only what it could resolve when the lock was made; `npm ci` then refuses the lock on every machine.
// A package for another platform is never downloaded, so its version, system and processor are all npm needs.
import './requireNode.mjs';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { say } from './output.mjs';
import { project } from './paths.mjs';

const SYSTEMS = ['android', 'darwin', 'linux', 'win32', 'freebsd', 'openharmony'];
const PROCESSORS = ['arm64', 'x64', 'ia32', 'arm', 'ppc64', 'riscv64', 's390x', 'loong64'];
const LIBRARIES = { musl: 'musl', gnu: 'glibc', gnueabihf: 'glibc', musleabihf: 'musl' };

const file = path.join(project, 'package-lock.json');
const lock = JSON.parse(readFileSync(file, 'utf8'));
const missing = Object.entries(lock.packages).flatMap(([place, { optionalDependencies = {}, dev }]) =>
  Object.entries(optionalDependencies)
    .filter(([name]) => !isListed(place, name))
    .map(([name, version]) => [`node_modules/${name}`, entryFor(name, version, dev)]),
);
lock.packages = Object.fromEntries(
  [...Object.entries(lock.packages), ...missing].sort(([one], [other]) => (one < other ? -1 : 1)),
);
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
say(missing.length === 0 ? 'package-lock.json is complete' : `Named ${missing.length} packages for other platforms`);

/** Whether Node would find the package from `place`, there or in a folder above. */
function isListed(place, name) {
  for (let folder = place; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    if (`${folder === '' ? '' : `${folder}/`}node_modules/${name}` in lock.packages) return true;
    if (folder === '') return false;
  }
}

function entryFor(name, version, dev) {
  const words = name.split('/').at(-1).split('-');
  const os = SYSTEMS.find((system) => words.includes(system));
  const cpu = PROCESSORS.find((processor) => words.includes(processor));
  if (os === undefined || cpu === undefined || !/^\d/.test(version)) {
    throw new Error(`${name}@${version} is missing from package-lock.json and its name does not say its platform`);
  }
  const libc = words.map((word) => LIBRARIES[word]).find((library) => library !== undefined);
  return {
    version,
    cpu: [cpu],
    ...(dev ? { dev } : {}),
    ...(libc === undefined ? {} : { libc: [libc] }),
    optional: true,
    os: [os],
  };
}
