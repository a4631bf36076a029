/** deploy/pinImages.sh on copies of the files, with a program in the place of `docker` that knows every image. */
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const project = path.join(__dirname, '../..');
const FILES = ['docker-compose.yml', 'Dockerfile', 'deploy/pinImages.sh'];
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'rappel-pin-'));
  for (const name of ['deploy', 'bin']) mkdirSync(path.join(folder, name));
  for (const file of FILES) copyFileSync(path.join(project, file), path.join(folder, file));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** `docker` answers with the digest of the name it is asked for and `of`; fails for `unknown`. */
function pin(of: string, unknown = 'none'): string {
  const docker = `#!/bin/sh
case "$*" in *${unknown}*) echo "$6 not found" >&2; exit 1 ;; esac
[ "$1 $2 $3 $4" = 'buildx imagetools inspect --format' ] && printf 'sha256:%s\\n' "$(printf '%s' "$6${of}" | sha256sum | cut -c1-64)"
`;
  writeFileSync(path.join(folder, 'bin/docker'), docker);
  chmodSync(path.join(folder, 'bin/docker'), 0o755);
  const PATH = `${path.join(folder, 'bin')}:${process.env.PATH}`;
  return execFileSync('sh', ['deploy/pinImages.sh'], {
    cwd: folder,
    env: { ...process.env, PATH },
    encoding: 'utf8',
    stdio: 'pipe',
  });
}

const images = () =>
  ['docker-compose.yml', 'Dockerfile']
    .flatMap((file) => [...readFileSync(path.join(folder, file), 'utf8').matchAll(/^(?: *image: |FROM )(\S+)/gm)])
    .map(([, image = '']) => image);

test('H3: every image but our own gets a digest beside its tag, and a later one in its place', () => {
  const before = images().map((image) => image.split('@')[0]);
  pin('first');
  const first = images();
  expect(first.map((image) => image.split('@')[0])).toEqual(before);
  const own = first.filter((image) => image.startsWith('rappel:'));
  for (const image of first) if (!own.includes(image)) expect(image).toMatch(/^[\w./-]+:[\w.-]+@sha256:[0-9a-f]{64}$/);
  expect(new Set(own)).toEqual(new Set(['rappel:local']));
  pin('second');
  expect(images().filter((image) => first.includes(image) && !own.includes(image))).toEqual([]);
  expect(images().map((image) => image.length)).toEqual(first.map((image) => image.length));
});

test('H3: nothing is written when an image is not found', () => {
  const before = FILES.map((file) => readFileSync(path.join(folder, file), 'utf8'));
  expect(() => pin('first', 'temporalio/ui')).toThrow('not found');
  expect(FILES.map((file) => readFileSync(path.join(folder, file), 'utf8'))).toEqual(before);
});
