// What `npm run sbom` writes: each package of an installation, under a licence that asks for no more than its mention.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import manifest from '../../../package.json';

interface Component {
  readonly name: string;
  readonly version: string;
  readonly licenses?: readonly { readonly expression?: string; readonly license?: { readonly id?: string } }[];
}

interface Sbom {
  readonly bomFormat: string;
  readonly metadata: { readonly component: { readonly name: string } };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

/** SPDX. CC-BY-4.0 is that of tables of browsers, which the bundler of workflows reads. */
const ALLOWED: ReadonlySet<string> = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC-BY-4.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'PSF-2.0',
  'Python-2.0',
  'Unlicense',
  'Zlib',
]);

const root = path.join(__dirname, '../../..');
let sbom: Sbom;
beforeAll(() => {
  const folder = mkdtempSync(path.join(tmpdir(), 'rappel-sbom-'));
  const file = path.join(folder, 'sbom.json');
  execFileSync(process.execPath, [path.join(root, 'cli/dev/build/sbom.mjs'), file]);
  sbom = JSON.parse(readFileSync(file, 'utf8'));
  rmSync(folder, { recursive: true });
}, 60_000);

/** Of a choice one will do, of several together each must. */
function isAllowed(expression: string): boolean {
  const bare = expression.replace(/^\((.*)\)$/, '$1');
  if (bare.includes(' OR ')) return bare.split(' OR ').some(isAllowed);
  return bare.split(' AND ').every((id) => ALLOWED.has(id));
}

test('it is CycloneDX, of Rappel', () => {
  expect([sbom.bomFormat, sbom.metadata.component.name]).toEqual(['CycloneDX', 'rappel']);
});

test('it has every production dependency in its version, and none that only development needs', () => {
  const versions = new Map(sbom.components.map(({ name, version }) => [`${name}@${version}`, name]));
  const missing = Object.entries(manifest.dependencies).filter(
    ([name, version]) => !versions.has(`${name}@${version}`),
  );
  expect(missing).toEqual([]);
  expect([...versions.values()].filter((name) => ['jest', 'typescript', 'eslint', 'knip'].includes(name))).toEqual([]);
});

test('whatever something of it depends on is in it too', () => {
  const listed = new Set(sbom.components.map(({ name, version }) => `${name}@${version}`));
  const lock: { packages: Record<string, { version?: string; dev?: boolean; optional?: boolean }> } = JSON.parse(
    readFileSync(path.join(root, 'package-lock.json'), 'utf8'),
  );
  const wanted = Object.entries(lock.packages)
    .filter(([place, { dev, optional }]) => place !== '' && dev !== true && optional !== true)
    .map(([place, { version }]) => `${place.split('node_modules/').at(-1)}@${version}`);
  expect(wanted.filter((each) => !listed.has(each))).toEqual([]);
});

test('each has a licence that is permissive', () => {
  const others = sbom.components.filter(
    ({ licenses = [] }) =>
      licenses.length === 0 || !licenses.every(({ expression, license }) => isAllowed(expression ?? license?.id ?? '')),
  );
  expect(others.map(({ name, licenses }) => [name, licenses])).toEqual([]);
});
