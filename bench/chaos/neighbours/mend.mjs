// Mends the campaign whose template never ends, and tries its parked messages again: from then on each of them must be
// sent, once, and is judged as any other.
import pg from 'pg';
import { campaigns } from '../campaigns.mjs';

const NOT_TRIED = 'people in a row';
const SLOW = `
  select p.state, p.evidence->>'error' as error, p.trigger_properties->>'eid' as eid
  from pairings p join campaigns c on c.id = p.campaign_id where c.key = 'slow'`;

/** `events` of the load: those that are tried again are marked as `mended`. */
export async function mendSlow({ stack, events, isSmoke }) {
  const pairings = await readSlow(stack);
  const wanted = pairings.filter(({ state }) => state !== 'parked');
  const notTried = pairings.filter(({ error }) => error?.includes(NOT_TRIED));
  const definition = campaigns(stack).find(({ key }) => key === 'slow');
  delete definition.messages[0].body.poison;
  await stack.api.must('PUT', '/v1/campaigns/slow', definition);
  const parked = await listParked(stack.api);
  for (const { id } of parked) await stack.api.must('POST', `/v1/parked/${id}/retry`);
  const mended = new Set(pairings.map(({ eid }) => eid));
  for (const event of events) if (mended.has(event.eid)) event.mended = true;
  return {
    title: 'a template that never ends',
    figures: { slow_parked: parked.length, slow_not_tried: notTried.length },
    problems: [
      ...wanted.map(({ eid, state }) => `${eid}, whose template never ends, is ${state} and not parked`),
      ...(pairings.length === 0 ? ['nobody met the template that never ends'] : []),
      ...(parked.length === pairings.length
        ? []
        : [`${parked.length} messages of the template that never ends are listed as parked, of ${pairings.length}`]),
      // A short run has too few for each of two workers, one of which dies.
      ...(notTried.length > 0 || isSmoke ? [] : ['a template that never ends was tried for everybody']),
    ],
  };
}

async function readSlow(stack) {
  const client = new pg.Client({ connectionString: stack.databaseUrl() });
  await client.connect();
  try {
    return (await client.query(SLOW)).rows;
  } finally {
    await client.end();
  }
}

async function listParked(api) {
  const all = [];
  for (let after = ''; ; ) {
    const { parked, next } = await api.must('GET', `/v1/parked?campaign=slow&limit=100${after}`);
    all.push(...parked);
    if (next === null) return all;
    after = `&after=${encodeURIComponent(next)}`;
  }
}
