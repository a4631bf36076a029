// What operators read as it happens: one line an outcome, in ids and reasons, also for what recording itself ends.
import { HOUR, type Recording, someone, startRecording } from '../../setup/recording.js';

let r: Recording;
beforeAll(async () => {
  r = await startRecording();
});
afterAll(() => r.api.close());

test('a cancellation by an exception is a line and a count, and names nobody', async () => {
  const campaign = await r.launch({
    trigger: { customEvent: 'cart' },
    delay: { after: '1 hour' },
    exceptions: [{ purchase: 'any' }],
  });
  const user = someone();
  await r.track({ attributes: [{ external_id: user, email: `${user}@example.com` }] });
  await r.event(user, 'cart');
  r.api.clock.now += HOUR / 2;
  await r.purchase(user);
  const lines = r.api.logLines.filter((line) => line.includes('"msg":"cancelled"'));
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? '{}')).toMatchObject({ campaign, reason: 'exception', pairing: expect.any(Number) });
  expect(r.api.logLines.join('\n')).not.toContain(user);
  const metrics = await r.api.deps.metrics.registry.metrics();
  expect(metrics).toContain('rappel_outcomes_total{outcome="cancelled",reason="exception"} 1');
});
