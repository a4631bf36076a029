// What is fuzzed: a new PostgreSQL and the API as production runs it, with what the requests of the reference make, so that
// requests find something.
import { createRequire } from 'node:module';
import path from 'node:path';
import pg from 'pg';
import { prepareRappel, startRappel } from '../../bench/stack/rappel.mjs';
import { stopAll } from '../../bench/stack/stopAll.mjs';
import { dist } from '../../cli/dev/paths.mjs';
import { freePort } from '../../cli/dev/services/ports.mjs';
import { startPostgres } from '../../cli/dev/services/postgres.mjs';

const DATABASE = 'rappel';
const compiled = createRequire(path.join(dist, 'any.js'));

/** `place`: of `makePlace`. Nothing listens where Temporal is said to be: the API never asks it. */
export async function startInstallation(place) {
  const stops = [];
  const stop = () => stopAll(stops.splice(0).reverse());
  try {
    const taken = new Set();
    const database = await startPostgres({ ...place, port: await freePort({ taken }), sync: false });
    stops.push(database.stop);
    await createDatabase(database.url('postgres'));
    const temporalAddress = `127.0.0.1:${await freePort({ taken })}`;
    const { env, key } = await prepareRappel({ database: database.url(DATABASE), temporalAddress });
    const log = path.join(place.folder, 'api.log');
    const api = await startRappel({ role: 'api', env, port: await freePort({ taken }), log });
    stops.push(api.stop);
    await fillDatabase(api.url, key, database.url(DATABASE));
    return { url: api.url, key, log, stop };
  } catch (error) {
    await stop().catch(() => undefined);
    throw error;
  }
}

async function createDatabase(url) {
  await query(url, `create database ${DATABASE}`);
}

async function query(url, text) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}

/** Of the reference, those that make something; the others are asked by the fuzzer. */
const MAKING = [
  'POST /v1/campaigns',
  'POST /v1/campaigns/{key}/launch',
  'POST /v1/locations',
  'POST /users/track',
  'POST /v1/interactions',
];
const ALIAS = { user_alias: { alias_label: 'crm', alias_name: 'c-7' }, _update_existing_only: false };
const PEOPLE = ['ann', 'bob', 'cleo', 'dan'].map((external_id) => ({ external_id, country: 'FR' }));

async function fillDatabase(url, key, databaseUrl) {
  const post = async (at, body) => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const answer = await fetch(url + at, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`POST ${at} answered ${answer.status}: ${await answer.text()}`);
  };
  const { EXAMPLES } = compiled('./api/examples/requests.js');
  const { pathOf } = compiled('./api/examples/examples.js');
  // The reference names somebody by an alias who has the id 1.
  await post('/users/track', { attributes: [ALIAS] });
  for (const operation of MAKING) {
    const example = EXAMPLES.find((each) => each.operation === operation);
    await post(pathOf(example), example.body ?? {});
  }
  const event = { name: 'add_to_cart', time: new Date().toISOString(), properties: { cart_value: 150 } };
  const events = PEOPLE.map(({ external_id }) => ({ ...event, external_id }));
  await post('/users/track', { attributes: PEOPLE, events });
  // What parks a message is a defect, of a rule or of ours: none can be asked for.
  await query(databaseUrl, PARK);
}

/** Those of the reference that are tried again and given up, and one to list. */
const PARK = `update pairings set state = 'parked', parked_at = now() where id in (2, 3, 4) and state = 'waiting'`;
