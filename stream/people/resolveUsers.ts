/**
 * From the names a request uses to internal user ids, creating the people it may create (UT-05).
 * Reads nothing about people but who they are, unless it also locks them, which spares known people a statement.
 */

import { emailKey, phoneKey } from '../../domain/profile/contact.js';
import type { Queryable } from '../../storage/pool.js';
import { findUsers, type UserNames } from '../../storage/queries/people/findUsers.js';
import {
  insertUserByAlias,
  insertUsersByAddress,
  insertUsersByExternalId,
  lockNames,
} from '../../storage/queries/people/insertUsers.js';
import { type KnownUser, lockIdsByExternalId, lockUsersByExternalId } from '../../storage/queries/people/lockUsers.js';
import type { Identity, Incoming } from '../incoming.js';

export interface ResolvedUsers {
  /** Undefined: unknown and not to be created. */
  idOf(identity: Identity): number | undefined;
  readonly created: ReadonlySet<number>;
}

export interface KnownUsers {
  readonly users: ResolvedUsers;
  readonly ids: ReadonlySet<number>;
  /** With their profiles, if these were asked for. */
  readonly locked: readonly KnownUser[];
}

/** People a request names by external id only, locked at once; null if one of them does not exist yet. */
export async function lockKnownUsers(
  tx: Queryable,
  { externalIds, withProfiles }: { readonly externalIds: readonly string[]; readonly withProfiles: boolean },
): Promise<KnownUsers | null> {
  const locked = withProfiles ? await lockUsersByExternalId(tx, externalIds) : [];
  const ids = withProfiles
    ? new Map(locked.map(({ id, profile }) => [profile.externalId, id]))
    : await lockIdsByExternalId(tx, externalIds);
  if (ids.size < externalIds.length) return null;
  const idOf = (identity: Identity) => (identity.kind === 'externalId' ? ids.get(identity.value) : undefined);
  return { users: { idOf, created: new Set() }, ids: new Set(ids.values()), locked };
}

export async function resolveUsers(tx: Queryable, incoming: readonly Incoming[], now: number): Promise<ResolvedUsers> {
  const wanted = distinct(incoming.map((item) => item.identity));
  const known = await findNamed(tx, wanted);
  const missing = distinct(
    incoming
      .filter((item) => !item.updateExistingOnly && item.identity.kind !== 'userId')
      .map((item) => item.identity)
      .filter((identity) => !known.has(identityKey(identity))),
  );
  const created = missing.length === 0 ? new Set<number>() : await create(tx, missing, known, now);
  return { idOf: (identity) => known.get(identityKey(identity)), created };
}

async function create(
  tx: Queryable,
  missing: readonly Identity[],
  known: Map<string, number>,
  now: number,
): Promise<ReadonlySet<number>> {
  const created = new Set<number>();
  const unconstrained = missing.filter((identity) => identity.kind !== 'externalId');
  // Names before rows, as requests that set addresses lock them.
  if (unconstrained.length > 0) await lockNames(tx, unconstrained.map(identityKey));
  const externalIds = missing.flatMap((identity) => (identity.kind === 'externalId' ? [identity.value] : []));
  if (externalIds.length > 0) {
    for (const id of await insertUsersByExternalId(tx, externalIds, now)) created.add(id);
  }
  if (unconstrained.length > 0) {
    const appeared = await findNamed(tx, unconstrained);
    const absent = unconstrained.filter((identity) => !appeared.has(identityKey(identity)));
    const emails = absent.flatMap((identity) => (identity.kind === 'email' ? [identity.value] : []));
    const phones = absent.flatMap((identity) => (identity.kind === 'phone' ? [identity.value] : []));
    if (emails.length + phones.length > 0) {
      for (const id of await insertUsersByAddress(tx, { emails, phones }, now)) created.add(id);
    }
    for (const identity of absent) {
      if (identity.kind === 'alias') created.add(await insertUserByAlias(tx, identity, now));
    }
  }
  for (const [key, id] of await findNamed(tx, missing)) known.set(key, id);
  return created;
}

/** Who is so named, by `identityKey`: of several with one address the one that it means (UT-05). */
export async function findNamed(tx: Queryable, identities: readonly Identity[]): Promise<Map<string, number>> {
  const names: Mutable<UserNames> = { externalIds: [], aliases: [], userIds: [], emails: [], phones: [] };
  for (const identity of identities) {
    switch (identity.kind) {
      case 'externalId':
        names.externalIds.push(identity.value);
        break;
      case 'alias':
        names.aliases.push(identity);
        break;
      case 'userId':
        names.userIds.push(identity.value);
        break;
      case 'email':
        names.emails.push(identity.value);
        break;
      case 'phone':
        names.phones.push(identity.value);
        break;
    }
  }
  const found = new Map<string, number>();
  for (const { kind, value, name, id } of await findUsers(tx, names)) {
    found.set(kind === 'alias' ? `alias:${JSON.stringify([value, name])}` : `${kind}:${value}`, id);
  }
  return found;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] extends readonly (infer Item)[] ? Item[] : T[Key] };

/** The same for every way to write one name: letter case of an e-mail address, separators of a phone number. */
export function identityKey(identity: Identity): string {
  switch (identity.kind) {
    case 'alias':
      return `alias:${JSON.stringify([identity.label, identity.name])}`;
    case 'email':
      return `email:${emailKey(identity.value)}`;
    case 'phone':
      return `phone:${phoneKey(identity.value)}`;
    default:
      return `${identity.kind}:${identity.value}`;
  }
}

function distinct(identities: readonly Identity[]): readonly Identity[] {
  const first = new Map<string, Identity>();
  for (const identity of identities) {
    const key = identityKey(identity);
    if (!first.has(key)) first.set(key, identity);
  }
  return [...first.values()];
}
