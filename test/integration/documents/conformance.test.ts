// docs/conformance.md: which tests prove which rule, made from the tests' own names and kept true here.
// RAPPEL_WRITE_DOCS=1 writes it.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { SECTIONS } from '../../conformance/rules.js';

const ROOT = path.join(__dirname, '../../..');
const PAGE = path.join(ROOT, 'docs/conformance.md');
const SKIPPED = new Set(['node_modules', 'dist', '.rappel', '.git', 'coverage']);
const TITLE =
  /\b(?:it|test|describe)(?:\.each\([\s\S]*?\)|\.each`[\s\S]*?`)?\(\s*(?:'((?:[^'\\\n]|\\.)*)'|`([^`]*)`|"((?:[^"\\\n]|\\.)*)")/g;
const ID = /\b(?:EV|AB|QH|RE|SU|SG|UT|ID)-\d\d[a-z]?|\bSC-\d{3}-\d+/g;

function testFiles(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : testFiles(file);
    return /(?:\.test|Scenarios)\.ts$/.test(entry.name) ? [file] : [];
  });
}

/** For each rule, the files with a test whose name tells it, and how many such tests. */
function proofs(): ReadonlyMap<string, ReadonlyMap<string, number>> {
  const found = new Map<string, Map<string, number>>();
  for (const file of testFiles(ROOT)) {
    for (const [, single = '', template = '', double = ''] of readFileSync(file, 'utf8').matchAll(TITLE)) {
      for (const id of idsOf(single + template + double)) {
        const files = found.get(id) ?? new Map<string, number>();
        const name = path.relative(ROOT, file);
        files.set(name, (files.get(name) ?? 0) + 1);
        found.set(id, files);
      }
    }
  }
  return found;
}

/** "AB-33/34" names both. */
function idsOf(title: string): ReadonlySet<string> {
  const spelled = title.replace(
    /\b(EV|AB|QH|RE|SU|SG|UT|ID)-(\d\d)((?:\/\d\d)+)/g,
    (_, kind: string, first: string, more: string) =>
      [first, ...more.slice(1).split('/')].map((number) => `${kind}-${number}`).join(' '),
  );
  return new Set(spelled.match(ID) ?? []);
}

function page(proved: ReturnType<typeof proofs>): string {
  const sections = SECTIONS.map(({ title, rules }) => {
    const rows = rules.map(({ id, says, later }) => {
      const files = [...(proved.get(id) ?? [])].sort(([a], [b]) => a.localeCompare(b));
      const tests = files.map(([file, count]) => `[${file}](../${file})${count > 1 ? ` ×${count}` : ''}`).join('<br>');
      return `| ${id} | ${says} | ${tests === '' && later !== undefined ? `later: ${later}` : tests} |`;
    });
    return [`## ${title}`, '', '| rule | says | tests |', '| --- | --- | --- |', ...rows, ''].join('\n');
  });
  return [
    '# Conformance',
    '',
    'Which tests prove which rule of the product, made from the names of the tests',
    '(`RAPPEL_WRITE_DOCS=1 npm run test:integration -- conformance` writes this page; a test keeps it true).',
    '',
    ...sections,
  ].join('\n');
}

describe('docs/conformance.md', () => {
  const proved = proofs();

  it('has no rule without a test, but those that wait for a later part', () => {
    const missing = SECTIONS.flatMap(({ rules }) => rules).filter(
      ({ id, later }) => later === undefined && !proved.has(id),
    );
    expect(missing.map(({ id }) => id)).toEqual([]);
  });

  it('is what the names of the tests say', () => {
    const expected = page(proved);
    if (process.env.RAPPEL_WRITE_DOCS === '1') writeFileSync(PAGE, expected);
    expect(readFileSync(PAGE, 'utf8')).toBe(expected);
  });
});
