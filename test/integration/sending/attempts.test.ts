// One attempt to send under our own faults: a database that fails while settling, a process that dies between claim
// and answer, two attempts of one send alive at once. Real PostgreSQL and channels; no Temporal.
import { createActivities } from '../../../activities/index.js';
import { misconfigured } from '../../../channels/sendResult.js';
import type { Pool } from '../../../storage/pool.js';
import { someone } from '../../setup/recording.js';
import { type RealChannels, startRealChannels } from './realChannels.js';

let channels: RealChannels;
let r: RealChannels['r'];
let smtp: RealChannels['smtp'];
let http: RealChannels['http'];
let deps: RealChannels['deps'];
let warnings: RealChannels['warnings'];
let due: RealChannels['due'];
beforeAll(async () => {
  channels = await startRealChannels();
  ({ r, smtp, http, deps, warnings, due } = channels);
});
afterAll(() => channels.stop());
beforeEach(() => channels.reset());

/** The pool, whose statements of that name fail so many times: before they run, or after they have committed. */
function failing(statement: string, times: number, when: 'before' | 'after' = 'before'): Pool {
  let left = times;
  return new Proxy(deps.pool, {
    get(pool, property) {
      const value: unknown = Reflect.get(pool, property);
      if (property !== 'query') return typeof value === 'function' ? value.bind(pool) : value;
      return async (...query: Parameters<Pool['query']>) => {
        const isIt = (query[0] as unknown as { name?: string }).name === statement && left > 0;
        if (isIt) left -= 1;
        if (isIt && when === 'before') throw Object.assign(new Error('row of ann@example.com'), { code: '57P01' });
        const answer: unknown = await Promise.resolve<unknown>(pool.query(...query));
        if (isIt) throw new Error('connection lost');
        return answer;
      };
    },
  });
}

test('a failed settle is retried alone, never with the call', async () => {
  const { input, requests, state } = await due('email');
  const { attemptSend } = createActivities({ ...deps, pool: failing('settleMessages', 3) });
  expect(await attemptSend(input)).toMatchObject({ kind: 'ended', outcome: 'sent' });
  expect(requests()).toHaveLength(1);
  expect(await state()).toMatchObject({ outcome: 'sent', attempt: 1, receipts: 1 });
});

test('a settle whose answer was lost is settled once, and the next look finds it done', async () => {
  const { input, requests, state } = await due('email');
  const { attemptSend } = createActivities({ ...deps, pool: failing('settleMessages', 1, 'after') });
  expect(await attemptSend(input)).toMatchObject({ kind: 'hold' });
  expect(await attemptSend(input)).toMatchObject({ kind: 'ended', outcome: 'sent' });
  expect(requests()).toHaveLength(1);
  expect(await state()).toMatchObject({ outcome: 'sent', receipts: 1 });
});

test('a channel that cannot be suspended does not cost what another channel was answered', async () => {
  const name = someone();
  const messages = [
    { channel: 'email', subject: 'Hello', text: 'Hello' },
    { channel: 'webhook', url: `http://${http.host}/x` },
  ];
  const campaign = await r.launch({ trigger: { customEvent: name }, messages });
  await r.track({ attributes: [{ external_id: name, email: `${name}@example.com` }] });
  await r.event(name, name);
  const [pairing] = await r.pairings(campaign, name);
  const wrong = misconfigured('settings_wrong', 'x');
  const webhook = { ...deps.channels.webhook, send: () => Promise.resolve(wrong) };
  const channels = { ...deps.channels, webhook };
  const { attemptSend } = createActivities({ ...deps, channels, pool: failing('suspendChannel', 1) });
  const input = { pairingId: pairing?.id ?? 0, now: r.api.clock.now, inline: false };
  await expect(attemptSend(input)).rejects.toMatchObject({ type: 'OwnFailure' });
  expect(await attemptSend(input)).toMatchObject({ kind: 'hold' });
  expect(smtp.received).toHaveLength(1);
});

test('a failure of our own says where and what kind, and never quotes a row', async () => {
  const { input } = await due('email');
  const { attemptSend } = createActivities({ ...deps, pool: failing('selectDelivery', 1) });
  const failure = await attemptSend(input).catch((error: unknown) => error);
  expect(failure).toMatchObject({ type: 'OwnFailure', nonRetryable: false });
  const words = JSON.stringify([failure, (failure as Error).message, (failure as Error).stack]);
  expect(words).toContain('57P01');
  expect(words).toContain('attemptSend');
  expect(words).not.toContain('ann@example.com');
  expect(warnings).toEqual(['an attempt failed, to be repeated']);
});
