// Reads a definition's text as YAML 1.2 (core schema: 09:00 and dates stay texts; 1.1 reads 09:00 as 540). Text comes from
// outside: its size, nesting and aliases are bounded before anything recurses into it.
import { Lexer, LineCounter, Parser, parseDocument, visit } from 'yaml';
import { exactNumber } from '../schema/exactJson.js';
import type { DefinitionProblem } from './definition.js';

const MAX_TEXT_LENGTH = 512 * 1024;
const MAX_NESTING = 60;
/** Not 0x…, 0o…, .inf or .nan. */
const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const MAX_ALIASES = 50;

type ReadYaml =
  | { readonly ok: true; readonly value: unknown; lineOf(path: readonly PropertyKey[]): number }
  | { readonly ok: false; readonly problems: readonly DefinitionProblem[] };

export function readYaml(text: string): ReadYaml {
  if (text.length > MAX_TEXT_LENGTH) return refused('is too long', undefined, `at most ${MAX_TEXT_LENGTH} characters`);
  if (isNestedTooDeeply(text)) return refused('is nested too deeply', undefined, `at most ${MAX_NESTING} levels`);
  const lines = new LineCounter();
  const document = parseDocument(text, { version: '1.2', schema: 'core', lineCounter: lines, prettyErrors: false });
  const errors = [...document.errors, ...document.warnings];
  if (errors.length > 0) {
    const problems = errors.slice(0, 10).map((error) => ({
      path: '',
      message: `is not YAML or JSON: ${error.message}`,
      line: lines.linePos(error.pos[0]).line,
    }));
    return { ok: false, problems };
  }
  visit(document, {
    // The digits as they were written, where a number would lose some.
    Scalar: (_key, node) => {
      if (typeof node.value === 'number' && node.source !== undefined && DECIMAL.test(node.source))
        node.value = exactNumber(node.source);
    },
  });
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    return refused(
      `is not YAML or JSON: ${error.message}`,
      undefined,
      `at most ${MAX_ALIASES} aliases, each after its anchor`,
    );
  }
  return { ok: true, value, lineOf };

  /** The line of the deepest part of the path that was written. */
  function lineOf(path: readonly PropertyKey[]): number {
    for (let length = path.length; length > 0; length -= 1) {
      const node: unknown = document.getIn(path.slice(0, length), true);
      const start = startOf(node);
      if (start !== null) return lines.linePos(start).line;
    }
    return 1;
  }
}

function startOf(node: unknown): number | null {
  if (typeof node !== 'object' || node === null || !('range' in node) || !Array.isArray(node.range)) return null;
  const start: unknown = node.range[0];
  return typeof start === 'number' ? start : null;
}

/**
 * Composing a document recurses: 100,000 opening brackets exhaust the stack and end the whole process (yaml 2.9, tried).
 * The token parser keeps its own stack, so it can be asked first.
 */
function isNestedTooDeeply(text: string): boolean {
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(text)) {
    for (const _token of parser.next(lexeme)) {
      // Only the parser's stack is wanted.
    }
    if (parser.stack.length > MAX_NESTING) return true;
  }
  return false;
}

function refused(message: string, line?: number, allowed?: string): ReadYaml {
  return {
    ok: false,
    problems: [
      { path: '', message, ...(allowed === undefined ? {} : { allowed }), ...(line === undefined ? {} : { line }) },
    ],
  };
}
