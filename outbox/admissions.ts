import type { Pool } from '../storage/pool.js';
import { selectTakenUp } from '../storage/queries/pairings/selectTakenUp.js';
import { Admission } from './admission.js';

/** Of those due first, and of those of campaigns that take turns. */
export interface Admissions {
  readonly due: Admission;
  readonly inTurn: Admission;
}

export function createAdmissions(pool: Pool): Admissions {
  const takenUp = (pairingIds: readonly number[]) => selectTakenUp(pool, pairingIds);
  return { due: new Admission({ takenUp }), inTurn: new Admission({ takenUp }) };
}
