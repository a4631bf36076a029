import { NO_VALID_ITEM, parseTrack } from './track.js';
import { errorOf, eventWith, good, parsed, purchase } from './trackExamples.js';

describe('the whole body', () => {
  test.each([[null], ['text'], [[]], [{}], [{ events: [] }], [{ other: [good] }]])(
    'UT-04: %j holds nothing valid',
    (body) => {
      expect(parseTrack(body)).toEqual({ kind: 'refused', message: NO_VALID_ITEM, errors: [] });
    },
  );

  test('UT-04: when no item is valid all of them are listed', () => {
    expect(parseTrack({ attributes: [{ tier: 'gold' }], events: [{ external_id: 'ann' }] })).toEqual({
      kind: 'refused',
      message: NO_VALID_ITEM,
      errors: [
        {
          type: "'external_id', 'braze_id', 'user_alias', 'email' or 'phone' is required",
          input_array: 'attributes',
          index: 0,
        },
        { type: "'name' is required", input_array: 'events', index: 0 },
      ],
    });
  });

  test('UT-02: 75 items of an array pass, 76 refuse the request', () => {
    expect(parsed({ events: Array(75).fill(good), purchases: Array(75).fill(purchase) }).incoming).toHaveLength(150);
    expect(parseTrack({ attributes: [{ external_id: 'ann' }], events: Array(76).fill(good) })).toMatchObject({
      kind: 'refused',
      message: 'Max Input Length Exceeded',
    });
  });

  test('an array that is none refuses the request', () => {
    expect(parseTrack({ events: good })).toMatchObject({ message: "'events' must be an array of objects" });
  });

  test('UT-03: which arrays were sent is known, EV-08: attributes come before events and purchases', () => {
    const { incoming, present } = parsed({ purchases: [purchase], attributes: [{ external_id: 'ann', a: 1 }] });
    expect(present).toEqual({ attributes: true, events: false, purchases: true });
    expect(incoming.map(({ kind }) => kind)).toEqual(['attributes', 'purchase']);
  });
});

describe('who', () => {
  test.each([
    [
      { external_id: 'ann', email: 'ann@example.com' },
      { kind: 'externalId', value: 'ann' },
    ],
    [{ user_alias: { alias_label: 'crm', alias_name: '7' } }, { kind: 'alias', label: 'crm', name: '7' }],
    [{ braze_id: '42' }, { kind: 'userId', value: 42 }],
    [
      { email: 'ann@example.com', phone: '+33612345678' },
      { kind: 'email', value: 'ann@example.com' },
    ],
    [
      { external_id: null, phone: '+33612345678' },
      { kind: 'phone', value: '+33612345678' },
    ],
  ])('UT-01: %j names a person', (who, identity) => {
    const { name, time } = good;
    expect(parsed({ events: [{ name, time, ...who }] }).incoming[0]?.identity).toEqual(identity);
  });

  test('UT-05: people are created unless told otherwise, aliases only when asked for', () => {
    const alias = { user_alias: { alias_label: 'crm', alias_name: '7' } };
    const items = [
      { external_id: 'ann' },
      { external_id: 'ann', _update_existing_only: true },
      alias,
      { ...alias, _update_existing_only: false },
    ];
    const { incoming } = parsed({ attributes: items });
    expect(incoming.map((item) => item.updateExistingOnly)).toEqual([false, true, true, false]);
  });

  test.each([
    [{ external_id: '' }],
    [{ external_id: 'x'.repeat(988) }],
    [{ external_id: 'é'.repeat(494) }],
    [{ external_id: true }],
    [{ user_alias: 'crm' }],
    [{ user_alias: { alias_label: 'crm' } }],
    [{ email: 'nobody' }],
    [{ phone: 'x' }],
    [{ external_id: 'ann', _update_existing_only: 'yes' }],
    ['ann'],
    [null],
    [[good]],
  ])('UT-01: %j names nobody', (who) => {
    expect(errorOf('attributes', who)).not.toBe('');
  });
});

describe('attributes', () => {
  test('every field but the identifiers and controls is an attribute, e-mail and phone included', () => {
    const item = { external_id: 'ann', email: 'ann@example.com', tier: 'gold', visits: { inc: 1 }, gone: null };
    expect(parsed({ attributes: [item] }).incoming[0]).toEqual({
      kind: 'attributes',
      inputArray: 'attributes',
      index: 0,
      identity: { kind: 'externalId', value: 'ann' },
      updateExistingOnly: false,
      changes: [
        { kind: 'set', name: 'email', value: 'ann@example.com' },
        { kind: 'set', name: 'tier', value: 'gold' },
        { kind: 'increment', name: 'visits', by: 1 },
        { kind: 'set', name: 'gone', value: null },
      ],
    });
  });

  test('names that are too long or start with $ are refused', () => {
    expect(errorOf('attributes', { external_id: 'ann', $x: 1 })).toMatch(/^Attribute names must/);
    expect(errorOf('attributes', { external_id: 'ann', ['x'.repeat(256)]: 1 })).toMatch(/^Attribute names must/);
  });
});

describe('events', () => {
  test('UT-06: an event is its name, time, properties and optional id', () => {
    const item = { ...good, properties: { cart_value: 150 }, event_id: 'evt-1' };
    expect(parsed({ events: [item] }).incoming[0]).toMatchObject({
      kind: 'custom',
      name: 'opened',
      time: Date.UTC(2026, 2, 6, 10),
      properties: { cart_value: 150 },
      eventId: 'evt-1',
    });
  });

  test('UT-10: identical objects are separate occurrences', () => {
    expect(parsed({ events: [good, good] }).incoming).toHaveLength(2);
  });

  test('a session start is an event of kind session with its own time', () => {
    const session = { external_id: 'ann', kind: 'session', time: '2025-03-03T10:00:00Z' };
    expect(parsed({ events: [session] }).incoming[0]).toMatchObject({
      kind: 'session',
      name: '',
      time: Date.UTC(2025, 2, 3, 10),
      properties: {},
    });
    expect(errorOf('events', { ...session, time: undefined })).toBe("'time' is required");
    expect(errorOf('events', { ...session, kind: 'login' })).toBe("'kind' must be 'custom' or 'session'");
  });

  test.each([
    [{ ...good, name: undefined }, "'name' is required"],
    [{ ...good, name: '' }, "'name' is required"],
    [{ ...good, name: '$opened' }, "'name' must not start with '$'"],
    [{ ...good, name: 'x'.repeat(256) }, "'name' must have at most 255 characters"],
    [{ ...good, time: undefined }, "'time' is required"],
    [{ ...good, time: 'soon' }, "'time' must be an ISO 8601 date and time, as 2026-03-06T10:00:00Z"],
    [{ ...good, time: 1772791200 }, "'time' must be an ISO 8601 date and time, as 2026-03-06T10:00:00Z"],
    [{ ...good, event_id: '' }, "'event_id' must be a string of 1 to 255 characters"],
    [eventWith([1]), "Invalid 'properties' field"],
    [eventWith({ time: 1 }), "Invalid 'properties' field"],
    [eventWith({ event_name: 1 }), "Invalid 'properties' field"],
    [eventWith({ $a: 1 }), "Invalid 'properties' field"],
    [eventWith({ ['x'.repeat(256)]: 1 }), "Invalid 'properties' field"],
    [eventWith({ a: 'x'.repeat(102_400) }), "'properties' must not exceed 100 KB"],
  ])('UT-06: a wrong event is refused alone (%#)', (item, message) => {
    expect(errorOf('events', item)).toBe(message);
  });

  test('UT-06: beyond 256 properties the extra ones are ignored', () => {
    const many = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`p${index}`, index]));
    const [event] = parsed({ events: [eventWith(many)] }).incoming;
    expect(event).toMatchObject({ properties: { p0: 0, p255: 255 } });
    expect(event).not.toHaveProperty('properties.p256');
  });
});

describe('purchases', () => {
  test('UT-07: a purchase is named by its product and carries price, currency and quantity as properties', () => {
    const item = { ...purchase, currency: 'eur', quantity: 3, properties: { colour: 'red' } };
    expect(parsed({ purchases: [item] }).incoming[0]).toMatchObject({
      kind: 'purchase',
      name: 'sku',
      properties: { colour: 'red', product_id: 'sku', currency: 'EUR', price: 9.5, quantity: 3 },
    });
    expect(parsed({ purchases: [purchase] }).incoming[0]).toHaveProperty('properties.quantity', 1);
  });

  test.each([
    [{ ...purchase, product_id: undefined }, "'product_id' is required"],
    [{ ...purchase, currency: undefined }, "'currency' is required"],
    [{ ...purchase, currency: 'XYZ' }, "'currency' must be an ISO 4217 code, as EUR"],
    [{ ...purchase, price: undefined }, "'price' is required"],
    [{ ...purchase, price: '9.5' }, "'price' must be a number between -1e15 and 1e15"],
    [{ ...purchase, price: 1e300 }, "'price' must be a number between -1e15 and 1e15"],
    [{ ...purchase, quantity: 0 }, "'quantity' must be a whole number from 1 to 100"],
    [{ ...purchase, quantity: 101 }, "'quantity' must be a whole number from 1 to 100"],
    [{ ...purchase, quantity: 1.5 }, "'quantity' must be a whole number from 1 to 100"],
    [{ ...purchase, time: undefined }, "'time' is required"],
    [{ ...purchase, properties: { time: 1 } }, "Invalid 'properties' field"],
  ])('UT-07: a wrong purchase is refused alone (%#)', (item, message) => {
    expect(errorOf('purchases', item)).toBe(message);
  });
});
