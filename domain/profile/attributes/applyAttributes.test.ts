import type { Json, JsonObject } from '../../json.js';
import { EMPTY_PROFILE, type Profile } from '../profile.js';
import { applyAttributes } from './applyAttributes.js';
import { type AttributeChange, readAttributeChange } from './attributeChange.js';

function change(name: string, value: Json, merge = false): AttributeChange {
  const read = readAttributeChange(name, value, merge);
  if (read === null) throw new Error(`not a change: ${name}`);
  return read;
}

function person(attributes: Record<string, Json>): Profile {
  return { ...EMPTY_PROFILE, attributes };
}

/** What attribute `a` holds after `value` was posted for it. */
function after(current: Json | undefined, value: Json, merge = false): Json | undefined {
  const before = person(current === undefined ? {} : { a: current });
  return applyAttributes(before, [change('a', value, merge)]).profile.attributes.a;
}

describe('custom attributes', () => {
  test('UT-08: a value replaces the one before, and null removes it', () => {
    expect(after('old', 'new')).toBe('new');
    expect(after('old', null)).toBeUndefined();
  });

  test('UT-08: inc adds to a number, starts from nothing, and leaves what is not a number', () => {
    expect(after(5, { inc: -2 })).toBe(3);
    expect(after(undefined, { inc: 4 })).toBe(4);
    expect(after('five', { inc: 1 })).toBe('five');
    expect(after(Number.MAX_VALUE, { inc: Number.MAX_VALUE })).toBe(Number.MAX_VALUE);
  });

  test('UT-08: arrays take add and remove, hold each value once, and an added value moves to the end', () => {
    expect(after(['a', 'b'], { add: ['c'] })).toEqual(['a', 'b', 'c']);
    expect(after(['a', 'b'], { add: ['a'] })).toEqual(['b', 'a']);
    expect(after(['a', 'b'], { remove: ['a', 'x'] })).toEqual(['b']);
    expect(after(['a'], { add: ['b'], remove: ['a'] })).toEqual(['b']);
    expect(after(undefined, { add: ['a'] })).toEqual(['a']);
    expect(after(undefined, { remove: ['a'] })).toBeUndefined();
    expect(after('text', { add: ['a'] })).toBe('text');
    expect(after(['a'], { add: [null] })).toEqual(['a']);
    expect(after([{ id: 1 }, { id: 2 }], { remove: [{ id: 2 }] })).toEqual([{ id: 1 }]);
    expect(after(undefined, ['a', 'b', 'a'])).toEqual(['a', 'b']);
  });

  test('UT-08: an array keeps its latest 500 values', () => {
    const full = Array.from({ length: 500 }, (_, index) => index);
    const added = after(full, { add: [500, 501] });
    expect(added).toHaveLength(500);
    expect(added).toEqual(Array.from({ length: 500 }, (_, index) => index + 2));
  });

  test('UT-08: _merge_objects merges deeply, otherwise an object is overwritten', () => {
    const current = { colour: 'red', size: { eu: 40, us: 7 } };
    expect(after(current, { size: { eu: 41 } }, true)).toEqual({ colour: 'red', size: { eu: 41, us: 7 } });
    expect(after(current, { size: { us: null }, colour: null }, true)).toEqual({ size: { eu: 40 } });
    expect(after(current, { size: { eu: 41 } })).toEqual({ size: { eu: 41 } });
    expect(after(undefined, { size: 41 }, true)).toEqual({ size: 41 });
    expect(after('text', { size: 41 }, true)).toEqual({ size: 41 });
    expect(after(['list'], { size: 41 }, true)).toEqual({ size: 41 });
    expect(after(current, { colour: ['x', null] }, true)).toEqual(current);
  });

  test('UT-08: an array of objects takes $add, then $remove, then $update', () => {
    const pets = [
      { id: 1, kind: 'dog' },
      { id: 2, kind: 'cat' },
    ];
    const edit = {
      $add: [
        { id: 3, kind: 'fish' },
        { id: 2, kind: 'twin' },
      ],
      $remove: [{ $identifier_key: 'id', $identifier_value: 2 }],
      $update: [{ $identifier_key: 'id', $identifier_value: 1, $new_object: { name: 'Rex' } }],
    };
    expect(after(pets, edit, true)).toEqual([
      { id: 1, kind: 'dog', name: 'Rex' },
      { id: 3, kind: 'fish' },
    ]);
    expect(after(pets, { $update: edit.$update })).toEqual([{ name: 'Rex' }, { id: 2, kind: 'cat' }]);
  });

  test('UT-08: an update over 100 KB is dropped and nothing else is', () => {
    const big = Array.from({ length: 500 }, (_, index) => `${index}`.padEnd(250, 'x'));
    const { profile } = applyAttributes(person({ a: ['kept'] }), [change('a', big), change('b', 1)]);
    expect(profile.attributes).toEqual({ a: ['kept'], b: 1 });
  });

  test('UT-08: one invalid nested value drops the whole attribute', () => {
    expect(after('kept', { fine: 1, bad: [null] })).toBe('kept');
    expect(after('kept', { fine: 1, when: { $time: 'yesterday' } })).toBe('kept');
    expect(after({ a: 1 }, { b: { $time: '3001-01-01' } }, true)).toEqual({ a: 1 });
    expect(after('kept', { $nope: 1 })).toBe('kept');
  });

  test('UT-09: a nested date without zone or time is midnight UTC', () => {
    expect(after(undefined, { born: { $time: '2020-02-29' } })).toEqual({ born: '2020-02-29T00:00:00.000Z' });
  });

  test('strings keep their first 255 characters, never half of a surrogate pair', () => {
    expect(after(undefined, 'x'.repeat(300))).toBe('x'.repeat(255));
    expect(after(undefined, `${'x'.repeat(254)}😀`)).toBe('x'.repeat(254));
  });

  const malformed: readonly Json[] = [
    { $add: 1 },
    { $add: [], other: 1 },
    { add: 1 },
    { inc: 'one' },
    { $remove: [{ id: 1 }] },
  ];
  test.each(malformed.map((value) => [value]))('UT-08: malformed operators are no change: %j', (value) => {
    expect(readAttributeChange('a', value, false)).toBeNull();
  });
});

