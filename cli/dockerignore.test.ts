import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const project = path.join(__dirname, '..');
/** Compiled for tests and measurements only. */
const NOT_SHIPPED = ['test', 'bench'];

test('the image is built from every folder that holds sources, and from the guides', () => {
  const holdsSources = (folder: string) =>
    readdirSync(path.join(project, folder), { recursive: true }).some((file) => /(?<!\.test)\.ts$/.test(String(file)));
  const sources = readdirSync(project, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !/^\.|^(node_modules|dist|coverage)$/.test(entry.name))
    .map(({ name }) => name)
    .filter((name) => !NOT_SHIPPED.includes(name) && holdsSources(name));
  const taken = readFileSync(path.join(project, '.dockerignore'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('!'))
    .map((line) => line.slice(1));
  expect(sources.length).toBeGreaterThan(10);
  expect(taken).toEqual(expect.arrayContaining([...sources, 'docs']));
});
