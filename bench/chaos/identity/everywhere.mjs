// Looks for texts in all that an installation keeps and tells: every table of every database of its PostgreSQL (Temporal's too,
// where they are there), the files of Temporal's dev server, and every log.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { plantedIn } from './planted.mjs';

const ROWS_AT_ONCE = 1_000;
const BYTEA = 17;
const TABLES = `
  select c.oid::regclass::text as name
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'm') and n.nspname not in ('pg_catalog', 'information_schema') order by 1
`;
const DATABASES = `select datname from pg_database where not datistemplate`;

/**
 * Where each of the planted texts (`places`) is: `found` by text, a set of places. `read` are the places looked through, and `seen`
 * which of `controls` are in Temporal's store or in logs at all.
 */
export async function lookEverywhere({ stack, places, controls }) {
  const found = new Map();
  const read = new Set();
  const seen = new Set();
  const look = (place, text) => {
    read.add(place);
    for (const planted of plantedIn(text).filter((each) => places.has(each)))
      found.set(planted, (found.get(planted) ?? new Set()).add(place));
    for (const control of controls) if (text.includes(control)) seen.add(`${place.split(' ')[0]} ${control}`);
  };
  for (const database of await databasesOf(stack)) await lookInDatabase(stack, database, look);
  for (const file of filesOf(stack.folder)) look(placeOf(stack.folder, file), readFileSync(file, 'latin1'));
  return { found, read, seen };
}

async function databasesOf(stack) {
  return await connected(stack.databaseUrl(), async (client) =>
    (await client.query(DATABASES)).rows.map(({ datname }) => datname),
  );
}

async function lookInDatabase(stack, database, look) {
  const url = new URL(stack.databaseUrl());
  url.pathname = `/${database}`;
  const prefix = database === 'rappel' ? 'table' : 'temporal';
  await connected(url.href, async (client) => {
    const { rows: tables } = await client.query(TABLES);
    await client.query('begin');
    for (const { name } of tables) {
      await client.query(`declare whole cursor for select * from ${name}`);
      for (let isLast = false; !isLast; ) {
        const { rows } = await client.query({ text: `fetch ${ROWS_AT_ONCE} from whole`, rowMode: 'array', types: RAW });
        isLast = rows.length < ROWS_AT_ONCE;
        look(`${prefix} ${database}.${name}`, rows.flat().join('\n'));
      }
      await client.query('close whole');
    }
    await client.query('rollback');
  });
}

/** As texts; what is bytes in the database as one character a byte. */
const RAW = {
  getTypeParser: (oid) => (oid === BYTEA ? (text) => Buffer.from(text.slice(2), 'hex').toString('latin1') : String),
};

async function connected(connectionString, ask) {
  const client = new pg.Client({ connectionString });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await ask(client);
  } finally {
    await client.end();
  }
}

/** Logs, and what the dev server keeps; not the files of PostgreSQL, whose tables are read. */
function filesOf(folder) {
  return [folder, path.join(folder, 'temporal')]
    .flatMap((each) => readdirSync(each, { withFileTypes: true }))
    .filter((entry) => entry.isFile() && /\.log$|^temporal\.db/.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name));
}

function placeOf(folder, file) {
  const name = path.relative(folder, file);
  return /temporal\.db/.test(name) ? `temporal ${name}` : `log ${name}`;
}
