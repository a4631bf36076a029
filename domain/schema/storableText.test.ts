import fc from 'fast-check';
import { storableObject, storableText } from './storableText.js';

const BAD = /\u0000|\p{Surrogate}/u;
/** Any UTF-16 units, halves of pairs and U+0000 among them. */
const anyText = fc.array(fc.integer({ min: 0, max: 0xff_ff })).map((units) => String.fromCharCode(...units));

test('what can be stored stays as it is', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }).filter((text) => !BAD.test(text)),
      (text) => storableText(text) === text,
    ),
  );
});

test('B1, B2: nothing that cannot be stored comes out, whatever goes in and wherever it is cut', () => {
  fc.assert(
    fc.property(anyText, fc.nat(20), (text, length) => {
      const shown = storableText(text, length);
      return !BAD.test(shown) && shown.length <= length;
    }),
  );
  fc.assert(
    fc.property(fc.dictionary(anyText, fc.oneof(anyText, fc.array(anyText))), (object) => {
      return !BAD.test(JSON.stringify(Object.entries(storableObject(object))).replace(/\\u0000/g, '\u0000'));
    }),
  );
});

test('each becomes U+FFFD; a pair is never cut in two', () => {
  expect(storableText('a\u0000b\ud83dc\ude00')).toBe('a\ufffdb\ufffdc\ufffd');
  expect(storableText('ab😀', 3)).toBe('ab');
  expect(storableText('ab😀', 4)).toBe('ab😀');
});
