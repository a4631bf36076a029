// I6: a channel that takes a key delivers once per key and once per event, and the ledger agrees with the provider.
// I7: nothing is sent before it is due. Everything due that nothing cancelled was sent.
import { DELAY_MS } from '../campaigns.mjs';
import { percentile } from './facts.mjs';
import { tell } from './pairings.mjs';
import { countBy } from './recorded.mjs';

/** Sent in an hour, and called off before. */
const LATER = new Set(['long', 'crowd']);
/** Late for what they are: how late says nothing of the others. */
const IN_TROUBLE = new Set(['stuck', 'slow']);

export function checkSends(facts) {
  const { provider, messages, pairings } = facts;
  const planned = [...facts.planned.values()];
  const delivered = provider.filter(({ kind }) => kind === 'delivered');
  const hooks = delivered.filter(({ channel }) => channel === 'webhook');
  const perKey = over(countBy(hooks.map(({ key }) => key)));
  const perEvent = over(
    countBy(hooks.filter(({ eid }) => eid !== '').map(({ campaign, eid }) => `${campaign} ${eid}`)),
  );

  const ledger = new Map(messages.map((message) => [message.send_key, message]));
  const keys = new Set(delivered.map(({ key }) => key));
  const claimsNothing = messages.filter(({ state, send_key }) => state === 'sent' && !keys.has(send_key));
  const unknown = messages.filter(({ state }) => state === 'unknown');
  const unsettled = [...keys].filter((key) => !['sent', 'unknown'].includes(ledger.get(key)?.state));

  const early = provider.map((line) => ({ line, due: dueOf(facts, line) })).filter(({ line, due }) => line.at < due);
  const lateness = hooks
    .filter(({ behaviour, campaign }) => behaviour === 'accept' && !IN_TROUBLE.has(campaign))
    .map((line) => line.at - dueOf(facts, line));

  const cancelled = new Set(planned.map(({ cancels }) => cancels));
  const poisoned = new Set(planned.filter(({ poison, mended }) => poison && !mended).map(({ eid }) => eid));
  const missing = pairings.filter(
    ({ campaign, eid, outcome }) =>
      !LATER.has(campaign) && !cancelled.has(eid) && !poisoned.has(eid) && !['sent', 'unknown'].includes(outcome),
  );
  return {
    title: 'I6, I7 sends',
    figures: {
      webhooks_delivered: hooks.length,
      webhook_replays: provider.filter(({ kind }) => kind === 'replay').length,
      I6_delivered_twice: perKey.length + perEvent.length,
      I6_sent_not_delivered: claimsNothing.length,
      I6_delivered_not_in_ledger: unsettled.length,
      unknown_webhooks: unknown.filter(({ channel }) => channel === 'webhook').length,
      unknown_emails: unknown.filter(({ channel }) => channel === 'email').length,
      not_sent_though_due: missing.length,
      I7_early: early.length,
      lateness_p50_ms: percentile(lateness, 0.5),
      lateness_p99_ms: percentile(lateness, 0.99),
      lateness_max_ms: percentile(lateness, 1),
    },
    problems: [
      ...perKey.map(([key, count]) => `send key ${key} was delivered ${count} times`),
      ...perEvent.map(([event, count]) => `${event} was delivered ${count} times`),
      ...claimsNothing.map(({ send_key }) => `${send_key} is called sent and was never delivered`),
      ...unsettled.map((key) => `${key} was delivered and is ${ledger.get(key)?.state ?? 'unknown'} to the ledger`),
      ...missing.map((pairing) => `pairing ${tell(pairing)} was due and not sent`),
      ...early.map(({ line, due }) => `${line.key} came ${due - line.at} ms too early`),
    ],
  };
}

function over(counts) {
  return [...counts].filter(([, count]) => count > 1);
}

/** From what was posted, not from what the product made of it; only what follows a receipt has no event of its own. */
function dueOf({ planned, messages, pairings }, { campaign, eid, key }) {
  const event = planned.get(eid);
  if (event !== undefined) return event.time + DELAY_MS[campaign];
  const message = messages.find(({ send_key }) => send_key === key);
  const pairing = pairings.find(({ id }) => id === message?.pairing_id);
  return pairing?.due_at.getTime() ?? 0;
}
