import type { JsonObject } from '../domain/json.js';

export interface TemplateProblem {
  readonly path: string;
  readonly message: string;
}

export interface LiquidEngine {
  check(content: JsonObject): TemplateProblem[];
}

export function createEngine(options: { readonly caches: boolean; readonly maxTextLength: number }): LiquidEngine;
export const RENDER_LIMIT_MS: number;
