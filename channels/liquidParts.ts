// What an operator wrote, with and without the Liquid in it.
import { partsOf } from '../domain/liquidParts.cjs';

export function holdsLiquid(text: string): boolean {
  return text.includes('{{') || text.includes('{%');
}

/** The text with each `{{ … }}` and `{% … %}` replaced by what `by` says of it. */
export function replaceLiquid(text: string, by: (found: string) => string): string {
  let kept = '';
  let end = 0;
  for (const [from, to] of partsOf(text)) {
    kept += text.slice(end, from) + by(text.slice(from, to));
    end = to;
  }
  return kept + text.slice(end);
}

/** What stands within `{{ … }}`. */
export function outputsOf(text: string): readonly string[] {
  return [...partsOf(text)]
    .filter(([from]) => text.startsWith('{{', from))
    .map(([from, to]) => text.slice(from + 2, to - 2));
}

/** A text that says the same to everybody. */
export function isLiteral(text: unknown): text is string {
  return typeof text === 'string' && !holdsLiquid(text);
}
