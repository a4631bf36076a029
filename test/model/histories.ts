// Random histories: one campaign with its edits and stops, and what each of many people does meanwhile.
import fc from 'fast-check';
import { MINUTE, type Rules, type Step } from './oracle.js';

const HOUR = 60 * MINUTE;
export const SPAN = 72 * HOUR;
const LATE = 5;
/** How long after UTC the last time zone reaches an hour. */
const LAST_ZONE = 12 * HOUR;
/** Minutes: of some re-eligibility periods, and between some triggers. */
const AGAIN = 60;
/** Into their minute: when the campaign is launched and operators act, and when what people do is recorded. */
const OPERATED_MS = 250;
const RECORDED_MS = 500;
/** Fractions of a second of an event's own time; null: written without one. */
const FRACTIONS = [0, 100, 400, null];

/** Days around which clocks change somewhere: Paris, New York, Lord Howe; and one where none does. */
const STARTS = [
  '2026-03-28T06:00Z',
  '2026-10-24T06:00Z',
  '2026-10-31T12:00Z',
  '2026-04-04T00:00Z',
  '2026-06-10T00:00Z',
];
const ZONES = ['UTC', 'Europe/Paris', 'America/New_York', 'Asia/Tokyo', 'Asia/Kolkata', 'Australia/Lord_Howe'];

export interface History {
  readonly startsAt: number;
  readonly launchedAt: number;
  /** How late every attempt to send is made, below a minute. */
  readonly lag: number;
  readonly rules: Rules;
  /** What operators do, in order. */
  readonly operations: readonly Step[];
  /** What each person does, in the order recorded. */
  readonly people: readonly (readonly Step[])[];
}

function rulesFrom(startsAt: number): fc.Arbitrary<Rules> {
  const minutes = (from: number, to: number) => fc.integer({ min: from, max: to });
  return fc
    .record({
      delay: fc
        .oneof(fc.constant(0), minutes(1, 30), minutes(1, 90), minutes(31, 600), minutes(601, 3_000))
        .map((n) => n * MINUTE),
      minValue: fc.option(fc.constant(50), { nil: null, freq: 2 }),
      exceptions: fc.uniqueArray(fc.constantFrom('repeat' as const, 'buy' as const, 'sameCart' as const), {
        maxLength: 2,
      }),
      goldOnly: fc.boolean(),
      recheck: fc.boolean(),
      window: fc.option(
        fc
          .record({ from: minutes(0, 95), quarters: minutes(8, 88), next: fc.boolean() })
          .map(({ from, quarters, next }) => ({ from: from * 15, to: ((from + quarters) % 96) * 15, next })),
        { nil: null, freq: 2 },
      ),
      end: fc.option(
        fc
          .integer({ min: 1, max: 5 })
          .map((days) => new Date(startsAt + days * 24 * HOUR).toISOString().slice(0, 11) + '12:00'),
        { nil: null, freq: 3 },
      ),
      again: fc.option(
        fc.oneof(fc.constant(0), fc.constant(AGAIN), minutes(1, 2_000)).map((n) => n * MINUTE),
        { nil: null, freq: 2 },
      ),
    })
    .map((rules) => (rules.delay === 0 ? { ...rules, exceptions: [] } : rules))
    .map((rules) => (isNeverDueIn(rules.window, rules.delay) ? withNextOpening(rules) : rules));
}

const DAY_MINUTES = 1_440;

/** The API refuses windows that drop whatever the delay leads to, whoever triggers in them; an hour is left for clock changes. */
function isNeverDueIn(window: Rules['window'], delay: number): boolean {
  if (window === null || window.next) return false;
  const apart = (delay / MINUTE) % DAY_MINUTES;
  const open = ((window.to - window.from + DAY_MINUTES) % DAY_MINUTES) + 60;
  return apart >= open && DAY_MINUTES - apart >= open;
}

function withNextOpening(rules: Rules): Rules {
  return { ...rules, window: rules.window === null ? null : { ...rules.window, next: true } };
}

