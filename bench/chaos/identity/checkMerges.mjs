// Of pairs who have become one: nothing that was acknowledged of either is lost, nothing is sent twice, and what waits has its run.
import { checkPairings } from '../check/pairings.mjs';
import { countBy } from '../check/recorded.mjs';
import { MERGED_CAMPAIGNS, SENT_FOR_EACH } from './campaigns.mjs';

/** `plan` as `planMerges` made it, `answers` as `fire` returned them, `facts` as `readMergedFacts` read them. */
export function checkMerges({ plan, answers, facts }) {
  const merged = checkMerged({ plan, answers, facts });
  const pairings = checkPairings({ ...facts, planned: new Map() });
  const withoutRun =
    pairings.figures.I5_without_run_or_row + pairings.figures.I5_runs_without_pairing + pairings.figures.I4_limbo;
  const parts = [
    checkEvents({ plan, answers, facts, who: merged.who }),
    checkReceipts(facts),
    checkMessages({ plan, answers, facts, merged }),
    checkExceptions({ plan, answers, facts, merged }),
  ];
  return {
    title: 'people merged under faults',
    figures: {
      ...merged.figures,
      ...Object.assign({}, ...parts.map(({ figures }) => figures)),
      merge_pairings: pairings.figures.pairings,
      merge_pairings_without_run: withoutRun,
    },
    problems: [
      ...merged.problems,
      ...parts.flatMap(({ problems }) => problems),
      ...pairings.problems,
      ...counts(facts),
    ],
  };
}

function counts({ wrongCounts }) {
  return wrongCounts.map(
    ({ campaign, metric, kept, there }) => `campaign ${campaign} keeps ${kept} for ${metric}, where there are ${there}`,
  );
}

/** Who each pair is, and from when on it was acknowledged that they are one. */
function checkMerged({ plan, answers, facts }) {
  const who = new Map();
  const ackedAt = new Map();
  const problems = [];
  for (const pair of plan.pairs) {
    const [one, other] = [facts.ones(pair), facts.others(pair)];
    if (one === undefined || one !== other)
      problems.push(`pair ${pair.n} (${pair.form}) is ${one ?? 'nobody'} and ${other ?? 'nobody'}`);
    who.set(pair.n, other);
    ackedAt.set(pair.n, answers.get(`merge${pair.n}`)?.at ?? Number.POSITIVE_INFINITY);
  }
  const count = problems.length;
  const touched = plan.requests.filter(({ touches, id }) => touches?.name !== undefined && answers.has(id));
  const expected = [
    ...plan.pairs.flatMap(({ n }) => ['of_one', 'of_other'].map((name) => ({ n, name }))),
    ...touched.map(({ touches: { pair, name } }) => ({ n: pair, name })),
  ];
  const lost = expected.filter(({ n, name }) => facts.attributes.get(who.get(n))?.[name] === undefined);
  problems.push(...lost.map(({ n, name }) => `attribute ${name} of pair ${n} is lost`));
  return {
    who,
    ackedAt,
    figures: { merge_pairs: plan.pairs.length, merge_pairs_unmerged: count, merge_attributes_lost: lost.length },
    problems,
  };
}

/** The events whose request was acknowledged. */
export function ackedEvents(plan, answers) {
  return plan.requests.flatMap(({ id, events = [] }) => (answers.get(id)?.status < 300 ? events : []));
}

