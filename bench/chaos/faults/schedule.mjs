// What goes wrong when, from the seed alone: `{ at, fault, target, ms }`, ms after the start of the load.
// Kills are spread evenly; between them come the gentler faults, first one at a time, then with a second beside it.
import { releaseAt } from '../neighbours/crowds.mjs';
import { createDice } from '../random.mjs';

const KILLED = ['worker', 'temporal', 'postgres', 'api', 'worker', 'backend', 'postgresImmediate'];
export const POINTS = {
  api: ['before_ack', 'after_ack_commit'],
  worker: ['outbox_claimed', 'workflow_started', 'claimed', 'after_provider_accept', 'settled', 'activity_done'],
};
const LINKS = ['apiPostgres', 'workerPostgres', 'workerTemporal', 'workerWebhook', 'workerSmtp'];
const MISBEHAVIOURS = {
  webhook: ['takeThenDrop', 'takeThenHang', 'drop', 'hang', 'tooMany', 'unavailable'],
  email: ['takeThenDrop', 'drop', 'takeThenHang', 'unavailable'],
};
/** A refusal is tried again a minute later, which a short run has no time for. */
const REFUSALS = new Set(['tooMany', 'unavailable']);

/** Errors of Temporal's own store, on top of everything else: what is lost, and what is done but said to be lost. */
const STORE_ERRORS = { Timeout: 0.002, ExecuteAndTimeout: 0.002, ResourceExhausted: 0.002 };
export const STORE_FAULTS = {
  targets: {
    dataStores: {
      ExecutionStore: {
        methods: Object.fromEntries(
          ['CreateWorkflowExecution', 'UpdateWorkflowExecution', 'AppendHistoryNodes', 'GetHistoryTasks'].map(
            (method) => [method, { seed: 1, errors: STORE_ERRORS }],
          ),
        ),
      },
      TaskStore: {
        methods: { CreateTasks: { seed: 1, errors: STORE_ERRORS }, GetTasks: { seed: 1, errors: STORE_ERRORS } },
      },
    },
  },
};

export function planFaults({ seed, kills, loadMs, isSmoke }) {
  const dice = createDice(seed, 'nemesis');
  const points = { api: cycle(dice, POINTS.api), worker: cycle(dice, POINTS.worker) };
  const killed = cycle(dice, isSmoke ? ['worker', 'temporal', 'postgres', 'api'] : KILLED);
  const step = loadMs / (kills + 1);
  const faults = [];
  for (let n = 1; n <= kills; n++) {
    const at = Math.round(n * step);
    faults.push({ at, ...oneKill(dice, killed(), isSmoke ? null : points) });
    // In the last third a gentler fault falls together with each kill; before, between two of them.
    const isPaired = n > (kills * 2) / 3;
    const gentle = isSmoke ? smokeFaults(dice, n) : [oneGentle(dice), oneMisbehaviour(dice)];
    for (const fault of gentle)
      faults.push({ at: Math.round(at + (isPaired && !isSmoke ? 0.05 : 0.6) * step), ...fault });
  }
  faults.push({ at: Math.round(0.3 * step), ...misbehaviour('webhook', 'takeThenDrop', 3) });
  faults.push({ at: Math.round(0.5 * step), ...misbehaviour('email', 'takeThenDrop', 2) });
  return [...faults, ...planStuck({ isSmoke, loadMs })].sort((one, other) => one.at - other.at);
}

/** While the receiver that is in trouble answers nobody. */
export function planStuck({ isSmoke, loadMs }) {
  return [
    { at: 0, fault: 'hold', target: 'stuck' },
    { at: releaseAt({ isSmoke, loadMs }), fault: 'release', target: 'stuck' },
  ];
}

/** Kills spread evenly, and nothing beside them: they tell how long a recovery takes. */
export function planKills({ seed, kills, loadMs }) {
  const dice = createDice(seed, 'recovery');
  const killed = cycle(dice, ['worker', 'temporal', 'postgres']);
  return Array.from({ length: kills }, (_, n) => ({
    at: Math.round(((n + 1) * loadMs) / (kills + 1)),
    ...oneKill(dice, killed(), null),
  }));
}

