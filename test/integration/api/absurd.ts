// Values that no instant, cursor, id or number can have: each is refused wherever one is asked for, and nothing may
// break on it where any text is taken.
const NUMBERS = ['-1', '1.5', '1e308', '-1e308', 'NaN', '0x10', '１', '٣', '9223372036854775808', '9'.repeat(40)];
const INSTANTS = [
  '0000-01-01T00:00:00Z',
  '-000001-01-01T00:00:00Z',
  '+275761-09-13T00:00:00Z',
  '275761-01-01T00:00:00Z',
  '2026-02-30T00:00:00Z',
  '2026-12-01T24:00:00Z',
  '0001-01-01T00:00:00+14:00',
  '9999-12-31T23:59:59-14:00',
  '0000-01-01',
  '275761-01-01',
];
export const ABSURD_TEXTS: readonly string[] = [...NUMBERS, ...INSTANTS];

/** The lists there are, and how many numbers the cursors of each have. */
const LISTS = {
  people: 2,
  timeline: 3,
  outcomes: 2,
  waiting: 2,
  parked: 1,
  campaigns: 1,
  locations: 1,
  secrets: 1,
  nothing: 1,
};
/** As signs, as instants before and after all of PostgreSQL's, as ranks, and as ids longer than a bigint. */
const PARTS = ['-1', '0', '1e308', '-999999999999999', '9'.repeat(16), '9223372036854775808', '', ' 1', '1.1'];

const encode = (text: string) => Buffer.from(text).toString('base64url');

export const ABSURD_CURSORS: readonly string[] = [
  ...ABSURD_TEXTS,
  // As they were before they carried the name of their list.
  ...[1, 2, 3].flatMap((length) => PARTS.map((part) => encode(Array(length).fill(part).join('.')))).filter(Boolean),
  ...Object.entries(LISTS).flatMap(([list, length]) =>
    PARTS.map((part) => encode([list, ...Array<string>(length).fill(part)].join('.'))),
  ),
  encode(`timeline.${'9'.repeat(15)}.1.1`),
  encode(`outcomes.${'9'.repeat(15)}.1`),
  encode(`waiting.${'9'.repeat(15)}.1`),
  `${encode('campaigns.1')}=`,
  ` ${encode('campaigns.1')}`,
  'a'.repeat(5_000),
];

/** As JSON has them: `1e400` is no number to JavaScript, and stands in a body only as it is written. */
export const ABSURD_NUMBERS: readonly string[] = [
  '-1',
  '1.5',
  '1e308',
  '-1e308',
  '1e400',
  '9'.repeat(19),
  '9'.repeat(40),
];
export const ABSURD_STRINGS: readonly string[] = ['1e308', ...INSTANTS.map((text) => JSON.stringify(text))];
