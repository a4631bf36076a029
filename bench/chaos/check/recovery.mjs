// After a kill of a worker, Temporal or PostgreSQL: how long until nothing due was left unsent, ours against the bare
// workload's under the same kill, at a pace that the machine carries, and with no other fault beside it.
import { DELAY_MS } from '../campaigns.mjs';
import { percentile } from './facts.mjs';

const GATE = 1.5;
/** Sent within this after it was due counts as on time; a recovery quicker than that is none. */
const LATE_MS = 1_000;
/** What falls due from just before the kill until then may have been held up by it. */
const BEFORE_MS = 2_000;
const AFTER_MS = 6_000;
const KINDS = { worker1: 'worker', worker2: 'worker', temporal: 'temporal', postgres: 'postgres' };

export function checkRecovery({ planned, acked, provider, notes }, bareItems) {
  const ours = oursOf({ planned, acked, provider });
  const isUnderLoad = ({ from }) => bareItems.some(({ due }) => due > from && due < from + AFTER_MS);
  const kills = notes.filter(({ phase, fault }) => phase === 'recovery' && fault === 'kill').filter(isUnderLoad);
  const figures = {};
  const problems = [];
  for (const kind of ['worker', 'temporal', 'postgres']) {
    const of = kills.filter(({ target }) => KINDS[target] === kind);
    const [mine, bare] = [ours, bareItems].map((items) => of.map(({ from }) => drainMs(items, from)));
    const [mineMs, bareMs] = [mine, bare].map((times) => percentile(times, 0.5));
    const ratio = of.length === 0 ? null : mineMs / bareMs;
    Object.assign(figures, {
      [`recovery_${kind}_kills`]: of.length,
      [`recovery_${kind}_p50_ms`]: mineMs,
      [`recovery_${kind}_max_ms`]: percentile(mine, 1),
      [`recovery_${kind}_bare_p50_ms`]: bareMs,
      [`recovery_${kind}_bare_max_ms`]: percentile(bare, 1),
      [`recovery_${kind}_ratio`]: ratio === null ? null : ratio.toFixed(2),
    });
    if (ratio === null) problems.push(`no kill of ${kind} under load`);
    if (ratio > GATE)
      problems.push(`after a kill of ${kind} the backlog took ${ratio.toFixed(2)} times as long as bare`);
  }
  figures.bare_lost = bareItems.filter(({ at }) => at === undefined).length;
  return { title: 'recovery', figures, problems };
}

/** What has one delay, no exception and no provider that misbehaved; acknowledged late is due late. */
function oursOf({ planned, acked, provider }) {
  const cancelled = new Set([...planned.values()].map(({ cancels }) => cancels));
  const disturbed = new Set(provider.filter(({ behaviour }) => behaviour !== 'accept').map(({ eid }) => eid));
  const sentAt = new Map();
  for (const { eid, at, kind } of provider) if (kind === 'delivered' && !sentAt.has(eid)) sentAt.set(eid, at);
  return [...planned.values()]
    .filter(({ eid, name, poison }) => name === 'ordered' && !poison && !cancelled.has(eid) && !disturbed.has(eid))
    .map(({ eid, time }) => ({ due: Math.max(time + DELAY_MS.hook, acked.get(eid) ?? 0), at: sentAt.get(eid) }));
}

function drainMs(items, killedAt) {
  const late = items.filter(
    ({ due, at }) =>
      due >= killedAt - BEFORE_MS && due <= killedAt + AFTER_MS && (at === undefined || at - due > LATE_MS),
  );
  return Math.max(LATE_MS, ...late.map(({ at }) => (at ?? Number.POSITIVE_INFINITY) - killedAt));
}
