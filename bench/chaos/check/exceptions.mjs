// I8: an exception acknowledged before the message was due wins: nothing is sent. Later ones race with the send and
// are counted apart.
import { DELAY_MS, TRIGGER_OF } from '../campaigns.mjs';

export function checkExceptions({ planned, acked, provider }) {
  const delivered = new Set(provider.filter(({ kind }) => kind === 'delivered').map(({ eid }) => eid));
  const exceptions = [...planned.values()]
    .filter(({ eid, cancels }) => cancels !== undefined && acked.has(eid))
    .map(({ eid, cancels }) => {
      const victim = planned.get(cancels);
      return { eid, victim, dueAt: victim.time + DELAY_MS[TRIGGER_OF[victim.name]], ackedAt: acked.get(eid) };
    });
  const inTime = exceptions.filter(({ ackedAt, dueAt }) => ackedAt < dueAt);
  const racing = exceptions.filter(({ ackedAt, dueAt }) => ackedAt >= dueAt);
  const wasSent = ({ victim }) => delivered.has(victim.eid);
  return {
    title: 'I8 exceptions',
    figures: {
      exceptions_in_time: inTime.length,
      I8_sent_though_cancelled: inTime.filter(wasSent).length,
      exceptions_racing: racing.length,
      racing_sent: racing.filter(wasSent).length,
    },
    problems: inTime
      .filter(wasSent)
      .map(
        ({ eid, victim, ackedAt, dueAt }) =>
          `${victim.eid} was sent though its exception ${eid} was acknowledged ${dueAt - ackedAt} ms before it was due`,
      ),
  };
}
