// Reads a definition's text as YAML 1.2 (core schema: 09:00 and dates stay texts; 1.1 reads 09:00 as 540). Text comes from
// outside: its size, nesting and aliases are bounded before anything recurses into it.
import { Composer, type CST, type Document, isScalar, Lexer, LineCounter, Parser, visit } from 'yaml';
import { exactNumber } from '../../schema/exactJson.js';
import type { DefinitionProblem } from './definition.js';

const MAX_TEXT_LENGTH = 512 * 1024;
const MAX_NESTING = 60;
/** Not 0x…, 0o…, .inf or .nan. */
const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const MAX_ALIASES = 50;
/** Of one nested field some 8: marks, indentation, key, value. Composing so many takes some 50 ms. */
const MAX_LEXEMES = 15_000;
const MAX_ERRORS = 10;

type ReadYaml =
  | { readonly ok: true; readonly value: unknown; lineOf(path: readonly PropertyKey[]): number }
  | { readonly ok: false; readonly problems: readonly DefinitionProblem[] };

export function readYaml(text: string): ReadYaml {
  if (text.length > MAX_TEXT_LENGTH) return refused('is too long', undefined, `at most ${MAX_TEXT_LENGTH} characters`);
  const lines = new LineCounter();
  let document: Document.Parsed;
  try {
    document = compose(text, lines);
  } catch (error) {
    if (error instanceof OutOfBounds) return refused(error.message, undefined, error.allowed);
    throw error;
  }
  const errors = [
    ...[...document.errors, ...document.warnings].map(({ message, pos: [at] }) => ({ message, at })),
    ...repeatedKeys(document),
  ];
  if (errors.length > 0) {
    const problems = errors.slice(0, MAX_ERRORS).map(({ message, at }) => ({
      path: '',
      message: `is not YAML or JSON: ${message}`,
      line: lines.linePos(at).line,
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

function compose(text: string, lines: LineCounter): Document.Parsed {
  const composer = new Composer({
    version: '1.2',
    schema: 'core',
    lineCounter: lines,
    prettyErrors: false,
    // The library compares each key with all before it: 20,000 keys took 5 s. `repeatedKey` looks them up.
    uniqueKeys: false,
  });
  const [document, another] = composer.compose(tokensOf(text, lines), true, text.length);
  if (document === undefined) throw new TypeError('the composer was asked for a document of whatever text');
  if (another !== undefined) throw new OutOfBounds('is more than one document', 'one document');
  return document;
}

class OutOfBounds extends Error {
  constructor(
    message: string,
    readonly allowed: string,
  ) {
    super(message);
  }
}

/**
 * Composing a document recurses: 100,000 opening brackets exhaust the stack and end the whole process (yaml 2.9, tried).
 * The token parser keeps its own stack, and gives a document to the composer only once it is complete: so it is asked first.
 */
function* tokensOf(text: string, lines: LineCounter): Generator<CST.Token> {
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  let lexemes = 0;
  let errors = 0;
  for (const lexeme of new Lexer().lex(text)) {
    lexemes += 1;
    if (lexemes > MAX_LEXEMES)
      throw new OutOfBounds('has too many parts', `at most ${MAX_LEXEMES} marks, keys, values and blank lines`);
    for (const token of parser.next(lexeme)) {
      yield token;
      if (token.type === 'error') errors += 1;
    }
    if (errors >= MAX_ERRORS) break;
    if (parser.stack.length > MAX_NESTING)
      throw new OutOfBounds('is nested too deeply', `at most ${MAX_NESTING} levels`);
  }
  yield* parser.end();
}

interface TextError {
  readonly message: string;
  /** The place in the text. */
  readonly at: number;
}

function repeatedKeys(document: Document.Parsed): readonly TextError[] {
  const found: TextError[] = [];
  visit(document, {
    Map: (_key, map) => {
      const keys = new Set<unknown>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        if (keys.has(key.value)) found.push({ message: 'Map keys must be unique', at: startOf(key) ?? 0 });
        keys.add(key.value);
      }
    },
  });
  return found;
}

function refused(message: string, line?: number, allowed?: string): ReadYaml {
  return {
    ok: false,
    problems: [
      { path: '', message, ...(allowed === undefined ? {} : { allowed }), ...(line === undefined ? {} : { line }) },
    ],
  };
}
