import fc from 'fast-check';
import { parseExactJson } from '../../../domain/schema/exactJson.js';
import { parseTrack } from './track.js';
import { errorOf, eventWith, good, parsed } from './trackExamples.js';

/** As JSON text arrives: what only the parser of JSON can make. */
const json = (text: string): unknown => JSON.parse(text);

describe('UT: bodies as clients of the reference product send them', () => {
  const read = (text: string) => parsed(parseExactJson(text));
  const event = (fields: string) => `{"events":[{"name":"e","time":"2026-03-06T10:00:00Z",${fields}}]}`;

  test.each([
    ['"external_id":42', { kind: 'externalId', value: '42' }],
    ['"external_id":1187654321098765312', { kind: 'externalId', value: '1187654321098765312' }],
    ['"external_id":"1187654321098765313"', { kind: 'externalId', value: '1187654321098765313' }],
    [
      '"user_alias":{"alias_label":"crm","alias_name":9007199254740993}',
      { kind: 'alias', label: 'crm', name: '9007199254740993' },
    ],
    ['"external_id":"ann","braze_id":"5f1e"', { kind: 'externalId', value: 'ann' }],
    ['"email":"a@b.example","braze_id":"7"', { kind: 'email', value: 'a@b.example' }],
    ['"braze_id":"7"', { kind: 'userId', value: 7 }],
    ['"braze_id":"an opaque text"', { kind: 'userId', value: 0 }],
  ])('UT-01: %s', (fields, identity) => {
    expect(read(event(fields)).incoming[0]?.identity).toEqual(identity);
  });

  test('numbers as product and event ids keep their digits; properties give way to the item’s own', () => {
    const item = `"external_id":"a","product_id":1187654321098765312,"event_id":1187654321098765313,"price":1,"currency":"EUR"`;
    const own = '"properties":{"currency":"USD","price":9,"product_id":"x","quantity":4,"colour":"red"}';
    const { incoming } = read(`{"purchases":[{${item},"time":"2026-03-06T10:00:00Z",${own}}]}`);
    expect(incoming[0]).toMatchObject({
      name: '1187654321098765312',
      eventId: '1187654321098765313',
      properties: { currency: 'EUR', price: 1, product_id: '1187654321098765312', quantity: 1, colour: 'red' },
    });
  });

  test('null arrays count as absent, and an external id may have 987 bytes', () => {
    const { present, incoming } = read(
      `{"attributes":null,"purchases":null,${event(`"external_id":"${'x'.repeat(987)}"`).slice(1)}`,
    );
    expect(present).toEqual({ attributes: false, events: true, purchases: false });
    expect(incoming).toHaveLength(1);
  });

  test('B3: a number that would lose digits refuses its item by the name of the field, wherever it stands', () => {
    const attributes = '{"external_id":"a","n":1187654321098765312}';
    const nested = '{"external_id":"a","o":{"list":[{"cart":1187654321098765313}]}}';
    const inc = '{"external_id":"a","n":{"inc":1e400}}';
    const good = '{"external_id":"a","n":1}';
    const { incoming, errors } = read(`{"attributes":[${attributes},${nested},${inc},${good}]}`);
    const message = 'Has more digits than a number can hold: send it in quotes, as a text';
    expect(errors.map(({ type }) => type)).toEqual([
      `'n': ${message}`,
      `'o.list.cart': ${message}`,
      `'n.inc': ${message}`,
    ]);
    expect(incoming.map(({ index }) => index)).toEqual([3]);
  });

  test('B23: constructor, prototype and the like are ordinary names; only __proto__ is refused', () => {
    const names = '"constructor":1,"prototype":{"toString":"x"},"hasOwnProperty":true';
    const { incoming, errors } = read(
      `{"attributes":[{"external_id":"a",${names}},{"external_id":"a","__proto__":{}}]}`,
    );
    expect(incoming[0]).toMatchObject({
      changes: [
        { name: 'constructor', value: 1 },
        { name: 'prototype', value: { toString: 'x' } },
        { name: 'hasOwnProperty', value: true },
      ],
    });
    expect(errors).toEqual([{ type: "The name '__proto__' is not allowed", input_array: 'attributes', index: 1 }]);
  });

  test('M10: an invalid e-mail refuses its item', () => {
    const { errors } = read('{"attributes":[{"external_id":"a","email":"nonsense"},{"external_id":"a","email":null}]}');
    expect(errors).toEqual([
      { type: "The value provided for the 'email' field is not a valid email.", input_array: 'attributes', index: 0 },
    ]);
  });

  test('an object of more than 100 KB is refused alone', () => {
    expect(
      errorOf('attributes', {
        external_id: 'a',
        ...Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`a${n}`, 'x'.repeat(230)])),
      }),
    ).toBe('An object must not exceed 100 KB');
  });
});

