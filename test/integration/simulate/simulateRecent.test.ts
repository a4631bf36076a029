// Simulated audiences that count "in the last days": what was recorded before the period counts as of then.
import { DAY, HOUR, type Recording, someone, startRecording } from '../../setup/recording.js';
import { type SimulationAnswer, simulation } from '../../setup/simulating.js';

let r: Recording;
beforeAll(async () => {
  r = await startRecording();
});
afterAll(() => r.api.close());

const messages = [{ channel: 'webhook', url: 'https://receiver.example/', body: {} }];

test('EV-05, SG-02: money of the days before the period and of those in it, what came after it left out', async () => {
  const { clock } = r.api;
  const midnight = Math.ceil(clock.now / DAY) * DAY;
  const at = (day: number, hour: number) => {
    clock.now = midnight + day * DAY + hour * HOUR;
    return r.iso();
  };
  const [steady, early, later] = [someone(), someone(), someone()];
  at(0, 12);
  await r.purchase(early, { price: 50 });
  at(1, 12);
  await r.purchase(steady, { price: 8 });
  const from = at(2, 0);
  at(2, 6);
  await r.purchase(steady, { price: 3 });
  await r.purchase(later, { price: 3 });
  at(2, 12);
  for (const user of [steady, early, later]) await r.purchase(user, { price: 1 });
  at(3, 6);
  await r.purchase(steady, { price: 1 });
  const to = at(4, 0);
  await r.purchase(later, { price: 50 });
  const simulate = (inLast: string): Promise<SimulationAnswer> => {
    const definition = { name: inLast, messages, trigger: { purchase: 'any' }, reEligibility: { after: '0 seconds' } };
    const audience = { moneySpent: { moreThan: 10, inLast } };
    return simulation(r, '/v1/campaigns/simulate', { definition: { ...definition, audience }, from, to });
  };
  // Steady at noon of the 2nd day (8 + 3); on the 3rd their 8 are gone. Early's 50 are of two days before.
  expect(await simulate('1 day')).toMatchObject({ entries: 1, rejections: { outside_audience: 5 } });
  expect(await simulate('2 days')).toMatchObject({ entries: 3, rejections: { outside_audience: 3 } });
});
