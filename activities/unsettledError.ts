/**
 * What a provider answered cannot be stored, and the message has no key under which it could be asked again: its pairing
 * is parked at once, as each further attempt would send another copy.
 */
import type { Answered } from './calls.js';

export class UnsettledError extends Error {
  /** Of the database's refusal. */
  readonly code: unknown;

  constructor(answers: readonly Answered[], cause: unknown) {
    const told = answers.map(({ call, result }) => `${call.channel} ${result.kind}${codeIn(result)}`).join(', ');
    const why = cause instanceof Error ? cause.message : String(cause);
    super(`what the provider answered (${told}) could not be stored: ${why}`, { cause });
    this.name = 'UnsettledError';
    this.code = typeof cause === 'object' && cause !== null ? Reflect.get(cause, 'code') : undefined;
  }
}

function codeIn(result: Answered['result']): string {
  return result.kind === 'accepted' ? '' : ` as ${result.code}`;
}
