// Whether a person is in an audience, told from the rules alone: no code of the product is imported or followed, so that
// it does not share the errors of what it is compared with. It is slow and plain on purpose.
import { attributePasses, propertiesPass } from './oracle/operators.js';
import { type Fields, fieldsOf, instantOf, lengthOf, listOf, numberOf, textOf, type Value } from './oracle/written.js';

/** All that is known of a person, as it is stored. */
export interface Known {
  /** Fields of the profile, by the names that filters use: `email`, `time_zone`, … */
  readonly columns: Fields;
  readonly attributes: Fields;
  readonly events: readonly KnownEvent[];
  /** Kept counters: purchases by product and in all (""), sessions (""). */
  readonly counters: readonly Counter[];
  readonly messages: readonly Messages[];
}

interface KnownEvent {
  readonly kind: string;
  readonly name: string;
  readonly time: number;
  readonly properties: Fields;
}

interface Counter {
  readonly kind: string;
  readonly name: string;
  readonly count: number;
  readonly amount: number;
  readonly firstAt: number;
  readonly lastAt: number;
}

/** Messages of one campaign, variant and channel. */
interface Messages {
  readonly campaign: string;
  readonly tags: readonly string[];
  readonly variant: string;
  readonly channel: string;
  readonly count: number;
  readonly lastAt: number;
}

const DAY = 86_400_000;

/** Whether the filter, as it was written, takes the person in at the instant. A segment brings its own filter along. */
export function isInAudience(person: Known, filter: Value, now: number): boolean {
  const written = fieldsOf(filter);
  const inside = (each: Value) => isInAudience(person, each, now);
  const [tag = ''] = KINDS.filter((kind) => Object.hasOwn(written, kind));
  const { [tag]: subject, ...more } = written;
  if (subject === undefined) throw new Error(`no rule for ${JSON.stringify(filter)}`);
  switch (tag) {
    case 'all':
      return listOf(subject).every(inside);
    case 'any':
      return listOf(subject).some(inside);
    case 'none':
      return !listOf(subject).some(inside);
    case 'not':
      return !inside(subject);
    case 'segment':
      return inside(fieldsOf(more['filter']));
    case 'attribute':
      // What has a column of its own is never among the attributes.
      return attributePasses({ ...person.attributes, ...person.columns }, written, now);
    case 'eventCount':
      return counts(more, (since) => sum(happened(person, 'custom', subject, since, more['where'], now), () => 1), now);
    case 'purchaseCount':
      return counts(more, (since) => purchases(person, subject, since, more['where'], now), now);
    case 'sessionCount':
      return counts(fieldsOf(subject), (since) => sessions(person, since, now), now);
    case 'moneySpent':
      return counts(fieldsOf(subject), (since) => spent(person, since, now), now);
    case 'firstUsed':
      return isWhen(kept(person, 'session', '')?.firstAt, fieldsOf(subject), now);
    case 'lastUsed':
      return isWhen(kept(person, 'session', '')?.lastAt, fieldsOf(subject), now);
    case 'firstDid':
      return isWhen(times(person, subject, now).at(0), more, now);
    case 'lastDid':
      return isWhen(times(person, subject, now).at(-1), more, now);
    case 'firstPurchased':
      return isWhen(kept(person, 'purchase', product(subject))?.firstAt, more, now);
    case 'lastPurchased':
      return isWhen(kept(person, 'purchase', product(subject))?.lastAt, more, now);
    case 'received':
      return hasReceived(person, subject, more, now);
    case 'lastReceived':
      return isWhen(
        chosen(person, subject)
          .map(({ lastAt }) => lastAt)
          .toSorted((a, b) => a - b)
          .at(-1),
        more,
        now,
      );
    default:
      throw new Error(`no rule for ${tag}`);
  }
}

const KINDS = [
  ...['all', 'any', 'none', 'not', 'segment', 'attribute'],
  ...['eventCount', 'purchaseCount', 'sessionCount', 'moneySpent'],
  ...['firstUsed', 'lastUsed', 'firstDid', 'lastDid', 'firstPurchased', 'lastPurchased', 'received', 'lastReceived'],
];

const sum = <T>(list: readonly T[], of: (each: T) => number) => list.reduce((total, each) => total + of(each), 0);

/** "any" product is counted under no name. */
const product = (subject: Value) => (subject === 'any' ? '' : textOf(subject));

function kept(person: Known, kind: string, name: string): Counter | undefined {
  return person.counters.find((each) => each.kind === kind && each.name === name);
}

