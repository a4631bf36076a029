/** What was seen of names and properties; see migration 60. */
import type { CatalogueKind, CatalogueName, Sample, ValueType } from '../../../domain/event/catalogue.js';
import { MOST_NAMES, MOST_PROPERTIES, MOST_PROPERTIES_IN_ALL } from '../../../domain/event/catalogue.js';
import { instant, type Queryable } from '../../pool.js';

export interface Seen extends CatalogueName {
  readonly types: readonly ValueType[];
  readonly samples: readonly Sample[];
  readonly count: number;
  /** Epoch ms. */
  readonly firstAt: number;
  readonly lastAt: number;
}

export const MOST_SAMPLES = 5;

// In the order of the key: processes that tell of the same names wait for each other, and never in a circle.
const ADD = `
  insert into catalogue as c (kind, name, property, types, samples, count, first_at, last_at)
  select kind, name, property, types, samples, count, first_at, last_at
  from jsonb_to_recordset($1::jsonb) as n(
    kind text, name text, property text, types text[], samples jsonb, count bigint, first_at timestamptz, last_at timestamptz
  )
  order by kind, name collate "C", property collate "C"
  on conflict (kind, name, property) do update set
    types = array(select distinct t from unnest(c.types || excluded.types) t order by t),
    samples = (
      select coalesce(jsonb_agg(s.value order by s.first), '[]') from (
        select value, min(place) as first
        from jsonb_array_elements(c.samples || excluded.samples) with ordinality e(value, place)
        group by value order by 2 limit ${MOST_SAMPLES}
      ) s
    ),
    count = c.count + excluded.count,
    first_at = least(c.first_at, excluded.first_at),
    last_at = greatest(c.last_at, excluded.last_at),
    told_at = statement_timestamp()
`;

/** Adds what a process has seen since it told last, each name and property once. */
export async function addToCatalogue(db: Queryable, seen: readonly Seen[]): Promise<void> {
  if (seen.length === 0) return;
  const rows = seen.map(({ firstAt, lastAt, ...row }) => ({
    ...row,
    first_at: instant(firstAt),
    last_at: instant(lastAt),
  }));
  await db.query({ name: 'addToCatalogue', text: ADD, values: [JSON.stringify(rows)] });
}

const KNOWN = `select kind, name, property, types from catalogue limit $1::int`;

/** What is there, in no order; at most `limit`. */
export async function readCatalogue(
  db: Queryable,
  limit: number,
): Promise<readonly (CatalogueName & Pick<Seen, 'types'>)[]> {
  const { rows } = await db.query<CatalogueName & Pick<Seen, 'types'>>({
    name: 'readCatalogue',
    text: KNOWN,
    values: [limit],
  });
  return rows;
}

export interface ListedName {
  /** Of a list of properties: the property. */
  readonly listed: string;
  readonly types: readonly ValueType[];
  readonly samples: readonly Sample[];
  readonly count: number;
  readonly first_at: number;
  readonly last_at: number;
}

const NAMES = `
  select name as listed, types, samples, count, first_at, last_at from catalogue
  where kind = $1::text and property = '' and name > $2::text
  order by name
  limit $3::int
`;

/** The names behind `after`. */
export async function listNames(
  db: Queryable,
  { kind, after, limit }: { readonly kind: CatalogueKind; readonly after: string; readonly limit: number },
): Promise<readonly ListedName[]> {
  const { rows } = await db.query<ListedName>({ name: 'listNames', text: NAMES, values: [kind, after, limit] });
  return rows;
}

/** Of an event, or, under the kind `product` and the name '', of purchases. */
export type WithProperties = Pick<CatalogueName, 'kind' | 'name'>;

const PROPERTIES = `
  select property as listed, types, samples, count, first_at, last_at from catalogue
  where kind = $1::text and name = $2::text and property > $3::text
  order by property
  limit $4::int
`;

/** The properties behind `after`; the first one is behind ''. */
export async function listProperties(
  db: Queryable,
  { kind, name, after, limit }: WithProperties & { readonly after: string; readonly limit: number },
): Promise<readonly ListedName[]> {
  const values = [kind, name, after, limit];
  const { rows } = await db.query<ListedName>({ name: 'listProperties', text: PROPERTIES, values });
  return rows;
}

const COUNT_NAMES = `select count(*) as n from catalogue where kind = $1::text and property = ''`;

const COUNT_OF_NAME = `select count(*) as n from catalogue where kind = $1::text and name = $2::text and property > ''`;

const COUNT_IN_ALL = `select count(*) as n from catalogue where property > ''`;

/** Whether as many names of the kind are kept as can be: others may have been seen. */
export async function areNamesFull(db: Queryable, kind: CatalogueKind): Promise<boolean> {
  const { rows } = await db.query<{ n: number }>({ name: 'countNames', text: COUNT_NAMES, values: [kind] });
  return (rows[0]?.n ?? 0) >= MOST_NAMES;
}

/** Whether as many properties are kept as can be, of this name or in all: others may have been seen. */
export async function arePropertiesFull(db: Queryable, of?: WithProperties): Promise<boolean> {
  const inAll = await db.query<{ n: number }>({ name: 'countInAll', text: COUNT_IN_ALL });
  if ((inAll.rows[0]?.n ?? 0) >= MOST_PROPERTIES_IN_ALL) return true;
  if (of === undefined) return false;
  const values = [of.kind, of.name];
  const { rows } = await db.query<{ n: number }>({ name: 'countOfName', text: COUNT_OF_NAME, values });
  return (rows[0]?.n ?? 0) >= MOST_PROPERTIES;
}

const BESIDE = `
  select kind, name, property from catalogue where property = '' and kind = any($1::text[])
  union all
  select c.kind, c.name, c.property
  from unnest($2::text[], $3::text[]) n(kind, name)
  join catalogue c on c.kind = n.kind and c.name = n.name and c.property > ''
`;

/** All names of some kinds, and all properties of some names. */
export async function selectBeside(
  db: Queryable,
  { kinds, of }: { readonly kinds: readonly CatalogueKind[]; readonly of: readonly WithProperties[] },
): Promise<readonly CatalogueName[]> {
  const values = [kinds, of.map(({ kind }) => kind), of.map(({ name }) => name)];
  const { rows } = await db.query<CatalogueName>({ name: 'selectBeside', text: BESIDE, values });
  return rows;
}

const UNSEEN = `
  select n.place
  from jsonb_to_recordset($1::jsonb) as n(place int, kind text, name text, property text)
  where not exists (
    select from catalogue c where c.kind = n.kind and c.name = n.name and c.property = n.property
  )
  order by n.place
`;

/** Which of them are not there, by their places. */
export async function selectUnseen(db: Queryable, names: readonly CatalogueName[]): Promise<readonly number[]> {
  const asked = JSON.stringify(names.map(({ kind, name, property }, place) => ({ place, kind, name, property })));
  const { rows } = await db.query<{ place: number }>({ name: 'selectUnseen', text: UNSEEN, values: [asked] });
  return rows.map(({ place }) => place);
}

const FORGET = `delete from catalogue where told_at < statement_timestamp() - interval '400 days'`;

/** Forgets what nobody has told for more than a year: what happens once a year stays. */
export async function forgetUntold(db: Queryable): Promise<void> {
  await db.query({ name: 'forgetUntold', text: FORGET });
}
