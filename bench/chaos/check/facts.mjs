// Everything the checker compares: the journals of the load and of the providers, the tables, and Temporal's list of
// open runs. Read once, after the faults are over.
import pg from 'pg';
import { TRIGGER_OF } from '../campaigns.mjs';
import { readJournal } from '../journal.mjs';

const EVENTS = `select seq, kind, name, properties->>'eid' as eid from events where kind in ('custom', 'purchase', 'received')`;
export const PAIRINGS = `
  select p.id, c.key as campaign, p.campaign_id, p.user_id, coalesce(p.run_user_id, p.user_id) as run_user_id, p.occurrence_key, p.state, p.outcome, p.reason, p.trigger_seq,
    p.trigger_properties->>'eid' as eid, p.due_at, p.evidence,
    exists (select from outbox o where o.target = 'pairing' and o.target_id = p.id) as has_outbox_row
  from pairings p join campaigns c on c.id = p.campaign_id`;
const MESSAGES = `
  select m.pairing_id, m.channel, m.send_key, m.state, m.attempt, m.resends, m.receipt_at, c.key as campaign
  from messages m join campaigns c on c.id = m.campaign_id`;
const REJECTIONS = `select event_seq, c.key as campaign from rejections r join campaigns c on c.id = r.campaign_id`;

const KEPT = `select metric, sum(n) as n from campaign_counts where day > '-infinity' group by 1`;
const KEYS = 'campaign_id, generation, version, variant, day, metric, reason';
export const WRONG_COUNTS = `
  select campaign_id as campaign, metric, reason, coalesce(k.n, 0) as kept, coalesce(r.n, 0) as there
  from (select ${KEYS}, sum(n) as n from campaign_counts where day > '-infinity' group by ${KEYS}) k
  full join recounted r using (${KEYS})
  where coalesce(k.n, 0) <> coalesce(r.n, 0)`;

pg.types.setTypeParser(20, Number);

/** `phases` as `runPhase` returned them; `notes` of every fault, end and return; `most` as the watch saw it. */
export async function readFacts({ stack, phases, notes, most, openRuns }) {
  const planned = phases.flatMap(({ events }) => events);
  const client = new pg.Client({ connectionString: stack.databaseUrl() });
  await client.connect();
  try {
    const rows = async (sql) => (await client.query(sql)).rows;
    const events = await rows(EVENTS);
    return {
      phases,
      planned: new Map(planned.map((event) => [event.eid, event])),
      acked: firstAcks(phases.flatMap(({ acked }) => acked)),
      answers: phases.flatMap(({ answers }) => answers),
      provider: readJournal(stack.provider.file).map((line) => ({ ...line, key: bareKey(line.key) })),
      events,
      stored: new Map(events.filter(({ eid }) => eid !== null).map((event) => [event.eid, event])),
      pairings: await rows(PAIRINGS),
      messages: await rows(MESSAGES),
      rejections: await rows(REJECTIONS),
      keptCounts: (await rows(KEPT)).filter(({ n }) => Number(n) > 0).length,
      wrongCounts: await rows(WRONG_COUNTS),
      outboxRows: (await rows('select count(*) as n from outbox'))[0].n,
      openRuns,
      outages: outagesOf(notes),
      notes,
      most,
    };
  } finally {
    await client.end();
  }
}

/** When each event was first acknowledged. */
function firstAcks(lines) {
  const acked = new Map();
  for (const { at, eids } of lines) for (const eid of eids) if (!acked.has(eid)) acked.set(eid, at);
  return acked;
}

/** A Message-ID is the send key at a domain. */
function bareKey(key) {
  return /^<([^@>]+)@/.exec(key)?.[1] ?? key;
}

/** From when to when each part was down, paused or cut off: `{ part, from, to }`. */
export function outagesOf(notes) {
  const outages = [];
  const downSince = new Map();
  for (const { at, part, what } of notes) {
    if (what === 'ended') downSince.set(part, at);
    if (what === 'up' && downSince.has(part)) {
      outages.push({ part, from: downSince.get(part), to: at });
      downSince.delete(part);
    }
  }
  for (const [part, from] of downSince) outages.push({ part, from, to: Number.POSITIVE_INFINITY });
  const held = notes.filter(({ fault, to }) => to !== undefined && HOLDING.has(fault));
  return [...outages, ...held.map(({ fault, target, from, to }) => ({ part: target, fault, from, to }))];
}

const HOLDING = new Set(['pause', 'blackhole', 'reset', 'latency']);

export const isTrigger = (event) => event.kind === 'custom' && event.name in TRIGGER_OF;

export function percentile(values, share) {
  if (values.length === 0) return null;
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}
