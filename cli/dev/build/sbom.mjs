// `npm run sbom [-- FILE]`: writes what an installation consists of to sbom.json, as CycloneDX: the packages that are
// installed, each with its version, its hash and its licence, but those that only development needs.
import '../requireNode.mjs';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { say } from '../output.mjs';
import { project } from '../paths.mjs';

const DEVELOPMENT = 'cdx:npm:package:development';
/** Of packages that name none in their package.json: what the LICENSE file says that they ship. */
const LICENCES = { 'unionfs@4.6.0': 'Unlicense' };

const { name } = JSON.parse(readFileSync(path.join(project, 'package.json'), 'utf8'));
const file = path.resolve(process.argv[2] ?? path.join(project, 'sbom.json'));

// Not with `--omit dev`: npm then also leaves out what production and development both need, Temporal's SDK with it.
const printed = execFileSync('npm', ['sbom', '--sbom-format', 'cyclonedx'], {
  cwd: project,
  encoding: 'utf8',
  maxBuffer: 100_000_000,
  shell: process.platform === 'win32',
});
const all = JSON.parse(printed);
const components = all.components.filter(({ properties }) => !properties.some((each) => each.name === DEVELOPMENT));
const kept = new Set([all.metadata.component['bom-ref'], ...components.map((component) => component['bom-ref'])]);
const sbom = {
  ...all,
  // npm names it after the folder.
  metadata: { ...all.metadata, component: { ...all.metadata.component, name } },
  components: components.map(withLicence),
  dependencies: all.dependencies
    .filter(({ ref }) => kept.has(ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((each) => kept.has(each)) })),
};
writeFileSync(file, `${JSON.stringify(sbom, null, 2)}\n`);
say(`${components.length} packages in ${file}`);

function withLicence(component) {
  const id = LICENCES[component['bom-ref']];
  return id === undefined || component.licenses !== undefined
    ? component
    : { ...component, licenses: [{ license: { id } }] };
}
