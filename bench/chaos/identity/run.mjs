// One run from an empty folder to the verdict: people are merged under faults, then others are deleted under faults; after each
// it is waited until it is quiet, and looked.
import { rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { formatElapsed, stopping } from '../../../cli/dev/output.mjs';
import { ensureBuilt } from '../../../cli/dev/prepare.mjs';
import { makePlace } from '../../stack/place.mjs';
import { findStore } from '../../stack/stores.mjs';
import { createApi } from '../api.mjs';
import { openJournal } from '../journal.mjs';
import { settle, whileSettling } from '../quiescence.mjs';
import { startStack } from '../stack.mjs';
import { summarise, tell } from '../verdicts.mjs';
import { campaignsOfDeleted, campaignsOfMerged } from './campaigns.mjs';
import { checkDeletions } from './checkDeletions.mjs';
import { checkMerges } from './checkMerges.mjs';
import { lookEverywhere } from './everywhere.mjs';
import { planIdentityFaults } from './faults.mjs';
import { fire } from './fire.mjs';
import { readMergedFacts, readNumbers } from './mergedFacts.mjs';
import { aliasOf, eventBody, planDeletions, profileOf } from './planDeletions.mjs';
import { planMerges, profilesOf, trackBody } from './planMerges.mjs';
import { checkCounters } from './twins.mjs';
import { asking, placeWitness } from './witness.mjs';

const SMOKE_QUIET_WITHIN_MS = 120_000;
const QUIET_WITHIN_MS = 900_000;
/** Long enough for a copy that should not exist to arrive. */
const SECOND_COPY_MS = 1_500;
const PROFILES_A_REQUEST = 50;
/** Some are merged and deleted while a message to them is under way. */
const ANSWER_AFTER_MS = 200;

export async function runIdentity(options, print) {
  const { signal } = stopping;
  await ensureBuilt();
  const store = await findStore(options);
  const postgres = makePlace({ name: 'identity', say: print, isKept: options.keeps });
  const { folder } = postgres;
  print(`store ${store.name}; everything is under ${folder}`);
  const journal = openJournal(path.join(folder, 'notes.jsonl'), { isDurable: false });
  const context = { options, print, signal, notes: [] };
  context.note = (what) => {
    const line = { at: Date.now(), ...what };
    context.notes.push(line);
    journal.write(line);
  };
  try {
    const startedAt = Date.now();
    const settings = { LOG_LEVEL: 'debug' };
    const providing = { answerAfterMs: ANSWER_AFTER_MS };
    context.stack = await startStack({ folder, store, note: context.note, postgres, settings, providing });
    await context.stack.startRappel();
    context.stack.api = createApi(context.stack);
    await placeWitness(context.stack);
    print(`started in ${formatElapsed(Date.now() - startedAt)}`);
    const verdicts = [];
    for (const phase of [mergeUnderFire, deleteUnderFire]) verdicts.push(...(await phase(context)));
    const ends = context.notes.filter(({ what }) => what === 'ended').length;
    const { figures, problems } = summarise(verdicts);
    return { figures: { ends_of_processes: ends, ...figures }, problems };
  } finally {
    await context.stack?.stop();
    journal.close();
    if (!options.keeps) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function mergeUnderFire(context) {
  const { stack, options } = context;
  const plan = planMerges(options);
  for (const definition of campaignsOfMerged(stack)) await stack.api.launch(definition);
  await post(stack, plan.pairs.flatMap(profilesOf), (attributes) => ['/users/track', { attributes }]);
  const numbers = await readNumbers(stack);
  let startedAt = 0;
  const { answers, problems } = await fire(context, {
    name: 'merge',
    seed: options.seed,
    requestsFrom: (at) => {
      startedAt = at;
      const body = (request) => trackBody(request, { pairs: plan.pairs, numbers, startedAt });
      return plan.requests.map((request, n) =>
        request.kind === 'track' ? tracked(request, body(request), n) : request,
      );
    },
    faults: planIdentityFaults({ ...options, name: 'merge', loadMs: plan.loadMs, rejects: false }),
  });
  const quiet = await untilQuiet(context);
  const facts = await readMergedFacts(stack, quiet);
  const verdicts = [{ title: 'requests', figures: {}, problems }, quiet.verdict, checkMerges({ plan, answers, facts })];
  for (const { key } of campaignsOfMerged(stack)) await stack.api.must('POST', `/v1/campaigns/${key}/stop`, {});
  verdicts.push(await checkCounters({ stack, plan, answers, startedAt }));
  for (const verdict of verdicts) tell(verdict, context.print);
  return verdicts;
}

async function deleteUnderFire(context) {
  const { stack, options } = context;
  const plan = planDeletions(options);
  const people = new Map(plan.people.map((person) => [person.key, person]));
  for (const definition of campaignsOfDeleted(stack)) await stack.api.launch(definition);
  await post(stack, plan.people.map(profileOf), (attributes) => ['/users/track', { attributes }]);
  await post(stack, plan.people.map(aliasOf), (user_aliases) => ['/users/alias/new', { user_aliases }]);
  const numbers = await readNumbers(stack);
  const { answers, problems } = await fire(context, {
    name: 'delete',
    seed: options.seed,
    requestsFrom: (startedAt) =>
      plan.requests.map((request, n) =>
        request.kind === 'track' ? tracked(request, eventBody(request, { people, startedAt }), n) : request,
      ),
    faults: planIdentityFaults({ ...options, name: 'delete', loadMs: plan.loadMs, rejects: true }),
  });
  const quiet = await untilQuiet(context);
  const looked = await lookEverywhere({ stack, places: plan.places, controls: CONTROLS });
  const unseen = CONTROLS_SEEN.filter((control) => !looked.seen.has(control));
  const verdicts = [
    { title: 'requests', figures: {}, problems },
    quiet.verdict,
    await checkDeletions({ stack, plan, answers, numbers, looked }),
    {
      title: 'places looked through',
      figures: { delete_places: looked.read.size },
      problems: unseen.map((each) => `there is nothing of ${each}`),
    },
  ];
  for (const verdict of verdicts) tell(verdict, context.print);
  return verdicts;
}

/** What is in Temporal's store and in the logs in any case, so that not finding anything else there says something. */
const RUN = 'campaign/hour/';
const REQUEST = '"route":"/users/delete"';
const CONTROLS = [RUN, REQUEST];
const CONTROLS_SEEN = [`temporal ${RUN}`, `log ${REQUEST}`];

/** What is repeated after a lost answer is recorded once, by its `Idempotency-Key` or by its `event_id`s alone. */
function tracked({ id, kind, at }, body, n) {
  const key = n % 2 === 0 ? { idempotencyKey: `identity-${id}` } : {};
  return { id, kind, at, path: '/users/track', body, ...key };
}

async function post(stack, items, requestOf) {
  for (let first = 0; first < items.length; first += PROFILES_A_REQUEST) {
    const [route, body] = requestOf(items.slice(first, first + PROFILES_A_REQUEST));
    const answer = await stack.api.must('POST', route, body);
    if (answer.errors !== undefined || answer.skipped !== undefined)
      throw new Error(`${route} answered ${JSON.stringify(answer)}`);
  }
}

/** Also until nothing is left to be erased of anybody. */
async function untilQuiet({ options, stack, signal }) {
  const mostMs = options.isSmoke ? SMOKE_QUIET_WITHIN_MS : QUIET_WITHIN_MS;
  for (const proxy of Object.values(stack.proxies)) proxy.set({ mode: 'pass' });
  return await whileSettling(stack, async ({ temporal, show }) => {
    const startedAt = Date.now();
    let left = 0;
    let settled = { openRuns: [], isQuiet: false };
    do {
      const withinMs = mostMs - (Date.now() - startedAt);
      settled = await settle({ stack, temporal, withinMs, signal, show });
      left = await asking(stack, async (rows) => (await rows('select count(*)::int as n from unfinished'))[0].n);
      show(`${left} people are not erased yet`);
      await wait(SECOND_COPY_MS, undefined, { signal });
    } while (left > 0 && settled.isQuiet);
    const isQuiet = settled.isQuiet && left === 0;
    return {
      openRuns: settled.openRuns,
      verdict: {
        title: 'quiescence',
        figures: {},
        problems: isQuiet ? [] : [`not quiet after ${mostMs / 1_000} s`],
      },
    };
  });
}
