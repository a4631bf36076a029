// A campaign in one sentence, for operators. What goes to Temporal (`describeWait`) names the campaign and its events
// only: never an operand of a filter, which may be somebody's address.

import { describeFilter } from '../../audience/filter.js';
import { CHANNELS, type ChannelName, contentsOf } from '../../channel/index.js';
import { describeEvent } from '../../event/kinds.js';
import type { EventMatcher } from '../../event/matcher.js';
import { formatPropertyPath } from '../../event/propertyPath.js';
import type { PropertyTest } from '../../event/propertyTest.js';
import { IS_FIRST } from '../../event/receipt.js';
import { formatDurationText } from '../../timing/durationText.js';
import { MINUTE_MS } from '../../timing/localTime.js';
import type {
  Campaign,
  CampaignDuration,
  CampaignRules,
  Moment,
  QuietHours,
  ReEligibility,
  TimeWindow,
} from '../campaign.js';
import { WEEKDAYS } from '../definition/timingSpec.js';
import { type Delay, exceptionsOf, type ZoneRule } from '../entry.js';

const OPERATOR_WORDS: Readonly<Record<PropertyTest['op'], string>> = {
  equals: '=',
  doesNotEqual: '≠',
  isAnyOf: 'is any of',
  isNoneOf: 'is none of',
  atLeast: '≥',
  atMost: '≤',
  moreThan: '>',
  lessThan: '<',
  contains: 'contains',
  doesNotContain: 'does not contain',
  matchesRegex: 'matches',
  before: 'is before',
  after: 'is after',
  isBlank: 'is blank',
  equalsTrigger: 'equals the trigger’s',
};

/**
 * All that decides, in words: "Cart reminder: when add_to_cart (cart_value ≥ 100) and country equals FR, wait 1 hour, unless any
 * purchase comes before, then send email “Still thinking?”. From …, at most once a person. …"
 */
export function describeCampaign(rules: CampaignRules, name: string): string {
  const audience = rules.audience === null ? '' : ` and ${describeFilter(rules.audience)}`;
  const parts = [`when ${describeMatcher(rules.entry.trigger)}${audience}`];
  if (rules.entry.delay.kind !== 'none') parts.push(describeDelay(rules.entry.delay));
  if (exceptionsOf(rules).length > 0)
    parts.push(`unless ${exceptionsOf(rules).map(describeMatcher).join(' or ')} comes before`);
  if (rules.recheckAudience && rules.audience !== null) parts.push('if still in the audience then');
  if (rules.window !== null) parts.push(describeWindow(rules.window));
  if (rules.quietHours !== null) parts.push(describeQuietHours(rules.quietHours));
  parts.push(`then send ${describeMessages(rules)}`);
  return `${name}: ${parts.join(', ')}. ${describeOften(rules.reEligibility)}${describeDuration(rules.duration)}`;
}

function describeWindow({ fromMinute, toMinute, missed, zone }: TimeWindow): string {
  const instead = missed === 'drop' ? 'else dropped' : 'else at its next opening';
  return `between ${timeOfDay(fromMinute)} and ${timeOfDay(toMinute)} (${describeZone(zone)}; ${instead})`;
}

function describeQuietHours({ fromMinute, toMinute, policy, zone }: QuietHours): string {
  const instead = policy === 'hold' ? 'waiting until they end' : 'dropping what falls due in them';
  return `quiet from ${timeOfDay(fromMinute)} to ${timeOfDay(toMinute)} (${describeZone(zone)}) ${instead}`;
}

const LONGEST_TITLE = 60;

/** Each channel, an e-mail with its subject as it is written; of several variants, their subjects. */
function describeMessages({ variants }: CampaignRules): string {
  const titles = new Map<ChannelName, Set<string>>();
  for (const [channel, content] of variants.flatMap(({ messages }) => contentsOf(messages))) {
    const ofChannel = titles.get(channel) ?? new Set();
    const title = CHANNELS[channel].titleOf(content);
    if (title !== null) ofChannel.add(`“${cutTo(title, LONGEST_TITLE)}”`);
    titles.set(channel, ofChannel);
  }
  return [...titles]
    .map(([channel, ofChannel]) => [channel, [...ofChannel].join(' or ')].filter((part) => part !== '').join(' '))
    .join(' and ');
}

