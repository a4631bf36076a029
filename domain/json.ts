/** A JSON value as it is stored and compared: what properties, attributes and evidence are made of. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/** One text of all ways to write a value: fields in one order, as PostgreSQL's jsonb does not keep one. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, nested: unknown) => {
    if (typeof nested !== 'object' || nested === null || Array.isArray(nested)) return nested;
    return Object.fromEntries(Object.entries(nested).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

/** No less than the value's length as JSON in UTF-8, in bytes, and much cheaper to know. */
export function mostJsonBytes(value: Json): number {
  if (typeof value === 'string') return 6 * value.length + 2;
  if (typeof value !== 'object' || value === null) return 24;
  let bytes = 2;
  for (const [name, nested] of Object.entries(value)) bytes += 6 * name.length + 4 + mostJsonBytes(nested);
  return bytes;
}

/** The value's length as JSON in UTF-8, in bytes. */
export function jsonBytes(value: Json): number {
  return Buffer.byteLength(JSON.stringify(value));
}
