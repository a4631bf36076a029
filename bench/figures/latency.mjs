// One at a time: from the POST of an event to the provider, against start → activity → result of a bare run; and from
// the POST of an exception to the pairing being cancelled.
import { setTimeout as wait } from 'node:timers/promises';
import { median, quantile, round } from '../stack/numbers.mjs';

const AT_ONCE = 'bench_at_once';
const LATER = 'bench_later';
const EXCEPTION = 'bench_exception';

export async function measureLatency({ installation, bare, sizes, say }) {
  const { poster, receiver, receiverUrl } = installation;
  const messages = [{ channel: 'webhook', url: `${receiverUrl}/{{\${user_id}}}`, body: {}, honoursWebhookId: true }];
  await installation.launch({ key: 'bench-at-once', name: 'At once', trigger: { customEvent: AT_ONCE }, messages });
  const names = Array.from({ length: sizes.warmUp + sizes.count }, (_, i) => `l-${i}`);
  await poster.call('people', { names });
  await receiver.call('reset');
  const ours = [];
  const floor = [];
  for (const name of names) {
    floor.push(await bare.call('once'));
    const { at } = await poster.call('one', { name, event: AT_ONCE });
    ours.push((await receiver.call('waitForPerson', name)) - at);
  }
  const measured = { ours: ours.slice(sizes.warmUp), floor: floor.slice(sizes.warmUp) };
  say(`latency: ${round(median(measured.ours))} ms to the provider, ${round(median(measured.floor))} ms bare`);
  return {
    figures: {
      latency_ratio: round(median(measured.ours) / median(measured.floor), 2),
      latency_ms_p50: round(median(measured.ours)),
      latency_ms_p99: round(quantile(measured.ours, 0.99)),
      bare_latency_ms_p50: round(median(measured.floor)),
    },
    details: measured,
  };
}

export async function measureExceptions({ installation, sizes, say }) {
  const { poster, receiverUrl } = installation;
  await installation.launch({
    key: 'bench-later',
    name: 'Later',
    trigger: { customEvent: LATER },
    delay: { after: '1 hour' },
    exceptions: [{ customEvent: EXCEPTION }],
    messages: [{ channel: 'webhook', url: `${receiverUrl}/never`, body: {}, honoursWebhookId: true }],
  });
  const names = Array.from({ length: sizes.count }, (_, i) => `x-${i}`);
  await poster.call('people', { names });
  await poster.call('trigger', { names, event: LATER });
  const times = [];
  for (const name of names) {
    const nextAt = performance.now() + 1_000 / sizes.perSecond;
    const { ms } = await poster.call('one', { name, event: EXCEPTION });
    const [{ reason }] = await installation.query(
      `select p.reason from pairings p join campaigns c on c.id = p.campaign_id join users u on u.id = p.user_id
       where c.key = 'bench-later' and u.external_id = $1::text`,
      [name],
    );
    // Acknowledged is cancelled: there is nothing to wait for after the answer.
    if (reason !== 'exception') throw new Error(`${name} is not cancelled after the answer but '${reason}'`);
    times.push(ms);
    await wait(Math.max(0, nextAt - performance.now()));
  }
  say(`exceptions: ${round(median(times))} ms`);
  return {
    figures: { exception_ms_p50: round(median(times)), exception_ms_p99: round(quantile(times, 0.99)) },
    details: { times },
  };
}