describe('lists of objects', () => {
  const update = (id: Json, object: JsonObject) => ({
    $update: [{ $identifier_key: 'id', $identifier_value: id, $new_object: object }],
  });

  test('UT-08: are begun by an addition only, and no value of another type is touched', () => {
    expect(after(undefined, { $add: [{ id: 1 }] })).toEqual([{ id: 1 }]);
    expect(after(undefined, update(1, { a: 1 }))).toBeUndefined();
    expect(after('text', { $add: [{ id: 1 }] })).toBe('text');
    expect(after({ id: 1 }, update(1, { a: 1 }))).toEqual({ id: 1 });
  });

  test('UT-08: only objects that hold the very value under the key are meant', () => {
    const current: Json = ['id', { id: 1 }, { id: '1' }, { ref: 1 }, {}];
    expect(after(current, update(1, { b: 2 }))).toEqual(['id', { b: 2 }, { id: '1' }, { ref: 1 }, {}]);
    expect(after(current, update(1, { b: 2 }), true)).toEqual(['id', { id: 1, b: 2 }, { id: '1' }, { ref: 1 }, {}]);
    expect(after(current, { $remove: [{ $identifier_key: 'id', $identifier_value: null }] })).toEqual(current);
  });

  test('UT-08: several updates follow one another', () => {
    const [toTwo] = update(1, { id: 2 }).$update;
    const [toThree] = update(2, { id: 3 }).$update;
    expect(after([{ id: 1 }], { $update: [toTwo!, toThree!] })).toEqual([{ id: 3 }]);
  });
});

