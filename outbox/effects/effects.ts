/** Each target of the outbox by what carries out its rows. */
import type { OutboxTarget } from '../../storage/queries/outbox/ask.js';
import type { OutboxRow } from '../../storage/queries/outbox/outboxRows.js';
import type { PairingSubject } from '../../storage/queries/outbox/pairingSubject.js';
import type { DrainDeps } from '../deps.js';
import { pairingEffects } from './pairing.js';

type Asked = Pick<OutboxRow, 'kind' | 'attempts'>;

export interface Effects<Subject> {
  /** Whether it asks for nothing any more. */
  isIdle(row: Asked, subject: Subject): boolean;
  /** When what it asks for is to have an effect that somebody sees, ms. */
  dueAt(subject: Subject): number;
  /** Harmless when repeated; throws what is tried again later. */
  carryOut(deps: DrainDeps, row: Asked, subject: Subject): Promise<void>;
}

export const EFFECTS: { readonly [T in OutboxTarget]: Effects<PairingSubject> } = { pairing: pairingEffects };
