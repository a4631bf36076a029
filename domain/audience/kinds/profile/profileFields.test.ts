import { NO_FACTS } from '../../../facts/userFacts.js';
import { applyAttributes } from '../../../profile/attributes/applyAttributes.js';
import { EMPTY_PROFILE, type Profile } from '../../../profile/profile.js';
import { askedAt } from '../../examples.js';
import { describeFilter, evaluateFilter, type Filter, filterSchema } from '../../filter.js';

/** 1 March 2027 in UTC, and still 28 February in New York. */
const NOW = Date.parse('2027-03-01T02:00:00Z');

interface Asking {
  readonly zone?: string;
  readonly isLocalTime?: boolean;
}

function ask(filter: object, profile: Partial<Profile> = {}, asking: Asking = {}) {
  const parsed: Filter = filterSchema.parse(filter);
  const person = { userId: 1, ...NO_FACTS, profile: { ...EMPTY_PROFILE, ...profile } };
  const { pass, seen } = evaluateFilter(parsed, person, askedAt(NOW, asking));
  return { pass, value: seen[0]?.value, words: describeFilter(parsed) };
}

const born = (dob: string, more: Partial<Profile> = {}) => ({ ...more, attributes: { dob } });

describe('SG-15: the fields of a profile are asked by their names as attributes', () => {
  const ann: Profile = {
    ...EMPTY_PROFILE,
    externalId: 'ann',
    email: 'ann@example.com',
    phone: '+33 6 12 34 56 78',
    timeZone: 'Europe/Paris',
    randomBucket: 1_234,
    attributes: {
      first_name: 'Ann',
      last_name: 'Martin',
      language: 'fr',
      gender: 'F',
      home_city: 'Lyon',
      country: 'FR',
    },
  };

  it.each<[string, object]>([
    ['first name', { attribute: 'first_name', equals: 'Ann' }],
    ['last name', { attribute: 'last_name', matchesRegex: '^mar' }],
    ['language', { attribute: 'language', isAnyOf: ['fr', 'de'] }],
    ['gender', { attribute: 'gender', equals: 'F' }],
    ['city', { attribute: 'home_city', contains: 'yon' }],
    ['country', { attribute: 'country', isAnyOf: ['FR', 'BE'] }],
    ['phone, as it was sent', { attribute: 'phone', equals: '+33 6 12 34 56 78' }],
    ['e-mail address', { attribute: 'email', matchesRegex: '@example\\.com$' }],
    ['external id', { attribute: 'external_id', isAnyOf: ['ann', 'bob'] }],
    ['random bucket', { attribute: 'random_bucket', atLeast: 1_000, lessThan: 2_000 }],
    ['time zone', { attribute: 'time_zone', equals: 'Europe/Paris' }],
  ])('%s', (_, filter) => {
    expect(ask(filter, ann).pass).toBe(true);
    expect(ask({ not: filter }, ann).pass).toBe(false);
    expect(ask(filter).pass).toBe(false);
  });
});

describe('SG-15: the age', () => {
  it('is in whole years, and one more from the birthday on', () => {
    expect(ask({ age: { atLeast: 18 } }, born('2009-03-01'))).toEqual({
      pass: true,
      value: 18,
      words: 'age at least 18',
    });
    expect(ask({ age: { moreThan: 18 } }, born('2009-03-01')).pass).toBe(false);
    expect(ask({ age: { moreThan: 18 } }, born('2008-03-01')).pass).toBe(true);
    expect(ask({ age: { atLeast: 18 } }, born('2009-03-02'))).toMatchObject({ pass: false, value: 17 });
    expect(ask({ age: { atLeast: 18, lessThan: 25 } }, born('2002-03-01'))).toMatchObject({ pass: false, value: 25 });
  });

  it('SG-03: of who was born on 29 February is one more from 1 March on', () => {
    expect(ask({ age: { equals: 19 } }, born('2008-02-29')).pass).toBe(true);
    expect(ask({ age: { equals: 18 } }, born('2008-02-29'), { zone: 'America/New_York' }).pass).toBe(true);
  });

  it('is not known of who has no day of birth, or one to come: nothing holds of it', () => {
    for (const profile of [{}, born('2027-03-02'), born('soon'), { attributes: { dob: 19_900_101 } }]) {
      for (const op of ['lessThan', 'atLeast', 'doesNotEqual'])
        expect(ask({ age: { [op]: 30 } }, profile)).toMatchObject({ pass: false, value: null });
    }
  });
});

