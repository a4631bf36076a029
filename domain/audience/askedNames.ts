/** Which names of the catalogue an audience or a matcher asks for, each with where it stands in the definition. */
import type { CatalogueName } from '../event/catalogue.js';
import { readField } from '../event/fieldChange.js';
import type { EventMatcher } from '../event/matcher.js';
import type { PropertyTest } from '../event/propertyTest.js';
import { standardField } from '../profile/standardFields.js';
import { attributePath } from './attributePath.js';
import { childrenOf, type Filter, needsOf } from './filter.js';

export interface AskedName extends CatalogueName {
  readonly path: string;
}

/** Its own: what the segments ask that it names is told of these. */
export function namesOfAudience(filter: Filter, path: string): readonly AskedName[] {
  const counted = needsOf(filter).flatMap((need) =>
    'eventKind' in need ? namesOfEvent(need.eventKind, need.name, 'where' in need ? need.where : []) : [],
  );
  return [...attributesIn(filter).flatMap(namesOfAttribute), ...counted].map((name) => ({ ...name, path }));
}

export function namesOfMatcher({ kind, name, where }: EventMatcher, path: string): readonly AskedName[] {
  const field = kind === 'attributes' && name !== null ? readField(name) : null;
  const names = field?.kind === 'attribute' ? namesOfAttribute(field.name) : namesOfEvent(kind, name ?? '', where);
  return names.map((each) => ({ ...each, path }));
}

function attributesIn(filter: Filter): readonly string[] {
  if ('attribute' in filter) return [attributePath(filter.attribute).attribute];
  return 'segment' in filter ? [] : (childrenOf(filter)?.flatMap(attributesIn) ?? []);
}

/** A field that everybody has is no name that must be seen first. */
function namesOfAttribute(name: string): readonly CatalogueName[] {
  return standardField(name) === undefined ? [{ kind: 'attribute', name, property: '' }] : [];
}

/** `name` '': any. */
function namesOfEvent(
  kind: EventMatcher['kind'],
  name: string,
  where: readonly PropertyTest[],
): readonly CatalogueName[] {
  const properties = where.flatMap(({ path: [property] }) => property ?? []);
  if (kind === 'custom') return ['', ...properties].map((property) => ({ kind: 'event', name, property }));
  if (kind !== 'purchase') return [];
  const product: readonly CatalogueName[] = name === '' ? [] : [{ kind: 'product', name, property: '' }];
  return [...product, ...properties.map((property): CatalogueName => ({ kind: 'product', name: '', property }))];
}
