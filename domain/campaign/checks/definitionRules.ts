// What no single field can tell: which fields go together, and in which order times must lie. Paths are those of the
// definition as it was written.

import { CHANNEL_NAMES } from '../../channel/index.js';
import type { RawProblem } from '../../schema/problems.js';
import { parseAbsolute, parseLocal } from '../../timing/instant.js';
import { firstInstantAt } from '../../timing/localTime.js';
import { haveFreeMinute } from '../../timing/window.js';
import { compileQuietHours, compileWindow } from '../compile.js';
import type { WrittenDefinition, WrittenMessages } from '../definition/definitionSchema.js';
import { campaignOfEvent } from '../definition/eventSpec.js';
import { slugOf } from '../definition/slug.js';
import { type DurationSpec, isDelay } from '../definition/timingSpec.js';
import { impossibleHours } from './impossibleHours.js';

const CHANNELS = CHANNEL_NAMES.join(', ');

export function definitionProblems(written: WrittenDefinition): readonly RawProblem[] {
  return [
    ...keyProblems(written),
    ...entryProblems(written),
    ...exceptionProblems(written),
    ...referenceProblems(written),
    ...(written.duration === undefined ? [] : durationProblems(written.duration)),
    ...hoursProblems(written),
    ...impossibleHours({
      delay: (written.entry?.event ?? written).delay,
      window: written.window,
      quietHours: written.quietHours,
    }),
    ...contentProblems(written),
  ];
}

/** Of whatever is named by a key: one that has none needs a name that it can be made from. */
export function keyProblems({ key, name }: Pick<WrittenDefinition, 'key' | 'name'>): readonly RawProblem[] {
  if (key !== undefined || slugOf(name) !== null) return [];
  return [{ path: ['key'], message: 'cannot be made from the name', allowed: 'a key of a–z, 0–9, - and _' }];
}

function entryProblems(written: WrittenDefinition): readonly RawProblem[] {
  if (written.entry === undefined) {
    if (written.trigger !== undefined) return [];
    return [{ path: ['trigger'], message: 'is missing', allowed: 'trigger, or entry with an event' }];
  }
  const doubled = (['trigger', 'delay', 'exceptions'] as const).filter((field) => written[field] !== undefined);
  return doubled.map((field) => ({
    path: [field],
    message: 'stands beside entry, which says the same',
    allowed: `either entry.event.${field} or ${field}`,
  }));
}

function exceptionProblems(written: WrittenDefinition): readonly RawProblem[] {
  const path = written.entry === undefined ? [] : ['entry', 'event'];
  const { trigger, delay, exceptions = [] } = written.entry?.event ?? written;
  const problems: RawProblem[] = [];
  if (exceptions.length > 0 && !isDelay(delay)) {
    problems.push({
      path: [...path, 'exceptions'],
      message: 'need a delay: without one nothing can happen before the send (AB-30)',
      allowed: 'a delay such as { after: 1 hour }, or no exceptions',
    });
  }
  exceptions.forEach((exception, index) => {
    if (trigger === undefined || !('sessionStart' in trigger) || !('sessionStart' in exception)) return;
    problems.push({
      path: [...path, 'exceptions', index, 'sessionStart'],
      message: 'cannot be both trigger and exception of one campaign (AB-35)',
      allowed: 'customEvent, purchase',
    });
  });
  return problems;
}

/** What may be said about other campaigns (AB-30), and about oneself (CC-08). */
function referenceProblems(written: WrittenDefinition): readonly RawProblem[] {
  const path = written.entry === undefined ? [] : ['entry', 'event'];
  const { trigger, exceptions = [] } = written.entry?.event ?? written;
  if (trigger === undefined) return [];
  const own = written.key ?? slugOf(written.name);
  const about = campaignOfEvent(trigger);
  const problems: RawProblem[] = [];
  if (about !== null && about === own && written.reEligibility === 'never') {
    problems.push({
      path: [...path, 'trigger'],
      message: 'refers to this very campaign, which nobody may receive twice (CC-08)',
      allowed: 'the key of another campaign, or a reEligibility',
    });
  }
  exceptions.forEach((exception, index) => {
    const at = [...path, 'exceptions', index];
    if ('conversionOf' in exception && exception.conversionOf !== own) {
      problems.push({
        path: [...at, 'conversionOf'],
        message: 'names another campaign: only conversions of this one cancel its messages (AB-30)',
        allowed: `${own ?? 'the key of this campaign'}`,
      });
    }
    if ('interaction' in exception && about === null) {
      problems.push({
        path: [...at, 'interaction'],
        message: 'needs a trigger that is about a campaign too (AB-30)',
        allowed: 'customEvent, purchase, sessionStart, conversionOf',
      });
    }
  });
  return problems;
}

