import type { UserFacts } from '../facts/userFacts.js';
import type { JsonObject } from '../json.js';
import { EMPTY_PROFILE } from '../profile/profile.js';
import { parseAttributePath } from './attributePath.js';
import { askedAt } from './examples.js';
import { describeFilter, evaluateFilter, filterSchema } from './filter.js';

const NOW = Date.parse('2025-03-06T16:45:00Z');

const CART: JsonObject = {
  cart: { value: 12, city: 'Paris', none: null },
  'a.b': { c: 1 },
  items: [{ sku: 'x', price: 5, tags: ['new'] }, { sku: 'y', price: 50 }, 'loose', null],
  empty: [],
};

function person(attributes: JsonObject): UserFacts {
  return {
    userId: 1,
    profile: { ...EMPTY_PROFILE, email: 'a@b.c', attributes },
    totals: new Map(),
    recent: new Map(),
    matching: new Map(),
    received: new Map(),
  };
}

function ask(filter: object, attributes = CART) {
  const { pass, seen } = evaluateFilter(filterSchema.parse(filter), person(attributes), askedAt(NOW));
  return { pass, value: seen[0]?.value };
}

describe('SG-23: a path into an attribute', () => {
  it.each<[string, object, boolean]>([
    ['a key below', { attribute: 'cart.value', atLeast: 12 }, true],
    ['a quoted key with a dot in it', { attribute: '"a.b".c', equals: 1 }, true],
    ['null is no value', { attribute: 'cart.none', isBlank: true }, true],
    ['a key that is not there is blank', { attribute: 'cart.other', isBlank: true }, true],
    ['below a text there is nothing', { attribute: 'cart.city.x', isBlank: true }, true],
    ['blank passes a negative operator', { attribute: 'cart.other', doesNotEqual: 1 }, true],
    ['any element passes', { attribute: 'items[].sku', equals: 'y' }, true],
    ['no element passes', { attribute: 'items[].sku', equals: 'z' }, false],
    ['a negative operator wants all', { attribute: 'items[].sku', doesNotEqual: 'y' }, false],
    ['a negative operator that all pass', { attribute: 'items[].sku', isNoneOf: ['z'] }, true],
    ['does not match wants a value', { attribute: 'items[].none', doesNotMatchRegex: 'z' }, false],
    ['any of the elements themselves', { attribute: 'items[]', equals: 'loose' }, true],
    ['no element is blank', { attribute: 'empty[].sku', isBlank: true }, true],
    ['elements without the key are blank', { attribute: 'items[].none', isBlank: true }, true],
    ['a list below an element', { attribute: 'items[].tags', includesAnyOf: ['new'] }, true],
    ['less than takes blanks', { attribute: 'items[].none', lessThan: 3 }, true],
    ['or blank', { attribute: 'items[].none', equals: 3, orBlank: true }, true],
    ['an attribute that is no list', { attribute: 'cart[].value', isBlank: true }, true],
  ])('%s: %j is %s', (_, filter, pass) => {
    expect(ask(filter).pass).toBe(pass);
  });

  it('with several criteria one element must fulfil all of them', () => {
    const both = (sku: string, price: number) => ({
      attribute: 'items[]',
      where: [
        { field: 'sku', equals: sku },
        { field: 'price', moreThan: price },
      ],
    });
    expect(ask(both('y', 10)).pass).toBe(true);
    expect(ask(both('x', 10)).pass).toBe(false);
    // Each alone is fulfilled, by different elements.
    expect(
      ask({
        all: [
          { attribute: 'items[].sku', equals: 'x' },
          { attribute: 'items[].price', moreThan: 10 },
        ],
      }).pass,
    ).toBe(true);
    expect(describeFilter(filterSchema.parse(both('y', 10)))).toBe(
      'items[] has an element whose sku equals y and whose price > 10',
    );
  });

  it('shows the values it saw, ten of many', () => {
    expect(ask({ attribute: 'cart.value', equals: 1 }).value).toBe(12);
    expect(ask({ attribute: 'items[].sku', equals: 'x' }).value).toEqual(['x', 'y']);
    const many = { list: Array.from({ length: 30 }, (_, n) => ({ n })) };
    expect(ask({ attribute: 'list[].n', equals: 29 }, many)).toEqual({
      pass: true,
      value: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    });
  });

  it.each(['a..b', '.a', 'a[', 'a[]b', 'x[].y[]', 'a[][]'])('%s is no path, and is refused', (attribute) => {
    expect(parseAttributePath(attribute)).toBeNull();
    const issue = JSON.stringify(filterSchema.safeParse({ attribute, equals: 1 }).error?.issues);
    expect(issue).toContain('is not the path of an attribute');
  });

  it.each(['plain', 'two words', '"', `'; drop`])('%j is a name as it is', (name) => {
    expect(parseAttributePath(name)).toEqual({ attribute: name, steps: [] });
  });

  it('several criteria are of a list, and of what stands in its elements', () => {
    const where = [{ field: 'sku', equals: 'x' }];
    const problem = (filter: object) => JSON.stringify(filterSchema.safeParse(filter).error?.issues);
    expect(problem({ attribute: 'items', where })).toContain('a path that ends with []');
    expect(problem({ attribute: 'items[]', where: [{ field: 'tags[]', equals: 'x' }] })).toContain('a path without []');
    expect(problem({ attribute: 'items[]', where: [{ field: 'sku' }] })).toContain('needs an operator');
  });
});
