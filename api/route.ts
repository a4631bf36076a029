import { z } from 'zod';
import type { Scope } from '../domain/apiKey.js';
import { MAX_PROBLEMS, type Problem, RappelError } from '../domain/errors.js';

/**
 * A route is data: what it is called, who may call it, what it takes and answers, and what it does. Express, the
 * OpenAPI document, the docs page and the access tests are all made from the same table of them.
 */
export interface Route {
  readonly method: 'get' | 'post' | 'put' | 'delete';
  /** As in OpenAPI: `/v1/campaigns/{key}`. */
  readonly path: string;
  readonly summary: string;
  readonly description?: string;
  readonly tag: 'Track' | 'Campaigns' | 'People' | 'Operations' | 'Pages';
  /** The scope a key must have; null: open to everybody. */
  readonly scope: Scope | null;
  readonly params: z.ZodObject;
  readonly query: z.ZodObject;
  readonly headers?: readonly HeaderDoc[];
  readonly body: BodyDoc | null;
  readonly answers: Readonly<Record<number, AnswerDoc>>;
  /** Errors are `application/json`: clients written for the reference product read no other type. */
  readonly compatible?: boolean;
  /** What a load balancer asks to know whether this process lives: never counted, and so never refused for too many. */
  readonly isProbe?: boolean;
  readonly handle: (call: RawCall) => Promise<Answer>;
}

export interface HeaderDoc {
  readonly name: string;
  readonly description: string;
  /** What it must match, as a regular expression. */
  readonly pattern: string;
}

export interface BodyDoc {
  readonly schema: z.ZodType;
  /** Definitions are accepted as YAML too. */
  readonly yaml: boolean;
  /** What a body in YAML is, where that is not the same. */
  readonly yamlSchema?: z.ZodType;
  readonly optional?: boolean;
  /** Its items are judged one by one by their reader, so that a bad one does not refuse its neighbours. */
  readonly itemwise?: boolean;
  /** After decompression; 1 MiB unless it says otherwise. */
  readonly maxBytes?: number;
}

export interface AnswerDoc {
  readonly description: string;
  /** Absent: a problem document where it refuses, a text of `contentType` elsewhere. */
  readonly schema?: z.ZodType;
  readonly contentType?: string;
  readonly isEmpty?: boolean;
}

export type Body =
  | { readonly kind: 'none' }
  | { readonly kind: 'json'; readonly value: unknown; readonly sha256: () => Buffer }
  | { readonly kind: 'yaml'; readonly text: string; readonly sha256: () => Buffer };

export interface RawCall {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: Body;
  /** The caller's key; null on open routes only. */
  readonly apiKeyId: number | null;
  readonly header: (name: string) => string | undefined;
  /** Aborts when the caller goes away before the answer is complete. */
  readonly signal: AbortSignal;
}

interface TextAnswer {
  readonly kind: 'text';
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Answer =
  | {
      readonly kind: 'json';
      readonly status: number;
      readonly body: object;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | TextAnswer
  /**
   * Newline-delimited JSON, each line sent when it is written. An error of `run` ends the answer with its problem as
   * the last line, as the status is already sent.
   */
  | { readonly kind: 'lines'; readonly run: (write: WriteLine) => Promise<void> };

/** Resolves when the caller can take more. */
export type WriteLine = (line: object) => Promise<void>;

export function json(status: number, body: object): Answer {
  return { kind: 'json', status, body };
}

/** The same to everybody, written out when first asked for: a large schema takes long to make and to write. */
export function sameForAll(make: () => Answer): () => Promise<Answer> {
  let made: Answer | null = null;
  return async () => {
    made ??= written(make());
    return made;
  };
}

function written(answer: Answer): Answer {
  if (answer.kind !== 'json') return answer;
  const contentType = 'application/json; charset=utf-8';
  return { kind: 'text', status: answer.status, contentType, text: JSON.stringify(answer.body) };
}

export function html(text: string): TextAnswer {
  return { kind: 'text', status: 200, contentType: 'text/html; charset=utf-8', text };
}

interface Call<P extends z.ZodObject, Q extends z.ZodObject> {
  readonly params: z.output<P>;
  readonly query: z.output<Q>;
  readonly body: Body;
  readonly header: (name: string) => string | undefined;
  readonly signal: AbortSignal;
}

type Spec<P extends z.ZodObject, Q extends z.ZodObject> = Omit<
  Route,
  'params' | 'query' | 'scope' | 'handle' | 'body'
> & {
  readonly params: P;
  readonly query: Q;
  readonly body?: BodyDoc;
};

/** For routes without path parameters or query. */
export const nothing = z.object({});

/** A route that needs a key with this scope. */
export function scopedRoute<P extends z.ZodObject, Q extends z.ZodObject>(
  spec: Spec<P, Q> & {
    readonly scope: Scope;
    readonly handle: (call: Call<P, Q> & { readonly apiKeyId: number }) => Promise<Answer>;
  },
): Route {
  return {
    ...spec,
    body: spec.body ?? null,
    handle: async (raw) => {
      if (raw.apiKeyId === null) throw new Error(`${spec.path} was reached without a key`);
      return spec.handle({ ...readCall(spec, raw), apiKeyId: raw.apiKeyId });
    },
  };
}

/** A route open to everybody. */
export function openRoute<P extends z.ZodObject, Q extends z.ZodObject>(
  spec: Spec<P, Q> & { readonly handle: (call: Call<P, Q>) => Promise<Answer> },
): Route {
  return { ...spec, body: spec.body ?? null, scope: null, handle: async (raw) => spec.handle(readCall(spec, raw)) };
}

function readCall<P extends z.ZodObject, Q extends z.ZodObject>(spec: Spec<P, Q>, raw: RawCall): Call<P, Q> {
  const { body, header, signal } = raw;
  // Pages may be opened with whatever a link adds; of a request, a parameter that is not known is a mistake.
  if (spec.tag !== 'Pages') refuseUnknown(spec.query, raw.query);
  return { params: parse(spec.params, raw.params), query: parse(spec.query, raw.query), body, header, signal };
}

function refuseUnknown(schema: z.ZodObject, query: unknown): void {
  if (typeof query !== 'object' || query === null) return;
  const known = Object.keys(schema.shape);
  const unknown = Object.keys(query).filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  const allowed = known.length === 0 ? 'This route takes none.' : `Allowed: ${known.join(', ')}.`;
  throw new RappelError(
    'invalid_request',
    `The query has a parameter that is not known. ${allowed}`,
    unknown.map((path) => ({ path, message: 'is not known' })),
  );
}

function parse<S extends z.ZodObject>(schema: S, value: unknown): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new RappelError('invalid_request', 'The path or query is not valid.', problemsOf(result.error));
}

/** A JSON body as the schema reads it. Throws `invalid_request`, with every field that is wrong. */
export function parseBody<S extends z.ZodObject>(schema: S, body: Body): z.output<S> {
  const parsed = schema.safeParse(body.kind === 'json' ? body.value : undefined);
  if (parsed.success) return parsed.data;
  throw new RappelError('invalid_request', 'The body is not valid.', problemsOf(parsed.error));
}

function problemsOf({ issues }: z.ZodError): readonly Problem[] {
  return issues.slice(0, MAX_PROBLEMS).map(({ path, message }) => ({ path: path.map(String).join('.'), message }));
}
