/** Histories of runs as Temporal stores them: fetching, reading every word in them, keeping them as files. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { temporal } from '@temporalio/proto';
import type { World } from './world.js';

export type History = Awaited<ReturnType<ReturnType<World['client']['workflow']['getHandle']>['fetchHistory']>>;

const Proto = temporal.api.history.v1.History;
const AS_JSON = { enums: String, bytes: String, longs: String } as const;

/** By protobufjs itself: the SDK's own conversion does not work in jest's realm. */
function toJson(history: History): string {
  return JSON.stringify(Proto.toObject(Proto.fromObject(history), AS_JSON), null, 1);
}

export function fromJson(json: string): History {
  return Proto.fromObject(JSON.parse(json) as Record<string, unknown>);
}

/** One folder a generation of the workflow or of how it is started; a later one never replaces an earlier. */
const GENERATIONS = path.join(__dirname, '../../histories');
const NEWEST = path.join(GENERATIONS, 'v3');

/** The id of the person's only run in the campaign. */
export async function runId(world: World, campaign: string, user: string): Promise<string> {
  const { rows } = await world.database.pool.query<{ id: string }>(
    `select format('campaign/%s/%s/%s', c.key, p.user_id, p.occurrence_key) as id
     from pairings p join campaigns c on c.id = p.campaign_id join users u on u.id = p.user_id
     where c.key = $1 and u.external_id = $2`,
    [campaign, user],
  );
  const [only, ...more] = rows;
  if (only === undefined || more.length > 0) throw new Error(`${user} has ${rows.length} runs in ${campaign}`);
  return only.id;
}

/** Once the run has closed. */
export async function historyOf(world: World, workflowId: string): Promise<History> {
  const handle = world.client.workflow.getHandle(workflowId);
  const deadline = Date.now() + 10_000;
  while ((await handle.describe()).status.name === 'RUNNING') {
    if (Date.now() > deadline) throw new Error(`${workflowId} is still running`);
  }
  return await handle.fetchHistory();
}

export function eventCount(history: History): number {
  return history.events?.length ?? 0;
}

/** All of a history as text: its JSON, and every base64 in it read. */
export function wordsOf(history: History): string {
  const json = toJson(history);
  const decoded = [...json.matchAll(/"([A-Za-z0-9+/]{8,}={0,2})"/g)].map(([, text = '']) =>
    Buffer.from(text, 'base64').toString('utf8'),
  );
  return [json, ...decoded].join('\n');
}

/** Without what tells of the machine it was made on, which no replay reads. */
export function store(name: string, history: History): void {
  const anonymous = toJson(history)
    .replaceAll(/"stackTrace": "(?:[^"\\]|\\.)*"/g, '"stackTrace": ""')
    .replaceAll(/\d+@[\w.-]+/g, 'worker');
  mkdirSync(NEWEST, { recursive: true });
  writeFileSync(path.join(NEWEST, `${name}.json`), `${anonymous}\n`);
}

export function stored(): readonly { readonly name: string; readonly json: string; readonly history: History }[] {
  return readdirSync(GENERATIONS, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.json'))
    .map((file) => {
      const json = readFileSync(path.join(GENERATIONS, file), 'utf8');
      return { name: file.slice(0, -'.json'.length), json, history: fromJson(json) };
    });
}
