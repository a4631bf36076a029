import type { OutboxRow } from '../../storage/queries/outbox/outboxRows.js';
import type { DrainDeps } from '../deps.js';

type Asked = Pick<OutboxRow, 'kind' | 'attempts'>;

export interface Effects<Subject> {
  /** Whether it asks for nothing any more. */
  isIdle(row: Asked, subject: Subject): boolean;
  /** When what it asks for is to have an effect that somebody sees, ms. */
  dueAt(subject: Subject): number;
  /** Harmless when repeated; throws what is tried again later. */
  carryOut(deps: DrainDeps, row: Asked, subject: Subject): Promise<void>;
}
