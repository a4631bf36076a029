// Posts requests of people who are merged and deleted, a process of its own: each at its moment, again until it is answered, and
// journals on the disk every answer before it goes on. What is called acknowledged was answered 2xx; nothing else was.
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { openJournal } from '../journal.mjs';
import { postInLanes } from '../lanes.mjs';
import { createDice } from '../random.mjs';

/** So that what is of one person is posted from several at the same time. */
const LANES = 24;
const TIMEOUT_MS = 15_000;

const { url, key, seed, startedAt, requests, file } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const dice = createDice(seed, 'post process');
const journal = openJournal(file);
const counts = { acked: 0, posted: 0, requests: requests.length };

/** One exchange; the status is null when no answer came. */
async function post({ path, body, idempotencyKey }) {
  counts.posted += 1;
  try {
    const response = await fetch(url + path, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/json',
        ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
      },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return { status: response.status, answer: await response.json() };
  } catch {
    // Lost on the way, or the head of an answer without its body: what became of it, nobody knows.
    return { status: null, answer: null };
  }
}

async function carryOut(request, isOver) {
  const postedAt = Date.now();
  for (let pause = 100; !isOver(); pause = Math.min(pause * 1.5, 1_000)) {
    const { status, answer } = await post(request);
    const isFinal = status !== null && status < 500 && status !== 429;
    if (isFinal) {
      journal.write({ id: request.id, status, postedAt, at: Date.now(), answer });
      if (status < 300) counts.acked += 1;
      return;
    }
    await wait(pause * (0.5 + dice.next()));
  }
}

await postInLanes({ requests, lanes: LANES, startedAt, counts, carryOut });
