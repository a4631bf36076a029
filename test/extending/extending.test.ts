// docs/extending.md by its word: a dummy of each kind is added by its recipe to a copy of the product in memory. The files
// that are touched are those of the page, and none of them can be forgotten unnoticed.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createCompiler, type Files } from './overlay.js';
import { RECIPES, type Recipe } from './recipes.js';

const ROOT = path.join(__dirname, '../..');
const PAGE = readFileSync(path.join(ROOT, 'docs/extending.md'), 'utf8');
const compiler = createCompiler();

describe.each(RECIPES.map((recipe) => [recipe.name, recipe] as const))('%s', (name, recipe) => {
  const touched = Object.keys(recipe.edits);

  it('compiles', () => {
    expect(compiler.problemsWith(madeBy(recipe, touched))).toEqual([]);
  });

  it('touches the files that the page names, and as many as its table says', () => {
    const section = new RegExp(`^## ${name}\n([^]*?)(?=^## |$(?![^]))`, 'm').exec(PAGE)?.[1] ?? '';
    const [listed = ''] = section.split('New:');
    const guards = Object.values(recipe.guards ?? {});
    expect(pathsIn(listed)).toEqual([...touched, ...guards].sort());
    expect(new RegExp(`^\\| \\[${name}\\]\\(#[\\w-]+\\) \\| (\\d+) \\|`, 'm').exec(PAGE)?.[1]).toBe(
      `${touched.length}`,
    );
  });

  const others = touched.filter((file) => file !== recipe.heart);
  if (others.length === 0) return;
  it.each(others)('without %s it is noticed', (left) => {
    const guard = recipe.guards?.[left];
    const problems = compiler.problemsWith(
      madeBy(
        recipe,
        touched.filter((file) => file !== left),
      ),
    );
    expect({ isRefused: problems.length > 0, guard }).toEqual({ isRefused: guard === undefined, guard });
    if (guard !== undefined) expect(existsSync(path.join(ROOT, guard))).toBe(true);
  });
});

function madeBy({ edits, adds }: Recipe, files: readonly string[]): Files {
  const edited = files.map((file) => [file, withInsertions(file, edits[file] ?? [])] as const);
  return { ...adds, ...Object.fromEntries(edited) };
}

function withInsertions(file: string, insertions: Recipe['edits'][string]): string {
  let text = readFileSync(path.join(ROOT, file), 'utf8');
  for (const [at, inserted] of insertions) {
    const [before = '', after, ...more] = text.split(at);
    if (after === undefined || more.length > 0) throw new Error(`${file} has not one place that reads ${at}`);
    text = `${before}${inserted}${at}${after}`;
  }
  return text;
}

function pathsIn(text: string): readonly string[] {
  return [...text.matchAll(/`([\w./-]+\.(?:ts|sql))`/g)].map(([, file = '']) => file).sort();
}
