import fc from 'fast-check';
import { accepted, ambiguous, invalid, misconfigured, prepared, refused, rejected } from './sendResult.js';

test('B1: no result holds what PostgreSQL cannot store, whatever a provider says', () => {
  const anyText = fc
    .array(fc.oneof(fc.integer({ min: 0, max: 0xff_ff }), fc.constantFrom(0, 0xd8_3d, 0xdc_00)), { maxLength: 1_200 })
    .map((units) => String.fromCharCode(...units));
  const results = (text: string) => [
    accepted(text),
    refused('code', text),
    rejected('code', text),
    ambiguous('code', text),
    misconfigured('code', text),
    invalid(text),
    prepared({ text, [text]: [text] }),
  ];
  fc.assert(
    fc.property(anyText, (text) => {
      for (const result of results(text)) expect(JSON.stringify(result)).not.toMatch(/\\u0000|\\ud[89a-f]/i);
    }),
    { numRuns: 300 },
  );
});
