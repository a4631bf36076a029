// What the documents and the READMEs of folders say of files is there: links, and paths in code quotes.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.join(__dirname, '..');
const LINK = /\]\((?!https?:|#|mailto:|<)([^)#\s]+)/g;
/** `domain/decision/step.ts`, `deploy/makeEnv.sh`; a name alone is one of the README's own folder. */
const PATH = /`((?:[\w.-]+\/)*[\w.-]+\.(?:ts|mjs|cjs|sql|sh))`/g;

const files = execFileSync('git', ['ls-files'], { cwd: ROOT, encoding: 'utf8' }).split('\n');
const documents = files.filter((file) => file.endsWith('.md'));
const names = new Set(files.map((file) => path.basename(file)));

test.each(documents)('%s', (document) => {
  const text = readFileSync(path.join(ROOT, document), 'utf8');
  const folder = path.dirname(document);
  const links = [...text.matchAll(LINK)].map(([, to = '']) => path.join(folder, to));
  const paths = [...text.matchAll(PATH)].map(([, name = '']) => name);
  const gone = [
    ...links.filter((to) => !existsSync(path.join(ROOT, to))),
    ...paths.filter((name) => !isThere(name, folder)),
  ];
  expect(gone).toEqual([]);
});

function isThere(name: string, folder: string): boolean {
  if (!name.includes('/')) return names.has(name);
  return [ROOT, path.join(ROOT, folder), path.join(ROOT, 'dist')].some((from) => existsSync(path.join(from, name)));
}
