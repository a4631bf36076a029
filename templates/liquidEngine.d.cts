import type { JsonObject } from '../domain/json.js';

export interface TemplateProblem {
  readonly path: string;
  readonly message: string;
}

export interface TemplateRead {
  readonly path: string;
  /** `['event_properties', 'cart_id']`; up to the first that only rendering would tell. */
  readonly names: readonly string[];
}

export interface LiquidEngine {
  reads(content: JsonObject): TemplateRead[];
  check(content: JsonObject): TemplateProblem[];
}

export function createEngine(options: { readonly caches: boolean; readonly maxTextLength: number }): LiquidEngine;
export const RENDER_LIMIT_MS: number;