function checkEvents({ plan, answers, facts, who }) {
  const acked = ackedEvents(plan, answers);
  const stored = new Map();
  for (const { eid, user_id } of facts.events) {
    if (eid !== null) stored.set(eid, [...(stored.get(eid) ?? []), user_id]);
  }
  const lost = acked.filter(({ eid, pair }) => !(stored.get(eid) ?? []).includes(who.get(pair)));
  const twice = [...stored].filter(([, people]) => people.length > 1);

  const decided = countBy(facts.decided.map(({ campaign, seq }) => `${campaign} ${seq}`));
  const triggers = facts.events.flatMap(({ kind, name, seq }) => {
    if (kind === 'received') return name === 'first' ? [`second ${seq}`] : [];
    return name in MERGED_CAMPAIGNS ? [`${MERGED_CAMPAIGNS[name]} ${seq}`] : [];
  });
  const wrong = triggers.filter((trigger) => decided.get(trigger) !== 1);
  const merges = plan.pairs.map(({ n }) => answers.get(`merge${n}`));
  const after = acked.filter(({ pair, postAt }) => postAt > plan.pairs[pair].mergeAt);
  return {
    figures: {
      merge_requests_answered: merges.filter((answer) => answer !== undefined).length,
      merge_events: acked.length,
      merge_events_posted_after: after.length,
      merge_events_lost: lost.length,
      merge_events_twice: twice.length,
      merge_triggers: triggers.length,
      merge_triggers_not_decided_once: wrong.length,
    },
    problems: [
      ...lost.map(({ eid, pair }) => `event ${eid} is of ${stored.get(eid) ?? 'nobody'}, not of ${who.get(pair)}`),
      ...twice.map(([eid, people]) => `event ${eid} is stored ${people.length} times`),
      ...wrong.map((trigger) => `trigger ${trigger} was decided ${decided.get(trigger) ?? 0} times`),
    ],
  };
}

/** Of each message that was sent, the one who has its pairing now received it: in the stream, the receipts and the engagements. */
function checkReceipts({ pairings, messages, events, receipts, engagements, delivered }) {
  const owners = new Map(pairings.map(({ id, user_id }) => [id, user_id]));
  const received = new Map();
  for (const { message, user_id } of events) {
    if (message !== null) received.set(message, [...(received.get(message) ?? []), user_id]);
  }
  const sent = messages.filter(({ state }) => state === 'sent');
  const sentKeys = new Set(sent.map(({ send_key }) => send_key));
  const unsettled = [...new Set(delivered.map(({ key }) => key))].filter((key) => !sentKeys.has(key));
  const lost = sent.filter(({ id, pairing_id, user_id }) => {
    const [owner, ...more] = received.get(id) ?? [];
    return owner === undefined || more.length > 0 || owner !== owners.get(pairing_id) || owner !== user_id;
  });
  const key = ({ campaign, user_id }) => `${campaign} ${user_id}`;
  const expected = countBy(sent.map(key));
  const kept = { receipts, engagements };
  const wrong = Object.entries(kept).flatMap(([table, rows]) => {
    const counted = new Map(rows.map((row) => [key(row), Number(row.count)]));
    return [...new Set([...expected.keys(), ...counted.keys()])]
      .filter((each) => expected.get(each) !== counted.get(each))
      .map((each) => `${table} of ${each} say ${counted.get(each) ?? 0}, and ${expected.get(each) ?? 0} were sent`);
  });
  return {
    figures: {
      merge_messages: sent.length,
      merge_receipts_lost: lost.length + unsettled.length + wrong.length,
    },
    problems: [
      ...lost.map(
        ({ id, campaign, user_id }) =>
          `message ${id} (${campaign}) to ${user_id} was received by ${received.get(id) ?? 'nobody'}`,
      ),
      ...unsettled.map((each) => `${each} was delivered and is not called sent`),
      ...wrong,
    ],
  };
}

