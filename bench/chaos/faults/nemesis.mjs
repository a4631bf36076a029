// Carries out the schedule. Each fault is a function of the stack; it returns when the fault is over, and what it did
// is noted with the instants between which it held.
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { describeFault } from './schedule.mjs';

const FAULTS = {
  kill: async (stack, { target }) => {
    stack.parts[target].signal('SIGKILL');
  },
  /** Started anew with a line to die at; the start itself is no fault, so it is killed first. */
  crashAt: async (stack, { target, point }) => {
    stack.crashAt.set(target, point);
    stack.parts[target].signal('SIGKILL');
  },
  stopImmediately: async (stack) => {
    stack.parts.postgres.signal('SIGQUIT');
  },
  /** One back end of Rappel's killed makes PostgreSQL end every other and recover. */
  killBackend: async (stack) => {
    const client = new pg.Client({ connectionString: stack.databaseUrl(), connectionTimeoutMillis: 3_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      const { rows } = await client.query(
        `select pid from pg_stat_activity where application_name like 'rappel-%' order by random() limit 1`,
      );
      if (rows.length > 0) process.kill(rows[0].pid, 'SIGKILL');
    } finally {
      await client.end().catch(() => undefined);
    }
  },
  pause: async (stack, { target, ms }) => {
    stack.parts[target].signal('SIGSTOP');
    await wait(ms);
    stack.parts[target].signal('SIGCONT');
  },
  blackhole: (stack, { target, ms }) => onLink(stack, target, { mode: 'blackhole' }, ms),
  reset: (stack, { target, ms }) => onLink(stack, target, { mode: 'reset' }, ms),
  latency: (stack, { target, ms }) => onLink(stack, target, { mode: 'latency', latencyMs: 80 }, ms),
  misbehave: async (stack, { target, behaviour, count }) => {
    stack.provider.send({ channel: target, behaviour, count });
  },
  /** The stuck receiver answers nobody from now on. */
  hold: async (stack, { target }) => {
    stack.provider.send({ channel: target, behaviour: 'hold' });
  },
  /** It answers from now on. */
  release: async (stack, { target }) => {
    stack.provider.send({ channel: target, behaviour: 'release' });
  },
};

async function onLink(stack, target, mode, ms) {
  stack.proxies[target].set(mode);
  await wait(ms);
  stack.proxies[target].set({ mode: 'pass' });
}

/** Returns once the last fault is over. Each is noted with `from` and `to`. */
export async function runNemesis({ stack, faults, startedAt, signal, say, note }) {
  await Promise.all(
    faults.map(async (fault) => {
      await wait(Math.max(0, startedAt + fault.at - Date.now()), undefined, { signal });
      say(describeFault(fault));
      const from = Date.now();
      try {
        await FAULTS[fault.fault](stack, fault);
      } catch (error) {
        // The part it was aimed at may be down already: that is a fault too.
        note({ fault: fault.fault, target: fault.target, failed: error.message });
      }
      note({ ...fault, from, to: Date.now() });
    }),
  );
}
