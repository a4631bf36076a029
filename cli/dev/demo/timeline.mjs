// Shows what happens to a few people while it happens, by asking for their timelines again and again.
import { setTimeout as wait } from 'node:timers/promises';
import { Stop } from '../output.mjs';
import { bold, colourOf, dim, signOf } from './colours.mjs';

const POLL_MS = 300;
/** How long after the due instant everybody must have an outcome. */
const PATIENCE_MS = 30_000;

/** Resolves with each person's outcome entry once all have one. */
export async function followTimelines({ call }, { campaignKey, people, delaySeconds, signal, show }) {
  const shown = new Set();
  const outcomes = new Map();
  for (const deadline = Date.now() + delaySeconds * 1_000 + PATIENCE_MS; outcomes.size < people.length; ) {
    if (Date.now() > deadline) {
      const missing = people.filter((person) => !outcomes.has(person)).map(({ name }) => name);
      throw new Stop(`No outcome for ${missing.join(', ')} ${PATIENCE_MS / 1_000} s after it was due`);
    }
    const fresh = [];
    for (const person of people) {
      const path = `/v1/users/${encodeURIComponent(person.externalId)}/timeline`;
      // Not yet known: the first request that names them is on its way.
      const { entries } = await call('GET', path).catch(ignoreUnknownPerson);
      // Other campaigns of the installation may have met these people too.
      const own = entries.filter((entry) => (campaignOf(entry) ?? campaignKey) === campaignKey);
      for (const entry of own.toReversed()) {
        if (entry.kind === 'outcome') outcomes.set(person, entry);
        const id = JSON.stringify([person.name, entry.kind, entry.seq, entry.campaign, wordsOf(entry)]);
        if (!shown.has(id) && !isTold(entry)) fresh.push({ person, entry });
        shown.add(id);
      }
    }
    fresh.sort((one, other) => Date.parse(one.entry.at) - Date.parse(other.entry.at));
    for (const { person, entry } of fresh) show(lineOf(person, entry));
    await wait(POLL_MS, undefined, { signal });
  }
  return outcomes;
}

function ignoreUnknownPerson(error) {
  if (error instanceof Stop && error.message.includes('answered 404')) return { entries: [] };
  throw error;
}

/** Null or undefined: what happened has nothing to do with a campaign. */
function campaignOf({ kind, event, name, campaign }) {
  return kind === 'event' && (event === 'received' || event === 'exceptionFired') ? name : campaign;
}

/** What the outcome, a line below, says as well. */
function isTold({ kind, event, state }) {
  return event === 'received' || (kind === 'message' && state === 'claimed');
}

function lineOf({ name }, entry) {
  const words = wordsOf(entry);
  const told = entry.kind === 'outcome' ? bold(colourOf(entry.outcome, `${signOf(entry.outcome)} ${words}`)) : words;
  return `  ${dim(clockTime(entry.at))}  ${name.padEnd(5)} ${told}`;
}

function wordsOf(entry) {
  switch (entry.kind) {
    case 'event':
      return eventWords(entry);
    case 'rejected':
      return `not entered: ${entry.reason}`;
    case 'entered':
      return `entered the campaign, message due at ${clockTime(entry.dueAt)}`;
    case 'message':
      return `${entry.channel} ${entry.state}`;
    case 'outcome':
      return entry.outcome === entry.reason ? entry.outcome : `${entry.outcome}: ${entry.reason}`;
    default:
      return entry.kind;
  }
}

function eventWords({ event, name, properties }) {
  switch (event) {
    case 'attributes': {
      // Names that begin with $ are Rappel's own marks.
      const fields = Object.entries(properties).filter(([field]) => !field.startsWith('$'));
      const changes = fields.map(([field, [from, to]]) => {
        return from === null ? `${field} ${to}` : `${field} ${from} → ${to}`;
      });
      return `profile: ${changes.join(', ')}`;
    }
    case 'custom':
      return `${name} ${Object.entries(properties)
        .map(([property, value]) => `${property} ${value}`)
        .join(', ')}`.trim();
    case 'purchase':
      return `bought ${name}`;
    case 'exceptionFired':
      return 'exception: the waiting message is cancelled';
    default:
      return event;
  }
}

/** In UTC, as the sentences of explain are; with its date where that is not today. */
export function clockTime(instant, now = Date.now()) {
  const [day, time] = new Date(instant).toISOString().slice(0, 19).split('T');
  return day === new Date(now).toISOString().slice(0, 10) ? time : `${day} ${time}`;
}
