/** ID-02: somebody who is known by an alias or an address alone is known by an external id too, or is who has it already. */
import type { TransactionClient } from '../../storage/pool.js';
import { giveAlias, hasLabel } from '../../storage/queries/people/identity/aliases.js';
import { assignExternalId } from '../../storage/queries/people/identity/externalIds.js';
import { lockUsers } from '../../storage/queries/people/lockUsers.js';
import type { StreamDeps } from '../streamDeps.js';
import { lockAddressesOf, type Merged, mergeLocked } from './mergePeople.js';
import { lockTargets, type Target } from './target.js';

export interface Identification {
  readonly person: Target;
  readonly externalId: string;
}

/** `none`: only the alias changes hands, and the profile that had it stays as it is. */
export type MergeBehavior = 'merge' | 'none';

export type IdentifiedPerson =
  | Extract<Merged, { kind: 'merged' }>
  /** They have the external id now, or had it before. */
  | { readonly kind: 'identified' }
  | {
      readonly kind: 'skipped';
      readonly why: Extract<Merged, { kind: 'skipped' }>['why'] | 'identified_before' | 'label_taken';
    };

export async function identifyPerson(
  tx: TransactionClient,
  stream: StreamDeps,
  {
    identification: { person, externalId },
    behavior,
    now,
  }: { readonly identification: Identification; readonly behavior: MergeBehavior; readonly now: number },
): Promise<IdentifiedPerson> {
  const emailKeys = await lockAddressesOf(tx, person);
  const [one, other] = await lockTargets(tx, [person, { kind: 'externalId', value: externalId }]);
  if (one === 'several') return { kind: 'skipped', why: 'several_users' };
  if (one === undefined || one === 'nobody') return { kind: 'skipped', why: 'unknown_user' };
  if (other === undefined || other === 'nobody' || other === 'several')
    return (await assignExternalId(tx, one.id, externalId))
      ? { kind: 'identified' }
      : { kind: 'skipped', why: 'identified_before' };
  if (one.id === other.id) return { kind: 'identified' };
  const [user] = await lockUsers(tx, [one.id]);
  if (user?.profile.externalId !== null) return { kind: 'skipped', why: 'identified_before' };
  if (person.kind === 'alias' && (await hasLabel(tx, other.id, person.label)))
    return { kind: 'skipped', why: 'label_taken' };
  if (behavior === 'merge') {
    return await mergeLocked(tx, stream, { people: { from: one.id, into: other.id }, emailKeys, now });
  }
  if (person.kind === 'alias') await giveAlias(tx, person, other.id);
  return { kind: 'identified' };
}