function describeOften(rule: ReEligibility): string {
  if (rule.kind === 'never') return 'Once a person.';
  return rule.ms === 0
    ? 'As often as it is triggered.'
    : `Again to a person from ${formatDurationText(rule.ms)} after a receipt on.`;
}

function describeDuration(duration: CampaignDuration | null): string {
  if (duration === null) return '';
  const { start, end, zone } = duration;
  const isLocal = start?.kind === 'local' || end?.kind === 'local';
  const clock = isLocal ? ` (${describeZone(zone)})` : '';
  const from = start === null ? '' : `from ${describeMoment(start)}`;
  const to = end === null ? '' : `before ${describeMoment(end)}`;
  return ` Only ${[from, to].filter((part) => part !== '').join(' and ')}${clock}.`;
}

function describeMoment(moment: Moment): string {
  return moment.kind === 'instant' ? describeInstant(moment.at) : moment.iso.replace('T', ' ').slice(0, 16);
}

function cutTo(text: string, length: number): string {
  const characters = [...text];
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join('')}…`;
}

export function describeDelay(delay: Delay): string {
  switch (delay.kind) {
    case 'none':
      return 'at once';
    case 'after':
      return `wait ${formatDurationText(delay.ms)}`;
    case 'nextWeekday':
      return `wait until next ${weekdayName(delay.weekday)} at ${clockTime(delay)}`;
    case 'inDays':
      return `wait until ${clockTime(delay)} ${DAYS_LATER[delay.days] ?? `${delay.days} days later`}`;
    default:
      return delay satisfies never;
  }
}

const DAYS_LATER = ['the same day', 'the next day'];

function weekdayName(weekday: number): string {
  const name = WEEKDAYS[weekday - 1] ?? '';
  return `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
}

/** "09:00 (their time)" */
function clockTime({ minute, zone }: { readonly minute: number; readonly zone: ZoneRule }): string {
  return `${timeOfDay(minute)} (${describeZone(zone)})`;
}

function describeZone(zone: ZoneRule): string {
  switch (zone.kind) {
    case 'user':
      return 'their time';
    case 'workspace':
      return 'workspace time';
    case 'iana':
      return zone.zone;
    default:
      return zone satisfies never;
  }
}

/** "add_to_cart (cart_value ≥ 100 and cart_value ≤ 200)" */
export function describeMatcher(matcher: EventMatcher): string {
  // Which message of a pairing is its receipt goes without saying.
  const told = matcher.where.filter(({ path }) => matcher.kind !== 'received' || path[0] !== IS_FIRST);
  const tests = told.map(describePropertyTest).join(' and ');
  return tests === '' ? describeEvent(matcher) : `${describeEvent(matcher)} (${tests})`;
}

function describePropertyTest({ path, op, value }: PropertyTest): string {
  const property = formatPropertyPath(path);
  if (op === 'isBlank') return `${property} is ${value === true ? '' : 'not '}blank`;
  return `${property} ${OPERATOR_WORDS[op]} ${typeof value === 'string' ? value : JSON.stringify(value)}`;
}

export interface Wait {
  readonly campaign: Pick<Campaign, 'name' | 'entry'>;
  readonly until: number;
  /** Why it waits longer than its delay: "until the window opens". */
  readonly because?: string;
}

/** Temporal refuses longer summaries. */
const MAX_SUMMARY_BYTES = 200;

/** "Cart reminder: until 2025-03-06 11:00 UTC, unless any purchase" */
export function describeWait({ campaign, until, because }: Wait): string {
  const exceptions = exceptionsOf(campaign);
  const unless = exceptions.length === 0 ? '' : `, unless ${exceptions.map(describeEvent).join(' or ')}`;
  const why = because === undefined ? '' : ` (${because})`;
  return cutToBytes(`${campaign.name}: until ${describeInstant(until)}${why}${unless}`, MAX_SUMMARY_BYTES);
}

function describeInstant(at: number): string {
  const iso = new Date(at).toISOString();
  return `${iso.slice(0, 10)} ${at % MINUTE_MS === 0 ? iso.slice(11, 16) : iso.slice(11, 19)} UTC`;
}

function cutToBytes(text: string, max: number): string {
  if (Buffer.byteLength(text) <= max) return text;
  let cut = '';
  let bytes = Buffer.byteLength('…');
  for (const character of text) {
    bytes += Buffer.byteLength(character);
    if (bytes > max) break;
    cut += character;
  }
  return `${cut}…`;
}

function timeOfDay(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
}