const EARLIEST_OFFSET_MS = -14 * 3_600_000;
const LATEST_OFFSET_MS = 12 * 3_600_000;

/** Where the zone is not known yet, only what cannot hold in any zone is refused. */
function durationProblems({ start, end, zone }: DurationSpec): readonly RawProblem[] {
  if (start === undefined || end === undefined) return [];
  const isOrdered =
    parseLocal(start) !== null && parseLocal(end) !== null
      ? (parseLocal(start) ?? 0) < (parseLocal(end) ?? 0)
      : momentIn(start, zone, EARLIEST_OFFSET_MS) < momentIn(end, zone, LATEST_OFFSET_MS);
  if (isOrdered) return [];
  return [{ path: ['duration', 'end'], message: 'is not after the start', allowed: `a date-time after ${start}` }];
}

function momentIn(text: string, zone: string, shiftMs: number): number {
  const localMs = parseLocal(text);
  if (localMs === null) return parseAbsolute(text) ?? 0;
  return zone === 'user' || zone === 'workspace' ? localMs + shiftMs : firstInstantAt(localMs, zone);
}

const WHOLE_DAY = { fromMinute: 0, toMinute: 1_440 };

/** QH-03: the clock must show some time at which something may be sent; two clocks cannot be compared before. */
function hoursProblems({ window, quietHours }: WrittenDefinition): readonly RawProblem[] {
  if (quietHours === undefined) return [];
  const open = window !== undefined && window.zone === quietHours.zone ? compileWindow(window) : WHOLE_DAY;
  if (haveFreeMinute(open, compileQuietHours(quietHours))) return [];
  return [
    {
      path: ['quietHours'],
      message: 'leave no time at which anything could be sent',
      allowed: 'hours that leave some time of the window, or of the day',
    },
  ];
}

function contentProblems(written: WrittenDefinition): readonly RawProblem[] {
  const given = (['variants', 'messages', 'message'] as const).filter((field) => written[field] !== undefined);
  const [first, second] = given;
  if (first === undefined) {
    return [
      { path: ['messages'], message: 'is missing: there is nothing to send', allowed: `a message by ${CHANNELS}` },
    ];
  }
  if (second !== undefined) {
    return [{ path: [second], message: `stands beside ${first}`, allowed: 'only one of messages, message, variants' }];
  }
  if (written.messages !== undefined) return messagesProblems(written.messages, ['messages']);
  return written.variants === undefined ? [] : variantProblems(written.variants);
}

function variantProblems(variants: NonNullable<WrittenDefinition['variants']>): readonly RawProblem[] {
  const problems = variants.flatMap((variant, index) =>
    messagesProblems(variant.messages, ['variants', index, 'messages']),
  );
  const total = variants.reduce((sum, variant) => sum + variant.share, 0);
  if (total !== 100) {
    problems.push({
      path: ['variants'],
      message: `have shares that sum to ${total}`,
      allowed: 'shares that sum to 100',
    });
  }
  variants.forEach(({ key }, index) => {
    if (variants.findIndex((other) => other.key === key) === index) return;
    problems.push({ path: ['variants', index, 'key'], message: `is used twice: "${key}"`, allowed: 'another key' });
  });
  return problems;
}

function messagesProblems(messages: WrittenMessages, path: readonly PropertyKey[]): RawProblem[] {
  const channels = Array.isArray(messages) ? messages.map(({ channel }) => channel) : [];
  const isEmpty = Array.isArray(messages)
    ? messages.length === 0
    : CHANNEL_NAMES.every((channel) => messages[channel] === undefined);
  if (isEmpty) return [{ path, message: 'is empty: there is nothing to send', allowed: `a message by ${CHANNELS}` }];
  return channels.flatMap((channel, index) =>
    channels.indexOf(channel) === index
      ? []
      : [
          {
            path: [...path, index, 'channel'],
            message: `is the second ${channel} message`,
            allowed: 'one message per channel',
          },
        ],
  );
}
