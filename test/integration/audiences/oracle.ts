// Whether a person is in an audience, told from the rules alone: no code of the product is imported or followed, so that
// it does not share the errors of what it is compared with. It is slow and plain on purpose.
import type { Asked } from './oracle/clock.js';
import { isNumber, isWhen } from './oracle/comparing.js';
import { attributePasses, propertiesPass } from './oracle/operators.js';
import type { Counter, Known, KnownEvent, Messages } from './oracle/person.js';
import { profilePasses } from './oracle/profile.js';
import { type Fields, fieldsOf, lengthOf, listOf, textOf, type Value } from './oracle/written.js';

const DAY = 86_400_000;

/** When it is asked, by the clock of a workspace, and whether for something that is sent by each person's own. */
interface Asking {
  readonly now: number;
  readonly zone: string;
  readonly isLocalTime: boolean;
}

/** Whether the filter, as it was written, takes the person in. A segment brings its own filter along. */
export function isInAudience(person: Known, filter: Value, { now, zone, isLocalTime }: Asking): boolean {
  const own = person.columns['time_zone'] ?? null;
  return isIn(person, filter, { now, zone, zoneOfDays: isLocalTime && own !== null ? textOf(own) : zone });
}

function isIn(person: Known, filter: Value, asked: Asked): boolean {
  const written = fieldsOf(filter);
  const inside = (each: Value) => isIn(person, each, asked);
  const [tag = ''] = Object.keys(written);
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
      return attributePasses({ ...person.attributes, ...person.columns }, written, asked);
    case 'eventCount':
      return counts(
        more,
        (since) => sum(happened(person, 'custom', subject, since, more['where'], asked), () => 1),
        asked,
      );
    case 'purchaseCount':
      return counts(more, (since) => purchases(person, subject, since, more['where'], asked), asked);
    case 'sessionCount':
      return counts(fieldsOf(subject), (since) => sessions(person, since, asked), asked);
    case 'moneySpent':
      return counts(fieldsOf(subject), (since) => spent(person, since, asked), asked);
    case 'firstUsed':
      return isWhen(kept(person, 'session', '')?.firstAt, fieldsOf(subject), asked);
    case 'lastUsed':
      return isWhen(kept(person, 'session', '')?.lastAt, fieldsOf(subject), asked);
    case 'firstDid':
      return isWhen(times(person, subject, asked).at(0), more, asked);
    case 'lastDid':
      return isWhen(times(person, subject, asked).at(-1), more, asked);
    case 'firstPurchased':
      return isWhen(kept(person, 'purchase', product(subject))?.firstAt, more, asked);
    case 'lastPurchased':
      return isWhen(kept(person, 'purchase', product(subject))?.lastAt, more, asked);
    case 'received':
      return hasReceived(person, subject, more, asked);
    case 'lastReceived':
      return isWhen(
        chosen(person, subject)
          .map(({ lastAt }) => lastAt)
          .toSorted((a, b) => a - b)
          .at(-1),
        more,
        asked,
      );
    default: {
      const passes = profilePasses(person, { tag, subject, more }, asked);
      if (passes === null) throw new Error(`no rule for ${tag}`);
      return passes;
    }
  }
}

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
  asked: Asked,
): readonly KnownEvent[] {
  return person.events.filter(
    (event) =>
      event.kind === kind &&
      (name === '' || event.name === name) &&
      event.time >= (since ?? Number.NEGATIVE_INFINITY) &&
      propertiesPass(event.properties, where, asked),
  );
}

/** When a custom event happened, in order. */
const times = (person: Known, name: Value, asked: Asked) =>
  happened(person, 'custom', textOf(name), null, undefined, asked)
    .map(({ time }) => time)
    .toSorted((a, b) => a - b);

/** How many were bought: a quantity counts as so many purchases (UT-07). */
function purchases(
  person: Known,
  subject: Value,
  since: number | null,
  where: Value | undefined,
  asked: Asked,
): number {
  if (since === null) return kept(person, 'purchase', product(subject))?.count ?? 0;
  return sum(happened(person, 'purchase', product(subject), since, where, asked), quantity);
}

function sessions(person: Known, since: number | null, asked: Asked): number {
  if (since === null) return kept(person, 'session', '')?.count ?? 0;
  return happened(person, 'session', '', since, undefined, asked).length;
}

/** Price times quantity of each purchase (UT-07), whatever the currency, as the decimal number of four places that it is. */
function spent(person: Known, since: number | null, asked: Asked): number {
  const amount =
    since === null
      ? (kept(person, 'purchase', '')?.amount ?? 0)
      : sum(happened(person, 'purchase', '', since, undefined, asked), (event) => price(event) * quantity(event));
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
  asked: Asked,
): boolean {
  const today = Math.floor(asked.now / DAY) * DAY;
  const counted = count(inLast === undefined ? null : today - lengthOf(inLast));
  return isNumber(counted, operators);
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
function hasReceived(person: Known, which: Value, operators: Fields, asked: Asked): boolean {
  const count = sum(chosen(person, which), (each) => each.count);
  return Object.keys(operators).length === 0 ? count > 0 : counts(operators, () => count, asked);
}
