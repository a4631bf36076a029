/** One person's waiting messages, in the order in which their attempts come: by instant, then by due time, then by entry. */
import type { OpenPairing } from '../domain/decision/effects.js';

export interface WaitingMessage {
  readonly pairing: OpenPairing;
  readonly dueAt: number;
  /** What lateness counts from. */
  readonly plannedAt: number;
  /** The planned instant of the next attempt. */
  readonly wakeAt: number;
  /** When that is really made: a late trigger's due time may have passed. */
  readonly attemptAt: number;
}

export class WaitingList {
  private readonly messages: WaitingMessage[] = [];

  add(message: WaitingMessage): void {
    let position = this.messages.length;
    for (; position > 0; position -= 1) {
      const before = this.messages[position - 1];
      if (before === undefined || !comesBefore(message, before)) break;
    }
    this.messages.splice(position, 0, message);
  }

  /** Takes out the next one whose attempt comes before the instant. */
  takeBefore(instant: number): WaitingMessage | null {
    const next = this.messages[0];
    if (next === undefined || next.attemptAt >= instant) return null;
    this.messages.shift();
    return next;
  }

  remove(pairing: OpenPairing): WaitingMessage | null {
    const position = this.messages.findIndex((message) => message.pairing === pairing);
    return position < 0 ? null : (this.messages.splice(position, 1)[0] ?? null);
  }

  all(): readonly WaitingMessage[] {
    return [...this.messages];
  }
}

/** At one instant, what fell due earlier goes first; entry decides the rest, and later entries are added later. */
function comesBefore(a: WaitingMessage, b: WaitingMessage): boolean {
  if (a.attemptAt !== b.attemptAt) return a.attemptAt < b.attemptAt;
  if (a.dueAt !== b.dueAt) return a.dueAt < b.dueAt;
  return a.pairing.trigger.seq < b.pairing.trigger.seq;
}
