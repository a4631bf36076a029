// I1: what was acknowledged is stored. I2: once. I3: each trigger is decided exactly once, by a pairing or a reason.
import { TRIGGER_OF } from '../campaigns.mjs';
import { isTrigger } from './facts.mjs';

export function checkRecorded({ acked, events, stored, pairings, rejections }) {
  const lost = [...acked.keys()].filter((eid) => !stored.has(eid));
  const copies = countBy(events.filter(({ eid }) => eid !== null).map(({ eid }) => eid));
  const stored_twice = [...copies].filter(([, count]) => count > 1).map(([eid]) => eid);

  const decided = countBy([
    ...pairings.map(({ campaign, trigger_seq }) => `${campaign} ${trigger_seq}`),
    ...rejections.map(({ campaign, event_seq }) => `${campaign} ${event_seq}`),
  ]);
  const triggers = [
    ...events.filter(isTrigger).map(({ name, seq }) => `${TRIGGER_OF[name]} ${seq}`),
    ...events.filter(({ kind, name }) => kind === 'received' && name === 'first').map(({ seq }) => `second ${seq}`),
  ];
  const undecided = triggers.filter((trigger) => !decided.has(trigger));
  const decidedTwice = [...decided].filter(([, count]) => count > 1).map(([trigger]) => trigger);
  const known = new Set(triggers);
  const fromNothing = [...decided.keys()].filter((trigger) => !known.has(trigger));
  return {
    title: 'I1–I3 recording',
    figures: {
      acked_events: acked.size,
      stored_events: stored.size,
      I1_acked_lost: lost.length,
      I2_stored_twice: stored_twice.length,
      triggers_decided: triggers.length,
      I3_undecided: undecided.length + fromNothing.length,
      I3_decided_twice: decidedTwice.length,
    },
    problems: [
      ...lost.map((eid) => `${eid} was acknowledged and is not stored`),
      ...stored_twice.map((eid) => `${eid} is stored more than once`),
      ...undecided.map((trigger) => `trigger ${trigger} has neither a pairing nor a reason`),
      ...fromNothing.map((trigger) => `a decision for ${trigger}, which is no stored trigger`),
      ...decidedTwice.map((trigger) => `trigger ${trigger} was decided more than once`),
    ],
  };
}

export function countBy(values) {
  const counts = new Map();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}
