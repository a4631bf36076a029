/** A JSON value as it is stored and compared: what properties, attributes and evidence are made of. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };
