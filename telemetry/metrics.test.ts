import { createMetrics } from './metrics.js';

describe('createMetrics', () => {
  it('counts rejections and outcomes by reason', async () => {
    const { registry, rejections, outcomes } = createMetrics();
    rejections.inc({ reason: 'audience' }, 2);
    outcomes.inc({ outcome: 'dropped', reason: 'stale' });
    const text = await registry.metrics();
    expect(text).toContain('rappel_rejections_total{reason="audience"} 2');
    expect(text).toContain('rappel_outcomes_total{outcome="dropped",reason="stale"} 1');
  });

  it('sorts lateness into buckets from a tenth of a second to three days', async () => {
    const { registry, sendLateness } = createMetrics();
    sendLateness.observe({ channel: 'email' }, 0.2);
    sendLateness.observe({ channel: 'email' }, 200_000);
    const text = await registry.metrics();
    expect(text).toContain('rappel_send_lateness_seconds_bucket{le="0.1",channel="email"} 0');
    expect(text).toContain('rappel_send_lateness_seconds_bucket{le="0.25",channel="email"} 1');
    expect(text).toContain('rappel_send_lateness_seconds_bucket{le="259200",channel="email"} 2');
  });

  it('asks for the depth of the outbox at each scrape', async () => {
    let depth = 3;
    const { registry } = createMetrics({ outboxDepth: () => Promise.resolve(depth) });
    expect(await registry.metrics()).toContain('rappel_outbox_depth 3');
    depth = 0;
    expect(await registry.metrics()).toContain('rappel_outbox_depth 0');
  });

  it('counts the receivers that are paused and the templates that rest at each scrape, and names none', async () => {
    const now = { paused: 2, resting: 1 };
    const { registry } = createMetrics({ receiversPaused: () => now.paused, templatesResting: () => now.resting });
    const shown = async () => (await registry.metrics()).match(/^rappel_(receivers|templates).*$/gm);
    expect(await shown()).toEqual(['rappel_receivers_paused 2', 'rappel_templates_resting 1']);
    now.paused = 0;
    now.resting = 0;
    expect(await shown()).toEqual(['rappel_receivers_paused 0', 'rappel_templates_resting 0']);
  });
});
