// What a setting is: its documentation and how its text becomes a value. Knows no setting itself.
import { z } from 'zod';

export interface Variable<T> {
  /** Text, as a person would write it; null: unset unless given. */
  readonly default: string | null;
  readonly meaning: string;
  /** Completes "NAME must be …". */
  readonly allowed: string;
  readonly isSecret: boolean;
  readonly schema: z.ZodType<T, string>;
}

interface Documentation {
  readonly default: string | null;
  readonly meaning: string;
}

export function text({ allowed = 'text', ...rest }: Documentation & { allowed?: string }): Variable<string> {
  return { ...rest, allowed, isSecret: false, schema: z.string() };
}

/** Text of a form, which `allowed` says. */
export function formed({
  isValid,
  ...rest
}: Documentation & { readonly allowed: string; readonly isValid: (value: string) => boolean }): Variable<string> {
  return { ...rest, isSecret: false, schema: z.string().refine(isValid) };
}

/** Never repeated in an error. */
export function secret({
  allowed,
  schema,
  ...rest
}: Documentation & { allowed: string; schema: z.ZodType<string, string> }): Variable<string> {
  return { ...rest, allowed, isSecret: true, schema };
}

export function wholeNumber({ from, to, ...rest }: Documentation & { from: number; to: number }): Variable<number> {
  const schema = z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number)
    .refine((value) => value >= from && value <= to);
  return { ...rest, allowed: `a whole number between ${from} and ${to}`, isSecret: false, schema };
}

export function port(documentation: Documentation): Variable<number> {
  return wholeNumber({ ...documentation, from: 1, to: 65_535 });
}

export function choice<const T extends string>({ of, ...rest }: Documentation & { of: readonly T[] }): Variable<T> {
  const isOne = (value: string): value is T => of.some((known) => known === value);
  const allowed = `one of ${of.join(', ')}`;
  return { ...rest, allowed, isSecret: false, schema: z.string().refine(isOne) };
}

export function onOff(documentation: Documentation): Variable<boolean> {
  const schema = z
    .string()
    .refine((value) => value === 'on' || value === 'off')
    .transform((value) => value === 'on');
  return { ...documentation, allowed: 'on or off', isSecret: false, schema };
}

export function url({ protocols, ...rest }: Documentation & { protocols: readonly string[] }): Variable<string> {
  const schema = z
    .string()
    .refine((value) => URL.canParse(value) && protocols.includes(new URL(value).protocol.slice(0, -1)));
  // Connection strings hold passwords, so none is ever repeated.
  return {
    ...rest,
    allowed: `a URL beginning with ${protocols.map((name) => `${name}://`).join(' or ')}`,
    isSecret: true,
    schema,
  };
}

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, min: 60_000, h: 3_600_000, d: 86_400_000 };

/** `90 s`, `5 min`, `24 h`, `3 d`; becomes milliseconds. */
export function duration(documentation: Documentation): Variable<number> {
  const schema = z.string().transform((value, context) => {
    const [, count, unit] = /^(\d{1,6}) ?(s|min|h|d)$/.exec(value) ?? [];
    const unitMs = UNIT_MS[unit ?? ''];
    if (unitMs !== undefined && Number(count) > 0) return Number(count) * unitMs;
    context.addIssue({ code: 'custom', message: 'not a length of time' });
    return z.NEVER;
  });
  return { ...documentation, allowed: 'a length of time such as 30 s, 5 min, 24 h or 3 d', isSecret: false, schema };
}

/** Words separated by spaces, each of the given form. */
export function list({
  isWord,
  ...rest
}: Documentation & {
  allowed: string;
  isSecret: boolean;
  isWord: (word: string) => boolean;
}): Variable<readonly string[]> {
  const schema = z
    .string()
    .transform((value) => value.split(/\s+/).filter((part) => part !== ''))
    .refine((words) => words.every(isWord));
  return { ...rest, schema };
}
