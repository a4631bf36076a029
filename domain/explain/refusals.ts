/** What a provider's refusals did to a message, in words: each with its answer, and when it was tried again. */
import { showInstant } from './instants.js';

export interface Refusal {
  /** Epoch ms at which the request went out. */
  readonly tried: number;
  /** Epoch ms at which it was answered "not now". */
  readonly refused: number;
  readonly code: string;
  readonly detail: string;
}

export interface RefusedMessage {
  readonly channel: string;
  /** The latest ones, oldest first; `count` of them there were. */
  readonly refusals: readonly Refusal[];
  readonly count: number;
  /** Epoch ms of the latest request; null while none has gone out since the last refusal. */
  readonly triedAgainAt: number | null;
  /** Epoch ms at which it is tried again; null when it has been, or will not be. */
  readonly nextTryAt: number | null;
}

const LONGEST_DETAIL = 200;

/** One sentence; empty where nothing was refused. */
export function tellRefusals(message: RefusedMessage, zone: string): string {
  const { channel, refusals, count, triedAgainAt, nextTryAt } = message;
  if (refusals.length === 0) return '';
  const told = refusals.map(({ refused, code, detail }, position) => {
    const again = refusals[position + 1]?.tried ?? triedAgainAt;
    const then = again === null ? '' : `, tried again at ${showInstant(again, zone)}`;
    return `refused at ${showInstant(refused, zone)} (${code}: ${shorten(detail)})${then}`;
  });
  const earlier = count - refusals.length;
  const before = earlier > 0 ? `refused ${earlier} time${earlier === 1 ? '' : 's'} before, then ` : '';
  const next = nextTryAt === null ? '' : `; the next try is at ${showInstant(nextTryAt, zone)}`;
  return `By ${channel} it was ${before}${told.join(', then ')}${next}.`;
}

function shorten(detail: string): string {
  const line = detail.replace(/\s+/g, ' ').trim();
  return line.length <= LONGEST_DETAIL ? line : `${line.slice(0, LONGEST_DETAIL).toWellFormed()}…`;
}
