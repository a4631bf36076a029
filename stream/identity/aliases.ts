/** ID-01: who has which alias. A label and a name are one person's, and of a label a person has one name. */
import type { TransactionClient } from '../../storage/pool.js';
import { insertAliases, renameAlias } from '../../storage/queries/people/identity/aliases.js';
import { insertUserByAlias, lockNames } from '../../storage/queries/people/insertUsers.js';
import type { Identity } from '../incoming.js';
import { findNamed, identityKey } from '../people/resolveUsers.js';
import { lockNamed } from './lockNamed.js';

export interface NewAlias {
  /** Null: of whoever has it, or of somebody new. */
  readonly externalId: string | null;
  readonly label: string;
  readonly name: string;
}

export interface AliasRename {
  readonly label: string;
  readonly from: string;
  readonly to: string;
}

/** An item that changed nothing, by its place in the request. */
export interface SkippedAlias {
  readonly index: number;
  readonly reason: 'unknown_user' | 'unknown_alias' | 'alias_taken' | 'label_taken';
}

/** Adds aliases to people who exist, and makes the others' people; returns which of them could not be added. */
export async function addAliases(
  tx: TransactionClient,
  aliases: readonly NewAlias[],
  now: number,
): Promise<readonly SkippedAlias[]> {
  // Names before rows, as whoever creates somebody by an alias locks them.
  await lockNames(tx, [...new Set(aliases.map(aliasKey))]);
  const people = await lockNamed(tx, aliases.flatMap(personOf));
  const owners = aliases.map((alias) => ownerOf(people, alias));
  await insertAliases(
    tx,
    aliases.flatMap(({ label, name }, place) => {
      const userId = owners[place];
      return userId === undefined ? [] : [{ label, name, userId }];
    }),
  );
  const known = new Map(await findNamed(tx, aliases.map(identityOf)));
  for (const alias of aliases) {
    const key = aliasKey(alias);
    if (alias.externalId !== null || known.has(key)) continue;
    known.set(key, await insertUserByAlias(tx, alias, now));
  }
  return aliases.flatMap((alias, index): SkippedAlias[] => {
    const owner = owners[index];
    if (alias.externalId === null) return [];
    if (owner === undefined) return [{ index, reason: 'unknown_user' }];
    const holder = known.get(aliasKey(alias));
    if (holder === owner) return [];
    return [{ index, reason: holder === undefined ? 'label_taken' : 'alias_taken' }];
  });
}

/** Renames aliases one after the other; returns which of them could not be renamed. */
export async function renameAliases(
  tx: TransactionClient,
  renames: readonly AliasRename[],
): Promise<readonly SkippedAlias[]> {
  const from = renames.map((rename): Identity => ({ kind: 'alias', label: rename.label, name: rename.from }));
  const to = renames.map((rename): Identity => ({ kind: 'alias', label: rename.label, name: rename.to }));
  await lockNames(tx, [...new Set([...from, ...to].map(identityKey))]);
  const people = new Map(await lockNamed(tx, from));
  const skipped: SkippedAlias[] = [];
  for (const [index, rename] of renames.entries()) {
    const { label, from: name } = rename;
    const key = identityKey({ kind: 'alias', label, name });
    const owner = people.get(key);
    if (owner === undefined) {
      skipped.push({ index, reason: 'unknown_alias' });
      continue;
    }
    if (name === rename.to) continue;
    if (!(await renameAlias(tx, { label, name }, rename.to))) {
      skipped.push({ index, reason: 'alias_taken' });
      continue;
    }
    people.delete(key);
    people.set(identityKey({ kind: 'alias', label, name: rename.to }), owner);
  }
  return skipped;
}

function identityOf({ label, name }: NewAlias): Identity {
  return { kind: 'alias', label, name };
}

function aliasKey(alias: NewAlias): string {
  return identityKey(identityOf(alias));
}

function personOf({ externalId }: NewAlias): readonly Identity[] {
  return externalId === null ? [] : [{ kind: 'externalId', value: externalId }];
}

function ownerOf(people: ReadonlyMap<string, number>, alias: NewAlias): number | undefined {
  const [person] = personOf(alias);
  return person === undefined ? undefined : people.get(identityKey(person));
}
