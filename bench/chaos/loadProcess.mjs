// The load generator, a process of its own: posts the plan, again until it is answered, and journals on the disk every
// answer 2xx before it goes on. What is in `acked` was acknowledged; nothing else was.
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { openJournal } from './journal.mjs';
import { postInLanes } from './lanes.mjs';
import { POISONS, planLoad } from './plan.mjs';
import { createDice } from './random.mjs';

const LANES = 12;
const TIMEOUT_MS = 15_000;

const settings = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const { url, key, seed, run, files } = settings;
const plan = planLoad(settings);
const dice = createDice(seed, 'load process');
const acked = openJournal(files.acked);
const answers = openJournal(files.answers, { isDurable: false });
const startedAt = Date.now();
const counts = { posted: 0, acked: 0, requests: plan.requests.length };

const instant = (ms) => new Date(ms).toISOString();
const idOf = (eid) => `${run}-${eid}`;

function bodyOf(request) {
  const of = (event) => ({
    external_id: event.user,
    time: instant(startedAt + event.at),
    event_id: idOf(event.eid),
    properties: {
      eid: event.eid,
      ...(event.cancels ? { order: event.cancels } : {}),
      ...(event.poison ? { poison: true } : {}),
    },
  });
  const events = request.events
    .filter(({ name }) => name !== 'purchase')
    .map((event) => ({ ...of(event), name: event.name }));
  const purchases = request.events
    .filter(({ name }) => name === 'purchase')
    .map((event) => ({ ...of(event), product_id: 'thing', currency: 'EUR', price: 9.5 }));
  const attributes = request.touches === null ? [] : [{ external_id: request.touches, touched: request.id }];
  if (request.poison !== null) {
    events.push({ external_id: 'poisoner', name: 'viewed', time: instant(startedAt), properties: 'POISON' });
  }
  const text = JSON.stringify({ attributes, events, purchases });
  return request.poison === null ? text : text.replace('"POISON"', () => POISONS[request.poison]);
}

/** One exchange; null when no answer came. Every answer is noted, with how long it took. */
async function post(request, body, idempotencyKey) {
  counts.posted += 1;
  const at = Date.now();
  let status = null;
  let errors = [];
  try {
    const response = await fetch(`${url}/users/track`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/json',
        'idempotency-key': idempotencyKey,
      },
      body,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    status = response.status;
    const answer = await response.json().catch(() => ({}));
    errors = answer.errors ?? [];
    // The head of an answer may come without its body: it was not understood, and is asked for again.
    if (status >= 200 && status < 300 && answer.message !== 'success') status = null;
  } catch {
    // Lost on the way: whether it was recorded, nobody knows.
  }
  const ms = Date.now() - at;
  if (status !== null && status >= 200 && status < 300) {
    acked.write({ at: Date.now(), request: request.id, eids: request.events.map(({ eid }) => eid) });
  }
  answers.write({ at, ms, status, request: request.id, errors: errors.length, poison: request.poison });
  return status;
}

async function carryOut(request, isOver) {
  const body = bodyOf(request);
  const idempotencyKey = `${run}-${request.id}`;
  for (let pause = 100; !isOver(); pause = Math.min(pause * 1.5, 1_000)) {
    const status = await post(request, body, idempotencyKey);
    if (status !== null && status >= 200 && status < 300) break;
    // Refused for what it is: asking again changes nothing. The checker sees it among the answers.
    if (status !== null && status < 500 && status !== 429) return;
    await wait(pause * (0.5 + dice.next()));
  }
  counts.acked += 1;
  for (const [n, how] of request.repeats.entries()) {
    if (isOver()) return;
    await wait(dice.whole(0, 400));
    await post(request, body, how === 'same key' ? idempotencyKey : `${idempotencyKey}-again-${n}`);
  }
}

process.send({ kind: 'started', startedAt });
await postInLanes({ requests: plan.requests, lanes: LANES, startedAt, counts, carryOut });