function personFrom(startsAt: number): fc.Arbitrary<readonly Step[]> {
  const at = fc.integer({ min: 0, max: SPAN / MINUTE }).map((n) => startsAt + n * MINUTE);
  const near = fc.integer({ min: 0, max: 90 }).map((n) => startsAt + n * MINUTE);
  const when = fc.oneof({ weight: 3, arbitrary: near }, { weight: 2, arbitrary: at });
  const event = fc
    .record({
      at: when,
      kind: fc.constantFrom('trigger' as const, 'trigger' as const, 'buy' as const),
      late: fc.integer({ min: 0, max: LATE }),
      value: fc.constantFrom(0, 50, 100),
      cart: fc.constantFrom(1, 2),
      fraction: fc.constantFrom(...FRACTIONS),
      twice: fc.boolean(),
    })
    .map(({ at: recorded, late, fraction, twice, ...rest }): Step[][] => {
      const time = recorded - late * MINUTE + (fraction ?? 0);
      const step = { ...rest, at: recorded, time, whole: fraction === null, id: 0 };
      return [twice ? [step, { ...step, at: recorded + MINUTE }] : [step]];
    });
  // Within one second, where a time without a fraction makes arrival decide.
  const burst = fc
    .record({ at: when, fractions: fc.array(fc.constantFrom(...FRACTIONS), { minLength: 2, maxLength: 4 }) })
    .map(({ at: recorded, fractions }) =>
      fractions.map((fraction): Step[] => [
        {
          at: recorded,
          kind: 'trigger',
          time: recorded + (fraction ?? 0),
          whole: fraction === null,
          value: 100,
          cart: 1,
          id: 0,
        },
      ]),
    );
  // Planned exactly one period apart, to the millisecond.
  const apart = fc.record({ at: when, fraction: fc.constantFrom(...FRACTIONS) }).map(({ at: first, fraction }) =>
    [first, first + AGAIN * MINUTE].map((recorded): Step[] => [
      {
        at: recorded,
        kind: 'trigger',
        time: recorded + (fraction ?? 0),
        whole: fraction === null,
        value: 100,
        cart: 1,
        id: 0,
      },
    ]),
  );
  const tier = fc
    .record({ at: when, kind: fc.constant('tier' as const), gold: fc.boolean() })
    .map((step): Step[][] => [[step]]);
  // In the audience when the trigger comes, and soon no longer: by chance alone that is rare.
  const leave = fc.tuple(when, fc.integer({ min: 1, max: 60 })).map(([from, minutes]): Step[][] => [
    [
      { at: from, kind: 'tier', gold: true },
      { at: from + MINUTE, kind: 'trigger', time: from + MINUTE, whole: false, value: 100, cart: 1, id: 0 },
      { at: from + (1 + minutes) * MINUTE, kind: 'tier', gold: false },
    ],
  ]);
  const zone = fc
    .record({ at: when, kind: fc.constant('zone' as const), zone: fc.constantFrom(...ZONES) })
    .map((step): Step[][] => [[step]]);
  const steps = fc.array(
    fc.oneof(
      { weight: 6, arbitrary: event },
      { weight: 2, arbitrary: tier },
      { weight: 1, arbitrary: zone },
      { weight: 1, arbitrary: leave },
      { weight: 1, arbitrary: burst },
      { weight: 1, arbitrary: apart },
    ),
    {
      minLength: 1,
      maxLength: 10,
    },
  );
  // A repeat of one event is the same event: it keeps the id of its first arrival.
  return steps.map((groups) => {
    const numbered = groups.flat().map((group, id) => group.map((step) => ('id' in step ? { ...step, id } : step)));
    const recorded = numbered.flat().map((step) => ({ ...step, at: step.at + RECORDED_MS }));
    return renumber(inRecordedOrder(recorded));
  });
}

const RANK: Readonly<Record<Step['kind'], number>> = {
  edit: 0,
  stop: 0,
  resume: 0,
  tier: 1,
  zone: 1,
  trigger: 2,
  buy: 3,
};

export function inRecordedOrder(steps: readonly Step[]): readonly Step[] {
  return steps
    .map((step, position) => ({ step, position }))
    .sort((a, b) => a.step.at - b.step.at || RANK[a.step.kind] - RANK[b.step.kind] || a.position - b.position)
    .map(({ step }) => step);
}

/** Ids ascend in the order events are first recorded, as stream sequences do. */
export function renumber(steps: readonly Step[]): readonly Step[] {
  const ids = new Map<number, number>();
  return steps.map((step) => {
    if (!('id' in step)) return step;
    const id = ids.get(step.id) ?? ids.size + 1;
    ids.set(step.id, id);
    return { ...step, id };
  });
}

/** Without bias towards edge values: those of one field (no delay) would hide the others. */
export function histories(peopleCount: number): fc.Arbitrary<History> {
  return fc.noBias(historiesOf(peopleCount));
}

function historiesOf(peopleCount: number): fc.Arbitrary<History> {
  return fc.constantFrom(...STARTS).chain((start) => {
    const startsAt = Date.parse(start);
    const at = fc.integer({ min: 10, max: SPAN / MINUTE }).map((n) => startsAt + n * MINUTE + OPERATED_MS);
    const edit = fc.record({ at, kind: fc.constant('edit' as const), rules: rulesFrom(startsAt) });
    // A stop and its resume; edits may fall between them.
    const stop = fc.record({ at, pause: fc.integer({ min: 1, max: 300 }) }).map(({ at: from, pause }): Step[] => [
      { at: from, kind: 'stop' },
      { at: from + pause * MINUTE, kind: 'resume' },
    ]);
    return fc
      .record({
        lag: fc.constantFrom(0, 300, 30_000),
        rules: rulesFrom(startsAt),
        edits: fc.array(edit, { maxLength: 2 }),
        stops: fc.array(stop, { maxLength: 1 }),
        people: fc.array(personFrom(startsAt), { minLength: peopleCount, maxLength: peopleCount }),
      })
      .map(({ lag, rules, edits, stops, people }) => ({
        startsAt,
        launchedAt: startsAt + OPERATED_MS,
        lag,
        rules,
        operations: withoutLateResumes(rules, inRecordedOrder([...edits, ...stops.flat()])),
        people,
      }));
  });
}

/** The API refuses to resume a campaign of which the end has passed everywhere: a stop with such a resume is left out. */
function withoutLateResumes(first: Rules, operations: readonly Step[]): readonly Step[] {
  let end = first.end;
  for (const step of operations) {
    if (step.kind === 'edit') end = step.rules.end;
    if (step.kind === 'resume' && end !== null && Date.parse(`${end}Z`) + LAST_ZONE <= step.at)
      return operations.filter(({ kind }) => kind === 'edit');
  }
  return operations;
}