describe('standard attributes', () => {
  function set(profile: Profile, name: string, value: Json): Profile {
    return applyAttributes(profile, [change(name, value)]).profile;
  }

  test('UT-09: an invalid time zone is ignored, a valid one is kept in its own field', () => {
    const inParis = set(EMPTY_PROFILE, 'time_zone', 'Europe/Paris');
    expect(inParis.timeZone).toBe('Europe/Paris');
    expect(set(inParis, 'time_zone', 'Mars/Olympus').timeZone).toBe('Europe/Paris');
    expect(set(inParis, 'time_zone', null).timeZone).toBeNull();
  });

  it.each(['BST', 'IST', 'ACT', '+02:00', '-0500'])(
    'B6, B7: %s as a time zone leaves the one that was there',
    (zone) => {
      const inParis = set(EMPTY_PROFILE, 'time_zone', 'Europe/Paris');
      expect(set(inParis, 'time_zone', zone).timeZone).toBe('Europe/Paris');
      expect(set(inParis, 'time_zone', 'EST').timeZone).toBe('EST');
    },
  );

  it('UT: a time zone by the name that Rails has for it is stored by its IANA name', () => {
    expect(set(EMPTY_PROFILE, 'time_zone', 'Eastern Time (US & Canada)').timeZone).toBe('America/New_York');
  });

  test.each([
    ['FR', 'FR'],
    ['fra', 'FR'],
    ['France', 'FR'],
    ['Côte d’Ivoire', 'CI'],
    ['United Kingdom', 'GB'],
    ['UK', 'GB'],
    ['USA', 'US'],
    ['Türkiye', 'TR'],
    ['Bosnia and Herzegovina', 'BA'],
  ])('UT-09: country %s is mapped to %s', (text, code) => {
    expect(set(EMPTY_PROFILE, 'country', text).attributes.country).toBe(code);
  });

  test('UT-09: a country that is none becomes null', () => {
    expect(set(person({ country: 'FR' }), 'country', 'Atlantis').attributes).toEqual({});
  });

  test('e-mail and phone go to their fields; a value that is not one address is ignored', () => {
    const ann = set(EMPTY_PROFILE, 'email', 'ann@example.com');
    expect(ann).toMatchObject({ email: 'ann@example.com', attributes: {} });
    for (const bad of ['nobody', 'a@b\r\nBcc: c@d', 'a@b, c@d', 'a <b@c>', `${'x'.repeat(255)}@y`, 7]) {
      expect(set(ann, 'email', bad).email).toBe('ann@example.com');
    }
    expect(set(ann, 'phone', '+33 6 12 34 56 78').phone).toBe('+33 6 12 34 56 78');
    expect(set(ann, 'email', null).email).toBeNull();
  });

  test('a phone number goes to its field, null removes it, and what is none is ignored', () => {
    const ann = set(EMPTY_PROFILE, 'phone', '+33612345678');
    expect(ann).toMatchObject({ phone: '+33612345678', attributes: {} });
    expect(set(ann, 'phone', 'call me').phone).toBe('+33612345678');
    expect(set(ann, 'phone', null).phone).toBeNull();
  });

  test('the id of a person is not changed, and fields of their own take no operators', () => {
    expect(set({ ...EMPTY_PROFILE, externalId: 'ann' }, 'external_id', 'bob')).toEqual({
      ...EMPTY_PROFILE,
      externalId: 'ann',
    });
    for (const name of ['email', 'phone', 'time_zone', 'email_subscribe', 'push_subscribe']) {
      expect(set(EMPTY_PROFILE, name, { inc: 1 })).toEqual(EMPTY_PROFILE);
      expect(set(EMPTY_PROFILE, name, 7)).toEqual(EMPTY_PROFILE);
    }
  });

  test.each(['first_name', 'last_name', 'home_city', 'language', 'gender'])(
    'UT-09: %s takes texts only, null removes it',
    (name) => {
      expect(set(person({ [name]: 'old' }), name, 'new').attributes).toEqual({ [name]: 'new' });
      expect(set(person({ [name]: 'old' }), name, 7).attributes).toEqual({ [name]: 'old' });
      expect(set(person({ [name]: 'old' }), name, null).attributes).toEqual({});
    },
  );

  test('UT-09: a country that is no text becomes null', () => {
    expect(set(person({ country: 'FR' }), 'country', 33).attributes).toEqual({});
  });

  test('AB-01: a position replaces the one before as a whole, null removes it, and what is none is ignored', () => {
    const lyon = { latitude: 45.76, longitude: 4.84 };
    const there = person({ current_location: lyon });
    const moved = (value: Json, merge = false) =>
      applyAttributes(there, [change('current_location', value, merge)]).profile.attributes.current_location;
    expect(moved({ latitude: 1, longitude: 2, accuracy: 5 })).toEqual({ latitude: 1, longitude: 2 });
    expect(moved({ latitude: 1, longitude: 2 }, true)).toEqual({ latitude: 1, longitude: 2 });
    expect(moved({ latitude: 1 }, true)).toEqual(lyon);
    expect(moved({ latitude: 91, longitude: 2 })).toEqual(lyon);
    expect(moved({ inc: 1 })).toEqual(lyon);
    expect(moved(null)).toBeUndefined();
  });

  test('subscription states outside the vocabulary are ignored', () => {
    const out = set(EMPTY_PROFILE, 'email_subscribe', 'unsubscribed');
    expect(out.emailSubscription).toBe('unsubscribed');
    expect(set(out, 'email_subscribe', 'perhaps').emailSubscription).toBe('unsubscribed');
    expect(set(out, 'push_subscribe', 'opted_in').pushSubscription).toBe('opted_in');
    expect(set(out, 'push_subscribe', 'perhaps').pushSubscription).toBe('subscribed');
  });
});

describe('changed fields', () => {
  test('every field whose value differs is listed from and to, over all the changes together', () => {
    const before: Profile = { ...person({ tier: 'gold', logins: 1 }), email: 'a@example.com' };
    const { changed } = applyAttributes(before, [
      change('tier', 'silver'),
      change('tier', 'bronze'),
      change('logins', { inc: 1 }),
      change('email', 'b@example.com'),
      change('time_zone', 'Asia/Tokyo'),
      change('push_subscribe', 'subscribed'),
      change('fresh', true),
    ]);
    expect(changed).toEqual({
      tier: ['gold', 'bronze'],
      logins: [1, 2],
      email: ['a@example.com', 'b@example.com'],
      time_zone: [null, 'Asia/Tokyo'],
      fresh: [null, true],
    });
  });

  test('AB-08: the same value again is not a change, whatever the order of its keys', () => {
    const before = person({ size: { eu: 40, us: 7 } });
    expect(applyAttributes(before, [change('size', { us: 7, eu: 40 })]).changed).toEqual({});
    expect(applyAttributes(before, [change('missing', null)]).changed).toEqual({});
  });
});
