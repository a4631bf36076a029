// Typed SQL, cheaply: every statement of storage/queries is prepared against the migrated schema.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createTestDatabase, type TestDatabase } from '../setup/database.js';

const FOLDER = path.join(__dirname, '../../storage/queries');
const CONSTANT = /^(?:export )?const ([A-Z][A-Z0-9_]*)(?:: string)? = (?:`([^`]*)`|(\d[\d_]*));$/gm;

interface Statement {
  readonly where: string;
  readonly sql: string;
}

function statements(): readonly Statement[] {
  const constants = new Map<string, string>();
  const found: { where: string; text: string }[] = [];
  for (const file of readdirSync(FOLDER).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))) {
    for (const [, name = '', text, number] of readFileSync(path.join(FOLDER, file), 'utf8').matchAll(CONSTANT)) {
      constants.set(name === 'SQL' ? `${file}:SQL` : name, text ?? number ?? '');
      if (text !== undefined) found.push({ where: `${file} ${name}`, text });
    }
  }
  // A part may be made of parts.
  const filled = (text: string, depth = 0): string =>
    depth > 3
      ? text
      : text.replace(/\$\{(\w+)\}/g, (_, name: string) => filled(constants.get(name) ?? `<${name}>`, depth + 1));
  return found
    .map(({ where, text }) => ({ where, sql: filled(text) }))
    .filter(({ sql }) => /^\s*(select|insert|update|delete|with)\b/i.test(sql));
}

describe('every statement of storage/queries', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  it('finds the statements', () => {
    expect(statements().length).toBeGreaterThan(25);
  });

  it.each(statements().map((statement) => [statement.where, statement.sql]))(
    '%s is valid against the schema',
    async (_, sql) => {
      await database.pool.query(`prepare checked as ${sql}; deallocate checked`);
    },
  );
});
