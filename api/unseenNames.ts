import type { AskedName } from '../domain/audience/askedNames.js';
import type { Problem } from '../domain/errors.js';
import { type CatalogueName, isNamable, MOST_NAMES, MOST_PROPERTIES } from '../domain/event/catalogue.js';
import { nearestName } from '../domain/schema/nearestName.js';
import type { Queryable } from '../storage/pool.js';
import { arePropertiesFull, selectBeside, selectUnseen } from '../storage/queries/catalogue/catalogue.js';

/** Each is compared with all names there are. */
const MOST_TOLD = 10;

/** What definitions ask for and nobody has shown yet: allowed, as it may come, and most likely mistyped. */
export async function unseenNames(db: Queryable, asked: readonly AskedName[]): Promise<readonly Problem[]> {
  const kept = distinct(asked).filter(isNamable);
  if (kept.length === 0) return [];
  const places = new Set(await selectUnseen(db, kept));
  const unseen = kept.filter((_, place) => places.has(place));
  const isUnseen = ({ kind, name }: CatalogueName) =>
    unseen.some((each) => each.property === '' && each.kind === kind && each.name === name);
  // Of an event that was not seen no property was.
  const told = unseen.filter((each) => each.property === '' || !isUnseen(each)).slice(0, MOST_TOLD);
  if (told.length === 0) return [];
  const of = told.filter(({ property }) => property !== '');
  const kinds = told.filter(({ property }) => property === '').map(({ kind }) => kind);
  const beside = await selectBeside(db, { kinds: [...new Set(kinds)], of: distinctNames(of) });
  const isFull = of.length > 0 && (await arePropertiesFull(db));
  return told.flatMap((each) => {
    const { kind, name, property } = each;
    if (property === '') {
      const names = beside.filter((other) => other.property === '' && other.kind === kind).map((other) => other.name);
      // More were seen than are kept: it may be one of those.
      return names.length >= MOST_NAMES ? [] : [problemOf(each, nearestName(name, names))];
    }
    const ofName = beside.filter((other) => other.property !== '' && other.kind === kind && other.name === name);
    const properties = ofName.map((other) => other.property);
    return isFull || properties.length >= MOST_PROPERTIES ? [] : [problemOf(each, nearestName(property, properties))];
  });
}

function distinctNames(asked: readonly AskedName[]): readonly AskedName[] {
  return distinct(asked.map((each) => ({ ...each, property: '' })));
}

function distinct(asked: readonly AskedName[]): readonly AskedName[] {
  return [...new Map(asked.map((each) => [JSON.stringify([each.kind, each.name, each.property]), each])).values()];
}

function problemOf(asked: AskedName, nearest: string | null): Problem {
  const hint = nearest === null ? '' : `; did you mean '${nearest}'?`;
  return {
    path: asked.path,
    message: `asks for ${whatOf(asked)}, which is not in the catalogue of what was seen${hint}`,
    allowed: `one of GET ${listOf(asked)}, or one that is still to come`,
  };
}

function whatOf({ kind, name, property }: CatalogueName): string {
  if (property !== '') return `property '${property}' of ${kind === 'event' ? `custom event '${name}'` : 'purchases'}`;
  return `${kind === 'event' ? 'custom event' : kind} '${name}'`;
}

function listOf({ kind, name, property }: CatalogueName): string {
  if (property === '')
    return `/v1/catalogue/${kind}s${kind === 'product' ? ' (which more than one person bought)' : ''}`;
  return `/v1/catalogue/properties${kind === 'event' ? `?event=${encodeURIComponent(name)}` : ''}`;
}
