// One load and the faults beside it: over when everything was answered and every fault has passed.
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { showProgress } from '../../cli/dev/output.mjs';
import { runNemesis } from './faults/nemesis.mjs';
import { readJournal } from './journal.mjs';
import { planLoad } from './plan.mjs';

/** How long the load may take to be answered after its last fault. */
const ANSWERED_WITHIN_MS = 300_000;

/** `load` is what `planLoad` takes. Resolves with what was planned and what happened, times as instants. */
export async function runPhase({ stack, note, print, signal }, { name, load, faults, emailMode }) {
  const plan = planLoad(load);
  await stack.api.createPeople(plan.people);
  const files = Object.fromEntries(
    ['acked', 'answers'].map((kind) => [kind, path.join(stack.folder, `${name}-${kind}.jsonl`)]),
  );
  let counts = { acked: 0, posted: 0, requests: plan.requests.length };
  let generator;
  const startedAt = await new Promise((resolve, reject) => {
    const settings = { ...load, url: stack.apiUrl, key: stack.key, run: `${name}-${load.seed}`, files };
    generator = stack.run(
      'load',
      settings,
      (message) => {
        if (message.kind === 'started') resolve(message.startedAt);
        else counts = message;
      },
      `load-${name}`,
    );
    generator.exited.then((how) => reject(new Error(`the load ended (${how})`)));
  });

  const progress = showProgress(() => `${name}: ${counts.acked} of ${counts.requests} requests acknowledged`);
  try {
    await runNemesis({
      stack,
      faults,
      startedAt,
      signal,
      say: print,
      note: (fault) => note({ ...fault, phase: name }),
    });
    for (const proxy of Object.values(stack.proxies)) proxy.set({ mode: 'pass' });
    await Promise.race([generator.exited, wait(ANSWERED_WITHIN_MS, undefined, { signal, ref: false })]);
    generator.send('enough');
  } finally {
    progress.stop();
  }
  print(`${name}: ${counts.acked} of ${counts.requests} requests acknowledged, ${counts.posted} posted`);
  return {
    name,
    emailMode,
    events: plan.events.map((event) => ({ ...event, time: startedAt + event.at, phase: name })),
    acked: readJournal(files.acked),
    answers: readJournal(files.answers),
  };
}