describe('SG-15, SG-03: the birthday', () => {
  it.each<[string, string, Asking, boolean]>([
    ['today', '1990-03-01', {}, true],
    ['today', '1990-02-28', {}, false],
    ['today', '1988-02-29', {}, true],
    ['today', '1990-02-28', { zone: 'America/New_York' }, true],
    ['today', '1988-02-29', { zone: 'America/New_York' }, false],
    ['in 1 day', '1988-02-29', { zone: 'America/New_York' }, true],
    ['in 7 days', '1990-03-08', {}, true],
    ['7 days ago', '1990-02-22', {}, true],
    ['12-24', '1990-12-24', {}, true],
    ['02-29', '1988-02-29', {}, true],
    ['03-01', '1988-02-29', {}, true],
  ])('is %s of who was born on %s, asked %p: %p', (birthday, dob, asking, expected) => {
    expect(ask({ birthday }, born(dob), asking).pass).toBe(expected);
    expect(ask({ not: { birthday } }, born(dob), asking).pass).toBe(!expected);
  });

  it('is by the person’s own clock only where a campaign sends in local time', () => {
    const inTokyo = born('1990-03-01', { timeZone: 'Asia/Tokyo' });
    expect(ask({ birthday: 'today' }, inTokyo, { zone: 'America/New_York' }).pass).toBe(false);
    expect(ask({ birthday: 'today' }, inTokyo, { zone: 'America/New_York', isLocalTime: true })).toEqual({
      pass: true,
      value: '03-01',
      words: 'birthday today',
    });
    const nowhere = born('1990-02-28');
    expect(ask({ birthday: 'today' }, nowhere, { zone: 'America/New_York', isLocalTime: true }).pass).toBe(true);
  });

  it('is not known of who has no day of birth', () => {
    expect(ask({ birthday: '12-24' })).toEqual({ pass: false, value: null, words: 'birthday on 12-24' });
  });

  it.each(['', '13-01', '02-30', '1-1', 'tomorrow', 'in 366 days', '24.12.'])('is never %j', (birthday) => {
    expect(filterSchema.safeParse({ birthday }).success).toBe(false);
  });
});

describe('SG-23, SG-03: the day of the year of any date', () => {
  it.each<[string, object, Asking, boolean]>([
    ['of a date', { wedding: '2019-03-01' }, {}, true],
    ['of a date-time, by the same clock', { wedding: '2019-03-01T04:59:00Z' }, { zone: 'America/New_York' }, true],
    ['of a date-time, by the same clock', { wedding: '2019-03-01T05:00:00Z' }, { zone: 'America/New_York' }, false],
    ['of 29 February', { wedding: '2020-02-29' }, {}, true],
    ['of a text that is no date', { wedding: 'soon' }, {}, false],
    ['of nothing', {}, {}, false],
  ])('%s: %p asked %p', (_, attributes, asking, expected) => {
    const filter = { attribute: 'wedding', dayOfYear: 'today' };
    expect(ask(filter, { attributes: { ...attributes } }, asking).pass).toBe(expected);
  });

  it('is asked of one field of an element too', () => {
    const filter = { attribute: 'children[]', where: [{ field: 'born', dayOfYear: '12-24' }] };
    const children = [{ born: '2015-12-24' }, { born: '2018-01-01' }];
    expect(ask(filter, { attributes: { children } })).toMatchObject({ pass: true });
    expect(ask(filter, { attributes: { children: children.slice(1) } }).pass).toBe(false);
  });
});

test('SG-15, SG-01: a profile was created so long ago, or on one side of a date', () => {
  const createdAt = '2027-02-01T02:00:00.000Z';
  expect(ask({ createdAt: { moreThan: '4 weeks' } }, { createdAt })).toEqual({
    pass: true,
    value: createdAt,
    words: 'profile created more than 4 weeks ago',
  });
  expect(ask({ createdAt: { lessThan: '4 weeks' } }, { createdAt }).pass).toBe(false);
  expect(ask({ createdAt: { after: '2027-02-01' } }, { createdAt }).pass).toBe(true);
  expect(ask({ createdAt: { before: '2027-02-01' } }, { createdAt }, { zone: 'America/New_York' }).pass).toBe(true);
  expect(filterSchema.safeParse({ createdAt: {} }).success).toBe(false);
});

describe('UT-09: a day of birth is kept as a date', () => {
  const set = (value: string | number | null) =>
    applyAttributes({ ...EMPTY_PROFILE, attributes: { dob: '1990-12-24' } }, [{ kind: 'set', name: 'dob', value }]);

  it.each<[string | null, string | undefined]>([
    ['1980-01-02', '1980-01-02'],
    ['1980-01-02T00:00:00Z', '1980-01-02'],
    [null, undefined],
  ])('%p is kept as %p', (value, kept) => {
    expect(set(value).profile.attributes.dob).toBe(kept);
    expect(set(value).leftOut).toEqual([]);
  });

  it.each(['1980-02-30', '02/01/1980', 'soon', 19_800_102])('%p is left out, and told', (value) => {
    const { profile, leftOut } = set(value);
    expect(profile.attributes.dob).toBe('1990-12-24');
    expect(leftOut).toEqual([
      { field: 'dob', message: 'is not a date such as 1990-12-24: the day of birth stays as it was' },
    ]);
  });
});
