// The Prometheus metrics there are. One registry per process, made by the composition root and handed on.
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** From on time to the three days after which a message is stale. */
const LATENESS_BUCKETS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 3_600, 21_600, 86_400, 259_200];
const HTTP_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export interface Metrics {
  readonly registry: Registry;
  /** Seconds between the instant a message was due and its receipt. */
  readonly sendLateness: Histogram<'channel'>;
  /** Triggers that matched a campaign and did not enter it. */
  readonly rejections: Counter<'reason'>;
  /** How pairings ended. */
  readonly outcomes: Counter<'outcome' | 'reason'>;
  readonly httpDuration: Histogram<'method' | 'route' | 'status'>;
  readonly outboxDepth: Gauge;
  /** Of active campaigns: how many met the trigger, were turned away, entered, wait, are parked and ended how. */
  readonly campaignPeople: Gauge<'campaign' | 'step'>;
  /** Of a worker: receivers that one message at a time asks whether they answer again. */
  readonly receiversPaused: Gauge;
  /** Of a worker: templates that are not tried for now. */
  readonly templatesResting: Gauge;
}

/** What is asked for at every scrape; without it a gauge is whatever was last set. */
export interface Measured {
  readonly outboxDepth?: () => Promise<number>;
  /** By campaign key; as many as there may be labels. */
  readonly campaignPeople?: () => Promise<ReadonlyMap<string, Readonly<Record<string, number>>>>;
  readonly receiversPaused?: () => number;
  readonly templatesResting?: () => number;
}

export function createMetrics(measured: Measured = {}): Metrics {
  const { outboxDepth, campaignPeople, receiversPaused, templatesResting } = measured;
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  return {
    registry,
    sendLateness: new Histogram({
      name: 'rappel_send_lateness_seconds',
      help: 'Seconds between the instant a message was due and its receipt, by channel',
      labelNames: ['channel'],
      buckets: LATENESS_BUCKETS,
      registers,
    }),
    rejections: new Counter({
      name: 'rappel_rejections_total',
      help: 'Triggers that matched a campaign and did not enter it, by reason',
      labelNames: ['reason'],
      registers,
    }),
    outcomes: new Counter({
      name: 'rappel_outcomes_total',
      help: 'Pairings that ended, by outcome and reason',
      labelNames: ['outcome', 'reason'],
      registers,
    }),
    httpDuration: new Histogram({
      name: 'rappel_http_request_duration_seconds',
      help: 'Seconds an HTTP request took, by method, route and status',
      labelNames: ['method', 'route', 'status'],
      buckets: HTTP_BUCKETS,
      registers,
    }),
    outboxDepth: new Gauge({
      name: 'rappel_outbox_depth',
      help: 'Effects written with their cause and not yet carried out; 100,000: so many or more',
      registers,
      async collect() {
        if (outboxDepth !== undefined) this.set(await outboxDepth());
      },
    }),
    campaignPeople: new Gauge({
      name: 'rappel_campaign_people',
      help: 'People of the 100 active campaigns launched last, by campaign and step of the funnel',
      labelNames: ['campaign', 'step'],
      registers,
      async collect() {
        if (campaignPeople === undefined) return;
        const people = await campaignPeople();
        this.reset();
        for (const [campaign, steps] of people) {
          for (const [step, count] of Object.entries(steps)) this.set({ campaign, step }, count);
        }
      },
    }),
    receiversPaused: new Gauge({
      name: 'rappel_receivers_paused',
      help: 'Receivers that did not answer five times in a row and are asked by one message at a time, of this worker',
      registers,
      collect() {
        if (receiversPaused !== undefined) this.set(receiversPaused());
      },
    }),
    templatesResting: new Gauge({
      name: 'rappel_templates_resting',
      help: 'Templates that broke their time for five people in a row and are not tried for now, of this worker',
      registers,
      collect() {
        if (templatesResting !== undefined) this.set(templatesResting());
      },
    }),
  };
}
