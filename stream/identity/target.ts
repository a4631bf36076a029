/** Whom a request about who is who means, where an address may be that of several people (ID-02, ID-04). */
import type { TransactionClient } from '../../storage/pool.js';
import { findPrioritised } from '../../storage/queries/people/identity/findPrioritised.js';
import { SerializationFailure } from '../../storage/withTransaction.js';
import type { Identity } from '../incoming.js';
import { identityKey } from '../people/resolveUsers.js';
import { lockNamed } from './lockNamed.js';

export const PRIORITIES = ['identified', 'unidentified', 'most_recently_updated', 'least_recently_updated'] as const;
export type Priority = (typeof PRIORITIES)[number];

export type Target =
  | Identity
  | {
      readonly kind: 'prioritised';
      readonly of: 'email' | 'phone';
      readonly value: string;
      /** In the order in which they count. */
      readonly priorities: readonly Priority[];
    };

/** Nobody: there is none, or several are left. */
export type Meant = { readonly id: number } | 'nobody' | 'several';

/** Whom each of them means, not locked. */
export async function findTargets(tx: TransactionClient, targets: readonly Target[]): Promise<readonly Identified[]> {
  const identified: Identified[] = [];
  for (const target of targets) {
    if (target.kind !== 'prioritised') identified.push(target);
    else {
      const found = await findPrioritised(tx, target);
      identified.push(found === 'nobody' || found === 'several' ? found : { kind: 'userId', value: found.id });
    }
  }
  return identified;
}

type Identified = Identity | 'nobody' | 'several';

/** Whom each of them means, in their order, all locked. */
export async function lockTargets(tx: TransactionClient, targets: readonly Target[]): Promise<readonly Meant[]> {
  const identified = await findTargets(tx, targets);
  const named = await lockNamed(tx, identified.flatMap(identityOf));
  const again = await findTargets(tx, targets);
  if (again.some((each, place) => keyOf(each) !== keyOf(identified[place] ?? 'nobody')))
    throw new SerializationFailure('an address came to mean somebody else while people were being locked');
  return identified.map((each): Meant => {
    if (each === 'nobody' || each === 'several') return each;
    const id = named.get(identityKey(each));
    return id === undefined ? 'nobody' : { id };
  });
}

export function identityOf(identified: Identified): readonly Identity[] {
  return identified === 'nobody' || identified === 'several' ? [] : [identified];
}

function keyOf(identified: Identified): string {
  return identified === 'nobody' || identified === 'several' ? identified : identityKey(identified);
}
