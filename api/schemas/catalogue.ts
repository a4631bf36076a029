import { z } from 'zod';
import { VALUE_TYPES } from '../../domain/event/catalogue.js';
import { instantText, textKeyset } from './paging.js';

/** What the catalogue answers. */
export const seenLists = {
  events: textKeyset('seen-events', ['name']),
  attributes: textKeyset('seen-attributes', ['name']),
  products: textKeyset('seen-products', ['name']),
  properties: textKeyset('seen-properties', ['name']),
};

const seen = {
  count: z.int().meta({ description: 'How often, about: a process that is killed has not told its last minute' }),
  firstAt: instantText,
  lastAt: instantText,
};
const name = { name: z.string() };
const values = {
  types: z.array(z.enum(VALUE_TYPES)),
  samples: z
    .array(z.union([z.string(), z.number(), z.boolean()]))
    .meta({ description: 'Up to 5 values that at least 10 people had; none of addresses and names' }),
};
const page = {
  next: z.string().nullable(),
  isFull: z.boolean().meta({ description: 'Whether as many are kept as can be: others may have been seen too' }),
};

export const seenEvents = z
  .object({ events: z.array(z.object({ ...name, ...seen })), ...page })
  .meta({ id: 'SeenEvents' });

export const seenAttributes = z
  .object({ attributes: z.array(z.object({ ...name, ...values, ...seen })), ...page })
  .meta({ id: 'SeenAttributes' });

export const seenProducts = z
  .object({ products: z.array(z.object({ id: z.string(), ...seen })), ...page })
  .meta({ id: 'SeenProducts' });

export const seenProperties = z
  .object({ properties: z.array(z.object({ ...name, ...values, ...seen })), ...page })
  .meta({ id: 'SeenProperties' });