/** Events of a kind and a name, of any where the name is "", from an instant on whose properties pass. */
function happened(
  person: Known,
  kind: string,
  name: Value,
  since: number | null,
  where: Value | undefined,
  now: number,
): readonly KnownEvent[] {
  return person.events.filter(
    (event) =>
      event.kind === kind &&
      (name === '' || event.name === name) &&
      event.time >= (since ?? Number.NEGATIVE_INFINITY) &&
      propertiesPass(event.properties, where, now),
  );
}

/** When a custom event happened, in order. */
const times = (person: Known, name: Value, now: number) =>
  happened(person, 'custom', textOf(name), null, undefined, now)
    .map(({ time }) => time)
    .toSorted((a, b) => a - b);

/** How many were bought: a quantity counts as so many purchases (UT-07). */
function purchases(person: Known, subject: Value, since: number | null, where: Value | undefined, now: number): number {
  if (since === null) return kept(person, 'purchase', product(subject))?.count ?? 0;
  return sum(happened(person, 'purchase', product(subject), since, where, now), quantity);
}

function sessions(person: Known, since: number | null, now: number): number {
  if (since === null) return kept(person, 'session', '')?.count ?? 0;
  return happened(person, 'session', '', since, undefined, now).length;
}

/** Price times quantity of each purchase (UT-07), whatever the currency, as the decimal number of four places that it is. */
function spent(person: Known, since: number | null, now: number): number {
  const amount =
    since === null
      ? (kept(person, 'purchase', '')?.amount ?? 0)
      : sum(happened(person, 'purchase', '', since, undefined, now), (event) => price(event) * quantity(event));
  // What binary fractions are off by is beyond the fifteenth digit.
  const units = Number((Math.abs(amount) * 10_000).toPrecision(15));
  return (Math.sign(amount) * Math.floor(units + 0.5)) / 10_000;
}

const price = ({ properties: { price: written = null } }: KnownEvent) => (typeof written === 'number' ? written : 0);

/**
 * One unless it is said. Open question: the API lets whole numbers from 1 to 100 in, and nothing says what another number
 * counts that is stored all the same; here it counts as what it is.
 */
function quantity({ properties: { quantity: written = null } }: KnownEvent): number {
  return typeof written === 'number' ? written : 1;
}

/** Whether a count, ever or in the last UTC calendar days and today (SG-02), is what is asked. */
function counts(
  { inLast, where: _, ...operators }: Fields,
  count: (since: number | null) => number,
  now: number,
): boolean {
  const today = Math.floor(now / DAY) * DAY;
  const counted = count(inLast === undefined ? null : today - lengthOf(inLast));
  return Object.entries(operators).every(([name, operand]) => isCount(counted, name, numberOf(operand)));
}

function isCount(counted: number, name: string, operand: number): boolean {
  switch (name) {
    case 'equals':
      return counted === operand;
    case 'doesNotEqual':
      return counted !== operand;
    case 'atLeast':
      return counted >= operand;
    case 'atMost':
      return counted <= operand;
    case 'moreThan':
      return counted > operand;
    case 'lessThan':
      return counted < operand;
    default:
      throw new Error(`no rule for ${name}`);
  }
}

/** Whether something was when it is asked to have been; never, where it never was (SG-04). */
function isWhen(at: number | undefined, operators: Fields, now: number): boolean {
  if (at === undefined) return false;
  return Object.entries(operators).every(([name, operand]) => {
    switch (name) {
      case 'moreThan':
        return now - at >= lengthOf(operand);
      case 'lessThan':
        return now - at < lengthOf(operand);
      case 'before':
        return at < instantOf(operand);
      case 'after':
        return at > instantOf(operand);
      default:
        throw new Error(`no rule for ${name}`);
    }
  });
}

/** The messages that are meant: of one campaign, variant, channel and tag, as far as each is said (SG-12). */
function chosen(person: Known, which: Value): readonly Messages[] {
  if (which === 'any') return person.messages;
  return person.messages.filter(({ campaign, tags, variant, channel }) =>
    Object.entries(fieldsOf(which)).every(([name, wanted]) => {
      switch (name) {
        case 'campaign':
          return campaign === wanted;
        case 'variant':
          return variant === wanted;
        case 'channel':
          return channel === wanted;
        case 'tag':
          return tags.includes(textOf(wanted));
        default:
          throw new Error(`no rule for ${name}`);
      }
    }),
  );
}

/** How many messages; without an operator any at all. */
function hasReceived(person: Known, which: Value, operators: Fields, now: number): boolean {
  const count = sum(chosen(person, which), (each) => each.count);
  return Object.keys(operators).length === 0 ? count > 0 : counts(operators, () => count, now);
}
