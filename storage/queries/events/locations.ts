import type { Circle } from '../../../domain/location/circle.js';
import { instant, type Queryable } from '../../pool.js';

export interface StoredLocation extends Circle {
  readonly id: number;
  readonly name: string;
  readonly created_at: number;
}

const INSERT = `
  insert into locations (key, name, latitude, longitude, radius_m, created_at)
  select $1::text, $2::text, $3::float8, $4::float8, $5::int, $6::timestamptz
  where (select count(*) from locations) < $7::int
  on conflict (key) do nothing
  returning id, key, name, latitude, longitude, radius_m as "radiusM", created_at
`;

/** null when the key is taken, or there are as many as there may be. */
export async function insertLocation(
  tx: Queryable,
  location: Circle & { readonly name: string },
  { now, max }: { readonly now: number; readonly max: number },
): Promise<StoredLocation | null> {
  const { key, name, latitude, longitude, radiusM } = location;
  const { rows } = await tx.query<StoredLocation>({
    name: 'insertLocation',
    text: INSERT,
    values: [key, name, latitude, longitude, radiusM, instant(now), max],
  });
  return rows[0] ?? null;
}

const FIND = `
  select id, key, name, latitude, longitude, radius_m as "radiusM", created_at from locations where key = $1::text
`;

export async function findLocation(db: Queryable, key: string): Promise<StoredLocation | null> {
  const { rows } = await db.query<StoredLocation>({ name: 'findLocation', text: FIND, values: [key] });
  return rows[0] ?? null;
}

const PAGE = `
  select id, key, name, latitude, longitude, radius_m as "radiusM", created_at from locations
  where $1::bigint is null or id < $1::bigint
  order by id desc limit $2::int
`;

/** Newest first; `beforeId` null: from the newest. */
export async function listLocations(
  db: Queryable,
  { beforeId, limit }: { readonly beforeId: number | null; readonly limit: number },
): Promise<readonly StoredLocation[]> {
  const { rows } = await db.query<StoredLocation>({ name: 'listLocations', text: PAGE, values: [beforeId, limit] });
  return rows;
}

const REMOVE = `delete from locations where key = $1::text`;

export async function deleteLocation(tx: Queryable, key: string): Promise<boolean> {
  const { rowCount } = await tx.query({ name: 'deleteLocation', text: REMOVE, values: [key] });
  return rowCount === 1;
}

const CIRCLES = `select key, latitude, longitude, radius_m as "radiusM" from locations order by id`;

export async function loadCircles(tx: Queryable): Promise<readonly Circle[]> {
  const { rows } = await tx.query<Circle>({ name: 'loadCircles', text: CIRCLES });
  return rows;
}
