// The rules of the product's specification that action-based delivery and its recording rest on, by id, in a few words each.
// `later`: the part of the product a rule waits for; it then needs no test yet.

export interface Rule {
  readonly id: string;
  readonly says: string;
  readonly later?: string;
}

const rule = (id: string, says: string, later?: string): Rule => ({
  id,
  says,
  ...(later === undefined ? {} : { later }),
});

export const SECTIONS: readonly { readonly title: string; readonly rules: readonly Rule[] }[] = [
  {
    title: 'Evaluation order and entry',
    rules: [
      rule('EV-01', 'the audience is tested first, then the trigger'),
      rule('EV-02', 'a changed attribute triggers first, the audience follows'),
      rule('EV-03', 'an added e-mail address triggers after the profile update'),
      rule('EV-04', 'the audience sees the profile before the trigger’s own counters, after the request’s attributes'),
      rule('EV-05', 'the first event only joins the audience, the second triggers'),
      rule('EV-06', 'a session start can be the very first'),
      rule('EV-07', 'the audience is tested at entry, and again at send only if asked'),
      rule('EV-08', 'attributes, then events, then purchases, within a request'),
      rule('EV-09', 'an event property filter does not depend on the profile'),
      rule('EV-10', 'membership used for sending is computed just before'),
      rule('EV-11', 'several segments are ANDed', 'segments'),
      rule('EV-12', 'the order of the gates'),
    ],
  },
  {
    title: 'Action-based delivery: triggers',
    rules: [
      rule('AB-01', 'the required kinds of trigger'),
      rule('AB-02', 'further kinds of trigger'),
      rule('AB-03', 'property filters are ANDed'),
      rule('AB-04', 'blank means absent'),
      rule('AB-05', 'nested paths and arrays'),
      rule('AB-06', 'regular expressions are case-sensitive in property filters'),
      rule('AB-07', 'e-mail added fires once per profile'),
      rule('AB-08', 'attribute changed: types, specific values, first set, never arrays or null'),
      rule('AB-09', 'subscription triggers fire on real changes, by source'),
      rule('AB-10', 'nothing before the launch qualifies'),
      rule('AB-11', 'in-app messages are triggered by SDK events', 'in-app messages'),
      rule('AB-12', 'in-app canvas steps are scheduled', 'canvas'),
      rule('AB-13', 'no limit of triggers per second for campaigns'),
      rule('AB-14', 'equal events of one batch are distinct'),
      rule('AB-15', 'edits are felt by waiting people when they fall due'),
      rule('AB-16', 'a delay counts from the event’s own time; old events trigger nothing'),
      rule('AB-17', 'future times are now'),
      rule('AB-18', 'a time without a fraction is some time within that second'),
      rule('AB-19', 'at most so many messages that one person waits for'),
    ],
  },
  {
    title: 'Action-based delivery: delays',
    rules: [
      rule('AB-20', 'kinds of delay'),
      rule('AB-21', 'next weekday at a time'),
      rule('AB-22', 'in N days at a time'),
      rule('AB-23', 'in 0 days at a time that has passed'),
      rule('AB-24', 'intelligent timing', 'intelligent timing'),
    ],
  },
  {
    title: 'Action-based delivery: exceptions',
    rules: [
      rule('AB-30', 'only with a delay; which kinds'),
      rule('AB-31', 'after entering cancels, before is ignored'),
      rule('AB-31a', 'after means greater (time, sequence)'),
      rule('AB-32', 'a cancelled person qualifies again'),
      rule('AB-33', 'trigger equal to exception starts over'),
      rule('AB-34', 'one send per quiet period; filters apart'),
      rule('AB-35', 'a session start is not both'),
      rule('AB-36', 'two pending, one receipt'),
      rule('AB-37', 'recorded before dispatch wins'),
      rule('AB-38', 'order of arrival does not matter'),
      rule('AB-39', 'comparing with the trigger’s properties'),
    ],
  },
  {
    title: 'Action-based delivery: duration and time window',
    rules: [
      rule('AB-40', 'due after the end is not sent'),
      rule('AB-41', 'start inclusive, end exclusive, in the person’s zone if asked'),
      rule('AB-42', 'not receiving is no receipt'),
      rule('AB-50', 'outside the window is dropped'),
      rule('AB-51', 'or waits for the next opening'),
      rule('AB-52', 'a trigger outside is not rescued'),
      rule('AB-53', 'dropped people stay qualified'),
      rule('AB-54', 'duration and window both hold'),
      rule('AB-55', 'in the person’s zone, over midnight'),
      rule('AB-56', 'when clocks change'),
      rule('AB-57', 'every reason is reportable'),
      rule('AB-58', 'stale after 72 hours'),
    ],
  },
  {
    title: 'Quiet hours',
    rules: [
      rule('QH-01', 'nothing is sent in them: abort or send when they end'),
      rule('QH-02', 'held by default'),
      rule('QH-03', 'over midnight'),
      rule('QH-04', 'not for in-app messages', 'in-app messages'),
      rule('QH-05', 'in canvas message steps', 'canvas'),
      rule('QH-06', 'with intelligent timing', 'intelligent timing'),
      rule('QH-07', 'aborts are reported'),
    ],
  },
  {
    title: 'Receipt and re-eligibility',
    rules: [
      rule('RE-01', 'once per person by default'),
      rule('RE-02', 'counted from receipt'),
      rule('RE-03', 'canvas counts from entry', 'canvas'),
      rule('RE-04', 'exact seconds'),
      rule('RE-05', 'period 0 always'),
      rule('RE-06', 'API-triggered campaigns', 'API-triggered campaigns'),
      rule('RE-07', 'recurring schedules', 'scheduled campaigns'),
      rule('RE-08', 'what received means, by channel'),
      rule('RE-09', 'control groups', 'control groups'),
      rule('RE-10', 'a duplicate starts over'),
      rule('RE-11', 'shared addresses and the global control group', 'control groups'),
      rule('RE-12', 'planned instants of schedules', 'scheduled campaigns'),
      rule('RE-13', 'a receipt less than a minute late counts from its planned instant'),
    ],
  },
  {
    title: 'Reachability and subscription',
    rules: [
      rule('SU-01', 'global states; unsubscribed people get nothing'),
      rule('SU-03', 'who can get e-mail at all'),
      rule('SU-04', 'groups, set for all who have the address'),
      rule('SU-07', 'the global e-mail state follows the address'),
    ],
  },
  {
    title: 'Who is who',
    rules: [
      rule('ID-01', 'aliases: new ones, and renamed ones'),
      rule('ID-02', 'somebody unidentified gets an external id, or is who has it'),
      rule('ID-03', 'a merge: values that are there win, counters are summed, receipts and history are those of both'),
      rule('ID-04', 'merges: whom an address means, what is refused'),
      rule('ID-05', 'deletion: of nobody deleted is anything kept but counts'),
      rule('ID-06', 'who was merged goes on waiting; the audience is not tested again'),
    ],
  },
  {
    title: 'Scenarios of action-based delivery',
    rules: Array.from({ length: 20 }, (_, index) => rule(`SC-002-${index + 1}`, 'end to end')),
  },
];
