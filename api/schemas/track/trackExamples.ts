// For tests only: items as callers send them, and what is read of them.
import { parseTrack } from './track.js';

export const good = { external_id: 'ann', name: 'opened', time: '2026-03-06T10:00:00Z' };
export const purchase = {
  external_id: 'ann',
  product_id: 'sku',
  currency: 'EUR',
  price: 9.5,
  time: '2026-03-06T10:00:00Z',
};

export function parsed(body: unknown) {
  const result = parseTrack(body);
  if (result.kind !== 'parsed') throw new Error(`refused: ${result.message}`);
  return result;
}

/** The error of one item that stands before and after good ones, which must both survive. */
export function errorOf(array: 'attributes' | 'events' | 'purchases', item: unknown): string {
  const neighbour = array === 'purchases' ? purchase : array === 'events' ? good : { external_id: 'ann', tier: 'gold' };
  // Undefined stands for "field absent" in the cases below.
  const sent = isFlat(item)
    ? Object.fromEntries(Object.entries(item).filter(([, value]) => value !== undefined))
    : item;
  const { incoming, errors } = parsed({ [array]: [neighbour, sent, neighbour] });
  expect(incoming.map(({ index }) => index)).toEqual([0, 2]);
  const anyText: unknown = expect.any(String);
  expect(errors).toEqual([{ type: anyText, input_array: array, index: 1 }]);
  return errors[0]?.type ?? '';
}

function isFlat(item: unknown): item is object {
  return typeof item === 'object' && item !== null && Object.values(item).includes(undefined);
}

export const eventWith = (properties: unknown) => ({ ...good, properties });
