// Regular expressions of definitions, by RE2: linear time whatever the pattern and text, so a definition cannot stall
// the recording of events. Compiled once per pattern.
import { RE2JS } from 're2js';

const MAX_CACHED = 1_000;
const compiled = new Map<string, RE2JS>();

export interface RegularExpressionOptions {
  readonly ignoreCase: boolean;
}

/** Whether the pattern is found anywhere in the text. Throws on a pattern that validation would have refused. */
export function findsRegularExpression(pattern: string, text: string, options: RegularExpressionOptions): boolean {
  return compile(pattern, options).matcher(text).find();
}

/** What is wrong with the pattern, null when nothing. */
export function regularExpressionProblem(pattern: string): string | null {
  try {
    compile(pattern, { ignoreCase: false });
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function compile(pattern: string, { ignoreCase }: RegularExpressionOptions): RE2JS {
  const key = `${ignoreCase ? 'i' : 's'}:${pattern}`;
  const cached = compiled.get(key);
  if (cached !== undefined) return cached;
  if (compiled.size >= MAX_CACHED) compiled.clear();
  const expression = RE2JS.compile(pattern, ignoreCase ? RE2JS.CASE_INSENSITIVE : 0);
  compiled.set(key, expression);
  return expression;
}
