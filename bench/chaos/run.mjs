// One run from an empty folder to the verdict: start, load under faults, heal, wait until it is quiet, check.
import { rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { formatElapsed, stopping } from '../../cli/dev/output.mjs';
import { ensureBuilt } from '../../cli/dev/prepare.mjs';
import { makePlace } from '../stack/place.mjs';
import { stopAll } from '../stack/stopAll.mjs';
import { findStore } from '../stack/stores.mjs';
import { createApi } from './api.mjs';
import { startBare } from './bare.mjs';
import { campaigns } from './campaigns.mjs';
import { checkAnswers } from './check/answers.mjs';
import { checkCounts } from './check/counts.mjs';
import { checkEmail } from './check/email.mjs';
import { checkExceptions } from './check/exceptions.mjs';
import { readFacts } from './check/facts.mjs';
import { checkNeighbours } from './check/neighbours.mjs';
import { checkPairings } from './check/pairings.mjs';
import { checkRecorded } from './check/recorded.mjs';
import { checkRecovery } from './check/recovery.mjs';
import { checkSends } from './check/sends.mjs';
import { runCompared } from './compared.mjs';
import { firstCrash, planFaults, planMailFaults, STORE_FAULTS } from './faults/schedule.mjs';
import { openJournal } from './journal.mjs';
import { sizeOf } from './neighbours/crowds.mjs';
import { mendSlow } from './neighbours/mend.mjs';
import { watchTrouble } from './neighbours/watch.mjs';
import { runPhase } from './phase.mjs';
import { ONLY_MAIL } from './plan.mjs';
import { settle, whileSettling } from './quiescence.mjs';
import { createDice } from './random.mjs';
import { startStack } from './stack.mjs';
import { tryOutages } from './trials/outageTrial.mjs';
import { tryParked } from './trials/parkedTrial.mjs';
import { summarise, tell } from './verdicts.mjs';

const CHECKS = [checkRecorded, checkPairings, checkSends, checkExceptions, checkAnswers, checkCounts];
/** Long enough for a copy that should not exist to arrive. */
const SECOND_COPY_MS = 1_500;
const SMOKE_QUIET_WITHIN_MS = 120_000;
/** What the faults left behind, on a machine that does fifteen messages a second. */
const QUIET_WITHIN_MS = 1_800_000;
const MAILS = { events: 300, kills: 6, loadMs: 90_000 };

export async function runChaos(options, print) {
  const { signal } = stopping;
  await ensureBuilt();
  const store = await findStore(options);
  const postgres = makePlace({ name: 'chaos', say: print, isKept: options.keeps });
  const { folder } = postgres;
  print(`store ${store.name}; everything is under ${folder}`);

  const context = { options, print, signal, notes: [], compared: null, twin: null, postgres, store };
  const journal = openJournal(path.join(folder, 'notes.jsonl'), { isDurable: false });
  context.note = (what) => {
    const line = { at: Date.now(), ...what };
    context.notes.push(line);
    journal.write(line);
    if (what.what === 'ended') context.twin?.signal(what.part, 'SIGKILL');
  };
  try {
    await start(context);
    const phases = await underFaults(context);
    const verdicts = await judge(context, phases);
    for (const verdict of verdicts) tell(verdict, print);
    verdicts.push(await stopEverything(context));
    if (!options.isSmoke) {
      verdicts.push(await tryOutages(context));
      tell(verdicts.at(-1), print);
    }
    return summarise(verdicts);
  } finally {
    await stopEverything(context);
    journal.close();
    if (!options.keeps) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function start(context) {
  const { options, signal, store, postgres, note, print } = context;
  const startedAt = Date.now();
  // A short run has time for one of the two; which, the seed says.
  context.emailMode = options.isSmoke ? createDice(options.seed, 'e-mail').pick(['resend', 'assumeSent']) : 'resend';
  context.stack = await startStack({
    folder: postgres.folder,
    store,
    note,
    postgres,
    settings: { EMAIL_ON_AMBIGUOUS: context.emailMode },
    ...(options.isSmoke ? {} : { faultInjection: STORE_FAULTS }),
  });
  const { stack } = context;
  signal.throwIfAborted();
  const crash = firstCrash(options.seed);
  stack.crashAt.set(crash.target, crash.point);
  await stack.startRappel();
  stack.api = createApi(stack);
  for (const definition of campaigns(stack)) await stack.api.launch(definition);
  if (!options.isSmoke) context.twin = await startBare(stack);
  print(`started in ${formatElapsed(Date.now() - startedAt)}; ${crash.target} dies at ${crash.point}`);
}

async function underFaults(context) {
  const { options, stack, emailMode } = context;
  const { seed, events, loadMs } = options;
  const reorderMs = Math.min(300_000, loadMs / 4);
  const load = { seed, prefix: 'e', events, loadMs, reorderMs, crowds: sizeOf(options) };
  const watch = watchTrouble(stack);
  const phases = [];
  try {
    if (!options.isSmoke) {
      context.compared = await runCompared(context, { untilQuiet: () => untilQuiet(context) });
      phases.push(...context.compared.phases);
      const { twin } = context;
      context.twin = null;
      await twin.stop();
    }
    phases.push(await runPhase(context, { name: 'main', load, faults: planFaults(options), emailMode }));
  } finally {
    context.most = await watch.stop();
  }
  if (options.isSmoke) return phases;
  // What the first setting left in doubt is settled by it.
  await untilQuiet(context);
  stack.set({ EMAIL_ON_AMBIGUOUS: 'assumeSent' });
  for (const part of [stack.parts.worker1, stack.parts.worker2]) part.signal('SIGKILL');
  const mails = { seed, prefix: 'm', kinds: ONLY_MAIL, events: MAILS.events, loadMs: MAILS.loadMs, reorderMs: 0 };
  const faults = planMailFaults({ seed, ...MAILS });
  phases.push(await runPhase(context, { name: 'mail', load: mails, faults, emailMode: 'assumeSent' }));
  return phases;
}

async function judge(context, phases) {
  const { stack, notes, signal, compared, most } = context;
  const { isSmoke } = context.options;
  const events = phases.flatMap((phase) => phase.events);
  const { ms, isQuiet, withinMs } = await untilQuiet(context);
  const mended = await mendSlow({ stack, events, isSmoke });
  const { openRuns, isQuiet: isQuietAgain } = await untilQuiet(context);
  await wait(SECOND_COPY_MS, undefined, { signal });
  const facts = await readFacts({ stack, phases, notes, most, openRuns });
  return [
    {
      title: 'quiescence',
      figures: {
        ...compared?.figures,
        ends_of_processes: notes.filter(({ what }) => what === 'ended').length,
        quiet_after_ms: ms,
      },
      problems: isQuiet && isQuietAgain ? [] : [`not quiet after ${withinMs / 1_000} s`],
    },
    mended,
    ...CHECKS.map((check) => check(facts)),
    checkNeighbours(facts, { bareItems: compared?.bareItems ?? null, isSmoke }),
    ...[...new Set(phases.map(({ emailMode }) => emailMode))].map((mode) => checkEmail(facts, mode)),
    ...(compared === null ? [] : [checkRecovery(facts, compared.bareItems)]),
    await tryParked({ stack, events, signal }),
  ];
}

async function untilQuiet({ options, stack, signal }) {
  const withinMs = options.isSmoke ? SMOKE_QUIET_WITHIN_MS : QUIET_WITHIN_MS;
  const settled = await whileSettling(stack, ({ temporal, show }) =>
    settle({ stack, temporal, withinMs, signal, show }),
  );
  return { withinMs, ...settled };
}

/** What failed to stop is a problem of the run, told beside what it measured. */
async function stopEverything(context) {
  const { stack, twin, print } = context;
  Object.assign(context, { stack: null, twin: null });
  try {
    await stopAll([() => twin?.stop(), () => stack?.stop()]);
    return { title: 'stopping', figures: {}, problems: [] };
  } catch (error) {
    print(`stopping failed: ${error.message}`);
    return { title: 'stopping', figures: {}, problems: [error.message] };
  }
}