describe('hostile items never harm the others', () => {
  const event = (properties: string) =>
    json(`{"external_id":"ann","name":"x","time":"2026-03-06T10:00:00Z","properties":${properties}}`);

  test.each([
    ['U+0000 in a value', event('{"a":"b\\u0000c"}'), /U\+0000/],
    ['U+0000 in a name', event('{"a\\u0000":1}'), /U\+0000/],
    ['a lone high surrogate', event('{"a":"\\ud83d"}'), /lone surrogates/],
    ['a lone low surrogate', event('{"a":["\\ude00x"]}'), /lone surrogates/],
    ['__proto__', event('{"__proto__":{"polluted":true}}'), /'__proto__'/],
    ['a nested __proto__', event('{"a":{"__proto__":{"polluted":true}}}'), /'__proto__'/],
    ['1e400', event('{"a":1e400}'), /finite/],
    ['-1e400', event('{"a":[-1e400]}'), /finite/],
    ['depth 10,000', event(`{"a":${'['.repeat(10_000)}${']'.repeat(10_000)}}`), /deeper than 20/],
    ['depth 10,000 of objects', event(`${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`), /deeper than 20/],
  ])('%s', (_what, item, message) => {
    expect(errorOf('events', item)).toMatch(message);
    expect(errorOf('purchases', item)).toMatch(message);
    expect(errorOf('attributes', item)).toMatch(message);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  test('a whole pair of surrogates is text', () => {
    expect(parsed({ events: [eventWith({ a: '😀' })] }).errors).toEqual([]);
  });

  test('of a repeated JSON name the last counts', () => {
    const { incoming } = parsed({ events: [event('{"a":1,"a":2}')] });
    expect(incoming[0]).toHaveProperty('properties', { a: 2 });
  });

  test('no message quotes the input', () => {
    const marker = 'sEcReT';
    const items = [
      { ...good, name: `$${marker}` },
      { ...good, time: marker },
      { ...good, kind: marker },
      eventWith({ [`$${marker}`]: 1 }),
      { external_id: [marker], name: 'x' },
    ];
    expect(JSON.stringify(parseTrack({ events: items }))).not.toContain(marker);
  });
});

describe('whatever arrives', () => {
  const awkward = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('\u0000', '\ud800', '__proto__', 'constructor', 'prototype', '$time', 'inc', '', 'x'.repeat(300)),
  );
  const value = fc.jsonValue({ noUnicodeString: false, maxDepth: 6 });
  const field = fc.oneof(
    fc.constantFrom('external_id', 'user_alias', 'email', 'name', 'time', 'kind', 'properties', 'price', 'currency'),
    awkward,
  );
  const item = fc.oneof(
    value,
    fc.dictionary(field, fc.oneof(value, awkward, fc.constant('2026-01-01T00:00:00Z'))),
    fc.record({ external_id: fc.constant('ann'), name: awkward, time: fc.constant('2026-01-01'), properties: value }),
  );

  test('no body makes the parser throw, each item is either taken or refused, and what is taken can be stored', () => {
    const bodies = fc.dictionary(
      fc.constantFrom('attributes', 'events', 'purchases'),
      fc.array(item, { maxLength: 8 }),
    );
    fc.assert(
      fc.property(bodies, (body) => {
        const sent = Object.values(body).reduce((sum, items) => sum + items.length, 0);
        const result = parseTrack(body);
        const taken = result.kind === 'parsed' ? result.incoming : [];
        expect(taken.length + result.errors.length).toBe(sent);
        expect(JSON.stringify(taken)).not.toMatch(/\\u0000|\\ud[89a-f]/);
      }),
      { numRuns: 2_000 },
    );
  });
});
