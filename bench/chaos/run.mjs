// One run from an empty folder to the verdict: start, load under faults, heal, wait until it is quiet, check.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { formatElapsed, showProgress, stopping } from '../../cli/dev/output.mjs';
import { shared } from '../../cli/dev/paths.mjs';
import { giveTo, postgresOwner, postgresPrograms, reachableFolder } from '../../cli/dev/postgresFiles.mjs';
import { ensureBuilt } from '../../cli/dev/prepare.mjs';
import { guard } from '../../test/setup/guard.mjs';
import { findStore } from '../stack/stores.mjs';
import { createApi } from './api.mjs';
import { campaigns } from './campaigns.mjs';
import { checkAnswers } from './check/answers.mjs';
import { checkEmail } from './check/email.mjs';
import { checkExceptions } from './check/exceptions.mjs';
import { readFacts } from './check/facts.mjs';
import { checkPairings } from './check/pairings.mjs';
import { checkRecorded } from './check/recorded.mjs';
import { checkSends } from './check/sends.mjs';
import { openJournal } from './journal.mjs';
import { runNemesis } from './nemesis.mjs';
import { tryParked } from './parkedTrial.mjs';
import { planLoad } from './plan.mjs';
import { settle } from './quiescence.mjs';
import { createDice } from './random.mjs';
import { firstCrash, planFaults } from './schedule.mjs';
import { startStack } from './stack.mjs';
import { connectToTemporal } from './temporalRuns.mjs';

const CHECKS = [checkRecorded, checkPairings, checkSends, checkExceptions, checkEmail, checkAnswers];
/** Long enough for a copy that should not exist to arrive. */
const SECOND_COPY_MS = 1_500;

export async function runChaos(options, print) {
  const { signal } = stopping;
  await ensureBuilt();
  const store = await findStore(options);
  const owner = postgresOwner(print);
  const programs = postgresPrograms(owner, print);
  const folder = mkdtempSync(path.join(reachableFolder([tmpdir(), shared], owner), 'rappel-chaos-'));
  giveTo(owner, folder);
  if (!options.keeps) guard({ remove: folder });
  print(`store ${store.name}; everything is under ${folder}`);

  const notes = [];
  const journal = openJournal(path.join(folder, 'notes.jsonl'), { isDurable: false });
  const note = (what) => {
    const line = { at: Date.now(), ...what };
    notes.push(line);
    journal.write(line);
  };
  const startedAt = Date.now();
  const emailMode = createDice(options.seed, 'e-mail').pick(['resend', 'assumeSent']);
  let stack;
  try {
    stack = await startStack({
      folder,
      store,
      note,
      postgres: { owner, programs, folder },
      settings: { EMAIL_ON_AMBIGUOUS: emailMode },
    });
    signal.throwIfAborted();
    const context = { options, stack, note, notes, print, signal, emailMode };
    await start(context);
    print(`started in ${formatElapsed(Date.now() - startedAt)}`);
    const happened = await underFaults(context);
    return await judge(context, happened);
  } finally {
    await stack?.stop();
    journal.close();
    if (!options.keeps) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function start({ stack, options }) {
  const crash = firstCrash(options.seed);
  stack.crashAt.set(crash.target, crash.point);
  await stack.startRappel();
  stack.api = createApi(stack);
  for (const definition of campaigns(stack.webhookHost)) await stack.api.launch(definition);
}

/** The load, and the faults beside it; over when everything was answered and every fault has passed. */
async function underFaults({ options, stack, note, print, signal }) {
  const { seed, events, loadMs } = options;
  const settings = { seed, events, loadMs, reorderMs: Math.min(300_000, loadMs / 4) };
  const plan = planLoad(settings);
  await stack.api.createPeople(plan.people);
  const files = { acked: path.join(stack.folder, 'acked.jsonl'), answers: path.join(stack.folder, 'answers.jsonl') };
  const run = { startedAt: null, files };
  let counts = { acked: 0, posted: 0, requests: plan.requests.length };
  const began = Promise.withResolvers?.() ?? withResolvers();
  const load = stack.run(
    'load',
    { ...settings, url: stack.apiUrl, key: stack.key, run: `chaos-${seed}`, files },
    (message) => {
      if (message.kind === 'started') {
        run.startedAt = message.startedAt;
        began.resolve();
      } else counts = message;
    },
  );
  await Promise.race([began.promise, load.exited.then((how) => Promise.reject(new Error(`the load ended (${how})`)))]);

  const faults = planFaults(options);
  const progress = showProgress(() => `${counts.acked} of ${counts.requests} requests acknowledged`);
  try {
    const done = await runNemesis({ stack, faults, startedAt: run.startedAt, signal, say: print, note });
    for (const proxy of Object.values(stack.proxies)) proxy.set({ mode: 'pass' });
    await Promise.race([load.exited, wait(options.isSmoke ? 60_000 : 600_000, undefined, { signal, ref: false })]);
    print(`${counts.acked} of ${counts.requests} requests acknowledged, ${counts.posted} posted`);
    return { plan, run, done };
  } finally {
    progress.stop();
  }
}

async function judge({ options, stack, notes, print, signal, emailMode }, { plan, run, done }) {
  await Promise.all(Object.values(stack.parts).map((part) => part.up()));
  const temporal = await connectToTemporal(stack.temporalAddress);
  let shown = '';
  const progress = showProgress(() => `waiting until it is quiet: ${shown}`);
  try {
    const show = (text) => {
      shown = text;
    };
    const waiting = { stack, temporal, withinMs: options.isSmoke ? 120_000 : 600_000, signal, show };
    const quiet = await settle(waiting);
    await wait(SECOND_COPY_MS, undefined, { signal });
    const facts = await readFacts({ stack, plan, run, done, notes, openRuns: quiet.openRuns, emailMode });
    const verdicts = CHECKS.map((check) => check(facts));
    verdicts.push(await tryParked({ stack, plan, signal }));
    for (const { title, problems } of verdicts) print(`${problems.length === 0 ? 'ok    ' : 'FAILED'} ${title}`);
    const kills = notes.filter(({ what }) => what === 'ended').length;
    return {
      figures: Object.assign(
        { ends_of_processes: kills, quiet_after_ms: quiet.ms },
        ...verdicts.map(({ figures }) => figures),
      ),
      problems: [
        ...(quiet.isQuiet ? [] : [`not quiet after ${waiting.withinMs / 1_000} s`]),
        ...verdicts.flatMap(({ title, problems }) => problems.map((problem) => `${title}: ${problem}`)),
      ],
    };
  } finally {
    progress.stop();
    await temporal.close();
  }
}

function withResolvers() {
  const made = {};
  made.promise = new Promise((resolve, reject) => Object.assign(made, { resolve, reject }));
  return made;
}
