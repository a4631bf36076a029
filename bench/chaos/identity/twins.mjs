// One person who did it all: what was acknowledged of both of a pair, posted of somebody else, once, when no campaign listens any
// more. Their counters are what those of the pair must be.
import { ackedEvents } from './checkMerges.mjs';
import { itemOf } from './planMerges.mjs';

const ITEMS_A_REQUEST = 75;
const READ_AT_ONCE = 8;

export async function checkCounters({ stack, plan, answers, startedAt }) {
  const acked = ackedEvents(plan, answers);
  for (let first = 0; first < acked.length; first += ITEMS_A_REQUEST) {
    const items = acked.slice(first, first + ITEMS_A_REQUEST).map((event) =>
      itemOf(event, {
        external_id: twinOf(event.pair),
        event_id: `twin-${event.eid}`,
        time: new Date(startedAt + event.at).toISOString(),
      }),
    );
    await stack.api.must('POST', '/users/track', {
      events: items.filter((item) => item.product_id === undefined),
      purchases: items.filter((item) => item.product_id !== undefined),
    });
  }
  const wanting = [...new Set(acked.map(({ pair }) => pair))].map((n) => plan.pairs[n]);
  const wrong = [];
  const queue = [...wanting];
  const lane = async () => {
    for (let pair = queue.shift(); pair !== undefined; pair = queue.shift()) {
      const [is, wanted] = await Promise.all([pair.other, twinOf(pair.n)].map((id) => countersOf(stack, id)));
      if (is !== wanted) wrong.push(`pair ${pair.n} (${pair.form}) has the counters ${is}, one person ${wanted}`);
    }
  };
  await Promise.all(Array.from({ length: READ_AT_ONCE }, lane));
  return {
    title: 'counters of people merged',
    figures: { merge_counters_compared: wanting.length, merge_counters_wrong: wrong.length },
    problems: wrong,
  };
}

function twinOf(n) {
  return `twin${n}`;
}

/** As text, in one order. */
async function countersOf(stack, externalId) {
  const { status, body } = await stack.api.call('GET', `/v1/users/${externalId}`);
  if (status !== 200) return `of nobody (${status})`;
  return JSON.stringify(body.totals.map((total) => JSON.stringify(total)).sort());
}
