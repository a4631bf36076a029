// I4: every pairing has ended, or is visibly parked, or waits for an instant to come; nothing is in limbo. I5: whatever
// waits has a run or an outbox row, and every run a pairing. I9: parked is only what was poisoned.
export function checkPairings({ pairings, openRuns, outboxRows, planned }) {
  const now = Date.now();
  const waits = ({ state, due_at }) => state === 'waiting' && due_at.getTime() > now;
  const isSettled = ({ state }) => state === 'done' || state === 'parked' || state === 'available';
  const limbo = pairings.filter((pairing) => !isSettled(pairing) && !waits(pairing));

  const runs = new Set(openRuns);
  const runOf = ({ campaign, run_user_id, occurrence_key }) => `campaign/${campaign}/${run_user_id}/${occurrence_key}`;
  const byRun = new Map(pairings.map((pairing) => [runOf(pairing), pairing]));
  const orphans = pairings.filter(
    (pairing) => pairing.state === 'waiting' && !runs.has(runOf(pairing)) && !pairing.has_outbox_row,
  );
  const unknownRuns = openRuns.filter((id) => !byRun.has(id));
  const closing = openRuns.filter((id) => byRun.has(id) && isSettled(byRun.get(id)));

  const isPoisoned = ({ eid }) => planned.get(eid)?.poison === true && planned.get(eid).mended !== true;
  const parked = pairings.filter(({ state }) => state === 'parked');
  const innocent = parked.filter((pairing) => !isPoisoned(pairing));
  const escaped = pairings.filter((pairing) => isPoisoned(pairing) && pairing.state !== 'parked');
  return {
    title: 'I4, I5, I9 pairings',
    figures: {
      pairings: pairings.length,
      waiting: pairings.filter(waits).length,
      I4_limbo: limbo.length,
      I5_without_run_or_row: orphans.length,
      I5_runs_without_pairing: unknownRuns.length,
      closing_runs: closing.length,
      outbox_rows: outboxRows,
      I9_parked_innocent: innocent.length,
      I9_poison_not_parked: escaped.length,
    },
    problems: [
      ...limbo.map((pairing) => `pairing ${tell(pairing)} is in limbo`),
      ...orphans.map((pairing) => `pairing ${tell(pairing)} waits without a run or an outbox row`),
      ...unknownRuns.map((id) => `run ${id} has no pairing`),
      ...closing.map((id) => `run ${id} is still open though its pairing has ended`),
      ...innocent.map((pairing) => `pairing ${tell(pairing)} is parked: ${pairing.evidence.error}`),
      ...escaped.map((pairing) => `poisoned pairing ${tell(pairing)} is not parked`),
      ...(outboxRows > 0 ? [`${outboxRows} rows are left in the outbox`] : []),
    ],
  };
}

export function tell({ id, campaign, eid, state, outcome, reason }) {
  return `${id} (${campaign}, ${eid ?? 'derived'}: ${[state, outcome, reason].filter((word) => word !== null).join(', ')})`;
}
