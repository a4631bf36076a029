// Campaigns in trouble beside others: what they could not send was held, what was called off is not sent, and meanwhile
// the messages of others were. How many of these: compared with the bare workload beside them, where it ran.
import { DELAY_MS, TRIGGER_OF } from '../campaigns.mjs';

/** Of what the bare workload brought to its end in that time. Where a crowd takes the slots, next to nothing is sent. */
const GATE = 0.5;
/** Of the time the receiver is stuck: what is due in the last of it may be under way when it ends. */
const MARGIN = 0.1;
const NEIGHBOURS = new Set(['ordered', 'asked', 'joined']);

export function checkNeighbours(facts, { bareItems, isSmoke }) {
  const stuck = pairingsOf(facts, 'stuck');
  const { most } = facts;
  const flow = flowOf(facts, { bareItems, isSmoke, phase: isSmoke ? 'main' : 'neighbours' });
  const crowd = crowdOf(facts);
  return {
    title: 'neighbours of campaigns in trouble',
    figures: {
      stuck_messages: stuck.length,
      stuck_held_most: most.stuck,
      stuck_held_silent_most: most.silent,
      others_held_most: most.others,
      outbox_rows_most: most.outbox,
      ...crowd.figures,
      ...flow.figures,
    },
    problems: [
      ...(stuck.length === 0 ? ['nothing was to be sent to the stuck receiver'] : []),
      // In a short run it may be released before five have waited for it in vain.
      ...(most.silent === 0 && !isSmoke ? ['no message was seen to hold for the stuck receiver'] : []),
      ...crowd.problems,
      ...flow.problems,
    ],
  };
}

/** Of what each neighbour had due while the receiver was stuck: how much had arrived when it was released. */
function flowOf({ planned, acked, provider, notes }, { bareItems, isSmoke, phase }) {
  const called = [...planned.values()].filter((event) => event.phase === phase && event.name === 'called');
  const from = Math.min(...called.map(({ time }) => time));
  const to = notes.find((note) => note.phase === phase && note.fault === 'release')?.from;
  const due = { from, to: to - MARGIN * (to - from) };
  const bare = bareItems === null ? null : shareOf(bareItems, { due, to });
  const gate = GATE * (bare?.share ?? 0);
  const figures = { neighbours_bare_share: bare?.share?.toFixed(3) ?? null };
  const problems = isSmoke || bare?.count > 0 ? [] : ['the bare workload had nothing due in that time'];
  let sentInAll = 0;
  for (const name of NEIGHBOURS) {
    const campaign = TRIGGER_OF[name];
    const { share, sent, count } = shareOf(itemsOf({ planned, acked, provider, name, phase }), { due, to });
    figures[`neighbours_${campaign}_sent`] = sent;
    figures[`neighbours_${campaign}_due`] = count;
    sentInAll += sent;
    if (!isSmoke && !(sent > 0 && share >= gate))
      problems.push(`beside campaigns in trouble ${sent} of ${count} messages of ${campaign} were sent`);
  }
  // A short run has few of them, and one kill may last as long as the receiver is stuck.
  if (isSmoke && sentInAll === 0) problems.push('beside campaigns in trouble no message of another was sent');
  return { figures, problems };
}

function shareOf(items, { due, to }) {
  const of = items.filter((item) => item.due >= due.from && item.due <= due.to);
  const sent = of.filter(({ at }) => at !== undefined && at < to).length;
  return { count: of.length, sent, share: of.length === 0 ? 0 : sent / of.length };
}

/** What nothing cancels and whose template ends; acknowledged late is due late. */
function itemsOf({ planned, acked, provider, name, phase }) {
  const cancelled = new Set([...planned.values()].map(({ cancels }) => cancels));
  const sentAt = new Map();
  for (const { eid, at, kind } of provider) if (kind === 'delivered' && !sentAt.has(eid)) sentAt.set(eid, at);
  const delay = DELAY_MS[TRIGGER_OF[name]];
  return [...planned.values()]
    .filter((event) => event.name === name && event.phase === phase && !event.poison && !cancelled.has(event.eid))
    .filter(({ eid }) => acked.has(eid))
    .map(({ eid, time }) => ({ due: Math.max(time + delay, acked.get(eid)), at: sentAt.get(eid) }));
}

/** All that were called off have ended so, without a message. */
function crowdOf({ planned, acked, provider, ...facts }) {
  const calledOff = ({ eid }) => acked.has(planned.get(eid)?.calledOffBy);
  const all = pairingsOf(facts, 'crowd').filter(calledOff);
  const ended = all.filter(({ outcome, reason }) => outcome === 'cancelled' && reason === 'exception');
  const sent = provider.filter(({ campaign }) => campaign === 'crowd');
  return {
    figures: { called_off: all.length, called_off_ended: ended.length, called_off_sent: sent.length },
    problems: [
      ...(all.length === 0 ? ['nothing was called off'] : []),
      ...(ended.length === all.length ? [] : [`${all.length - ended.length} that were called off have not ended so`]),
      ...sent.map(({ eid }) => `${eid} was called off and sent`),
    ],
  };
}

function pairingsOf({ pairings }, campaign) {
  return pairings.filter((pairing) => pairing.campaign === campaign);
}
