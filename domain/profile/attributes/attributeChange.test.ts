import type { Json } from '../../json.js';
import { type AttributeChange, readAttributeChange } from './attributeChange.js';

const byId = { $identifier_key: 'id', $identifier_value: 2 };

describe('what one field of an attributes item asks for', () => {
  it.each<[string, Json, AttributeChange]>([
    ['a value replaces', 'gold', { kind: 'set', name: 'a', value: 'gold' }],
    ['null removes', null, { kind: 'set', name: 'a', value: null }],
    ['a list replaces', ['x'], { kind: 'set', name: 'a', value: ['x'] }],
    ['an object replaces', { size: 40 }, { kind: 'set', name: 'a', value: { size: 40 } }],
    ['an empty object replaces', {}, { kind: 'set', name: 'a', value: {} }],
    ['inc increments', { inc: -2 }, { kind: 'increment', name: 'a', by: -2 }],
    ['inc among other keys is a key', { inc: 1, b: 2 }, { kind: 'set', name: 'a', value: { inc: 1, b: 2 } }],
    ['add edits a list', { add: ['x'] }, { kind: 'editArray', name: 'a', add: ['x'], remove: [] }],
    ['remove edits a list', { remove: ['x'] }, { kind: 'editArray', name: 'a', add: [], remove: ['x'] }],
    [
      'add and remove edit a list',
      { add: ['x'], remove: ['y'] },
      { kind: 'editArray', name: 'a', add: ['x'], remove: ['y'] },
    ],
    ['add among other keys is a key', { add: 1, b: 2 }, { kind: 'set', name: 'a', value: { add: 1, b: 2 } }],
    [
      '$add edits a list of objects',
      { $add: [{ id: 1 }] },
      { kind: 'editObjects', name: 'a', add: [{ id: 1 }], remove: [], update: [], merge: false },
    ],
    [
      '$remove edits a list of objects',
      { $remove: [byId] },
      { kind: 'editObjects', name: 'a', add: [], remove: [{ key: 'id', value: 2 }], update: [], merge: false },
    ],
    [
      '$update edits a list of objects',
      { $update: [{ ...byId, $new_object: { b: 1 } }] },
      {
        kind: 'editObjects',
        name: 'a',
        add: [],
        remove: [],
        update: [{ key: 'id', value: 2, object: { b: 1 } }],
        merge: false,
      },
    ],
  ])('UT-08: %s', (_what, value, change) => {
    expect(readAttributeChange('a', value, false)).toEqual(change);
  });

  it('UT-08: _merge_objects merges objects, also those of a list, and nothing else', () => {
    expect(readAttributeChange('a', { size: 40 }, true)).toEqual({ kind: 'merge', name: 'a', value: { size: 40 } });
    expect(readAttributeChange('a', { $add: [] }, true)).toMatchObject({ kind: 'editObjects', merge: true });
    expect(readAttributeChange('a', 'gold', true)).toMatchObject({ kind: 'set' });
    expect(readAttributeChange('a', { $time: '2026-01-01' }, true)).toMatchObject({ kind: 'set' });
  });

  it.each<[string, Json]>([
    ['an increment that is no number', { inc: '1' }],
    ['an addition that is no list', { add: 1 }],
    ['a removal that is no list', { remove: 1 }],
    ['operators among other keys', { $add: [], b: 1 }],
    ['$add that is no list', { $add: {} }],
    ['$remove that is no list', { $remove: byId }],
    ['$update that is no list', { $update: byId }],
    ['a selector that is no object', { $remove: [2] }],
    ['a selector without key', { $remove: [{ $identifier_value: 2 }] }],
    ['a selector whose key is no text', { $remove: [{ $identifier_key: 1, $identifier_value: 2 }] }],
    ['a selector without value', { $remove: [{ $identifier_key: 'id' }] }],
    ['an update without selector', { $update: [{ $new_object: {} }] }],
    ['an update that is no object', { $update: ['x'] }],
    ['an update without object', { $update: [byId] }],
    ['an update with a list for an object', { $update: [{ ...byId, $new_object: [] }] }],
  ])('UT-08: %s asks for nothing', (_what, value) => {
    expect(readAttributeChange('a', value, false)).toBeNull();
  });
});
