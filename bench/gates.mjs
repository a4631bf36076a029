// What the figures must be. `exact` ones are counts and hold on any store and machine, in any run; the others are ratios
// and sizes: gates of the full run on a Temporal server that runs on PostgreSQL, and only reported elsewhere.
export const GATES = [
  { figure: 'delivery_ratio', atLeast: 1 },
  { figure: 'delivery_cpu_ratio', atLeast: 1 },
  { figure: 'history_events', atMost: 12, exact: true },
  { figure: 'history_events_email', atMost: 18, exact: true },
  { figure: 'history_events_cancelled', atMost: 7, exact: true },
  { figure: 'temporal_writes', atMost: 40 },
  { figure: 'own_statements', atMost: 8 },
  { figure: 'ingest_ratio', atLeast: 0.25 },
  { figure: 'latency_ratio', atMost: 2 },
  { figure: 'exception_ms_p50', atMost: 150 },
  { figure: 'exception_ms_p99', atMost: 500 },
  { figure: 'waiting_bytes', atMost: 12 * 1_024 },
  { figure: 'waiting_memory_mb', atMost: 60 },
  { figure: 'neighbour_ratio', atMost: 3 },
  { figure: 'neighbour_ms_max', atMost: 2_000 },
  { figure: 'audience_ratio', atMost: 1.1 },
  { figure: 'audience_ratio_max', atMost: 1.3 },
  { figure: 'page_ratio', atMost: 2 },
  { figure: 'growth_ingest_ratio', atLeast: 0.9 },
  { figure: 'growth_cpu_ratio', atMost: 1.1 },
  { figure: 'growth_rest_ms', atMost: 10 },
  { figure: 'growth_campaigns_ratio', atMost: 2 },
];

/** One sentence for each gate that does not hold; a figure that was asked for and is missing fails its gate. */
export function failures(figures, { store, isSmoke, isWhole }) {
  return GATES.flatMap(({ figure, atLeast, atMost, exact = false }) => {
    if (!exact && (isSmoke || store !== 'postgres')) return [];
    const value = figures[figure];
    if (value === undefined) return isWhole ? [`${figure} was not measured`] : [];
    if (atLeast !== undefined && !(value >= atLeast)) return [`${figure} is ${value}, and must be at least ${atLeast}`];
    if (atMost !== undefined && !(value <= atMost)) return [`${figure} is ${value}, and must be at most ${atMost}`];
    return [];
  });
}