/** Each event that asks for a message leads to one; whoever is sent one only is sent none more once they are one person. */
function checkMessages({ plan, answers, facts, merged: { who, ackedAt } }) {
  const { delivered, messages, pairings, events, claims } = facts;
  const acked = ackedEvents(plan, answers);
  const perEvent = countBy(delivered.filter(({ eid }) => eid !== '').map(({ campaign, eid }) => `${campaign} ${eid}`));
  const perKey = countBy(delivered.map(({ key }) => key));
  const twice = [...perEvent, ...perKey].filter(([, count]) => count > 1).map(([what, n]) => `${what} came ${n} times`);
  const missing = acked
    .filter(({ name }) => SENT_FOR_EACH.includes(MERGED_CAMPAIGNS[name]))
    .filter(({ eid, name }) => !perEvent.has(`${MERGED_CAMPAIGNS[name]} ${eid}`))
    .map(({ eid, name }) => `${MERGED_CAMPAIGNS[name]} ${eid} was not sent`);

  const owners = new Map(pairings.map((pairing) => [pairing.id, pairing]));
  const keys = new Set(delivered.map(({ key }) => key));
  const sentOf = (campaign) =>
    messages.filter((message) => message.campaign === campaign && keys.has(message.send_key));
  const ownerOf = ({ pairing_id }) => owners.get(pairing_id).user_id;

  // One that follows for each that was received.
  const followed = countBy(sentOf('second').map(ownerOf));
  const first = countBy(
    events.filter(({ kind, name }) => kind === 'received' && name === 'first').map((e) => e.user_id),
  );
  for (const user of new Set([...followed.keys(), ...first.keys()])) {
    const [is, wanted] = [followed.get(user) ?? 0, first.get(user) ?? 0];
    if (is > wanted) twice.push(`second came ${is} times to ${user}, who received ${wanted} of first`);
    if (is < wanted) missing.push(`second came ${is} times to ${user}, who received ${wanted} of first`);
  }

  const claimedAt = new Map();
  for (const { send_key, at } of claims) if (!claimedAt.has(send_key)) claimedAt.set(send_key, at);
  const once = new Map();
  for (const message of sentOf('once')) once.set(ownerOf(message), [...(once.get(ownerOf(message)) ?? []), message]);
  const wanting = new Set(acked.filter(({ name }) => name === 'joined').map(({ pair }) => pair));
  for (const [n, user] of who) {
    const sent = (once.get(user) ?? []).map((message) => ({
      at: claimedAt.get(message.send_key),
      as: owners.get(message.pairing_id).run_user_id,
    }));
    const later = sent.filter(({ at }) => at > ackedAt.get(n));
    const isTwiceAsOne = new Set(sent.map(({ as }) => as)).size < sent.length;
    if (isTwiceAsOne || (later.length > 0 && sent.length > 1))
      twice.push(`once came ${sent.length} times to ${user} (pair ${n}), ${later.length} of them after the merge`);
    if (wanting.has(n) && sent.length === 0) missing.push(`once never came to ${user} (pair ${n})`);
  }
  const across = messages.filter(({ send_key, pairing_id }) => {
    const { run_user_id, user_id } = owners.get(pairing_id);
    return run_user_id !== user_id && keys.has(send_key);
  });
  return {
    figures: {
      merge_messages_followed: across.length,
      merge_messages_lost: missing.length,
      merge_messages_twice: twice.length,
    },
    problems: [...missing, ...twice],
  };
}

/** What the one waits for is called off by the other, who does it when it is acknowledged that they are one. */
function checkExceptions({ plan, answers, facts, merged: { ackedAt } }) {
  const byEid = new Map(facts.pairings.filter(({ eid }) => eid !== null).map((pairing) => [pairing.eid, pairing]));
  const asked = plan.requests.flatMap(({ id, events = [] }) => {
    const answer = answers.get(id);
    return events.filter(({ cancels, pair }) => cancels !== undefined && answer?.postedAt > ackedAt.get(pair));
  });
  const isCalledOff = ({ cancels }) => byEid.get(cancels)?.reason === 'exception';
  const missed = asked.filter((event) => byEid.has(event.cancels) && !isCalledOff(event));
  return {
    figures: { merge_exceptions: asked.length, merge_exceptions_missed: missed.length },
    problems: missed.map(({ eid, cancels }) => `${cancels} waits, though ${eid} called it off after the merge`),
  };
}