/** Every kind once before any comes again. */
export function cycle(dice, kinds) {
  let left = [];
  return () => {
    if (left.length === 0) left = dice.shuffle(kinds);
    return left.pop();
  };
}

/** With `points`, half of those of Rappel die at a chosen line instead of wherever they are. */
export function oneKill(dice, what, points) {
  switch (what) {
    case 'worker':
    case 'api': {
      const target = what === 'api' ? 'api' : dice.pick(['worker1', 'worker2']);
      if (points !== null && dice.chance(0.5)) {
        return { fault: 'crashAt', target, point: `${points[what]()}:${dice.whole(1, 5)}` };
      }
      return { fault: 'kill', target };
    }
    case 'backend':
      return { fault: 'killBackend', target: 'postgres' };
    case 'postgresImmediate':
      return { fault: 'stopImmediately', target: 'postgres' };
    default:
      return { fault: 'kill', target: what };
  }
}

function oneGentle(dice) {
  const kind = dice.pick(['pause', 'latency', 'blackhole', 'reset', 'pause', 'blackhole']);
  if (kind === 'pause')
    return {
      fault: 'pause',
      target: dice.pick(['worker1', 'worker2', 'api', 'temporal']),
      ms: dice.whole(1, 8) * 1_000,
    };
  const ms = kind === 'reset' ? dice.whole(1, 5) * 100 : dice.whole(1, 6) * 1_000;
  return { fault: kind, target: dice.pick(LINKS), ms };
}

function oneMisbehaviour(dice) {
  const channel = dice.pick(['webhook', 'webhook', 'email']);
  const behaviour = dice.pick(MISBEHAVIOURS[channel]);
  return misbehaviour(channel, behaviour, dice.whole(1, 5));
}

export function misbehaviour(channel, behaviour, count) {
  return { fault: 'misbehave', target: channel, behaviour, count };
}

function smokeFaults(dice, n) {
  const quick = MISBEHAVIOURS.webhook.filter((behaviour) => !REFUSALS.has(behaviour));
  const provider = misbehaviour('webhook', dice.pick(quick), 2);
  const links = [
    { fault: 'latency', target: dice.pick(LINKS), ms: 1_000 },
    { fault: 'reset', target: dice.pick(LINKS), ms: 200 },
    { fault: 'blackhole', target: dice.pick(['apiPostgres', 'workerPostgres']), ms: 1_000 },
  ];
  return [provider, links[n % links.length]];
}

/** For a load of e-mails alone: answers are lost, and workers die between the taking of a mail and its settling. */
export function planMailFaults({ seed, kills, loadMs }) {
  const dice = createDice(seed, 'mail');
  const step = loadMs / (kills + 1);
  const faults = [];
  for (let n = 1; n <= kills; n++) {
    const target = dice.pick(['worker1', 'worker2']);
    const point = `${dice.pick(['after_provider_accept', 'claimed', 'settled'])}:${dice.whole(1, 4)}`;
    faults.push({ at: Math.round(n * step), fault: 'crashAt', target, point });
    faults.push({
      at: Math.round((n - 0.5) * step),
      ...misbehaviour('email', dice.pick(['takeThenDrop', 'takeThenHang']), 2),
    });
  }
  return faults;
}

/** Where a process that is told nothing else dies: one point for the smoke run, in turn for the trials. */
export function firstCrash(seed) {
  const dice = createDice(seed, 'first crash');
  const part = dice.pick(['api', 'worker', 'worker']);
  const target = part === 'api' ? 'api' : 'worker2';
  return { target, point: `${dice.pick(POINTS[part])}:${dice.whole(5, 20)}` };
}

export function describeFault({ at, fault, target, ms, point, behaviour, count }) {
  const what = [
    fault,
    target,
    point,
    behaviour,
    count === undefined ? undefined : `× ${count}`,
    ms === undefined ? undefined : `for ${ms} ms`,
  ];
  return `${(at / 1_000).toFixed(1).padStart(7)} s  ${what.filter((word) => word !== undefined).join(' ')}`;
}
