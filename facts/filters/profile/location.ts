/**
 * What filters over a person's last location are in SQL: conditions on their own row. Of a circle SQL decides but at its rim,
 * where its arithmetic and ours may differ in the last digits; of a polygon it knows the box around it. `evaluate` has the last
 * word.
 */
import type { LocationFilter, Place } from '../../../domain/audience/kinds/profile/location.js';
import type { LocationAvailableFilter } from '../../../domain/audience/kinds/profile/locationAvailable.js';
import { EARTH_RADIUS_M, type Position } from '../../../domain/location/circle.js';
import { boxAround } from '../../../domain/location/polygon.js';
import { CURRENT_LOCATION } from '../../../domain/profile/attributes/applyAttributes.js';
import type { RowSql } from '../setForm.js';
import type { SqlContext } from '../sqlContext.js';

const POSITION = `(u.attributes -> '${CURRENT_LOCATION}')`;
const LATITUDE = coordinate('latitude', 90);
const LONGITUDE = coordinate('longitude', 180);
const IS_KNOWN = `(${LATITUDE} is not null and ${LONGITUDE} is not null)`;
/** What lies so near to the rim may be on either side. */
const RIM_M = 0.01;

/** Null where it is no number, or none on Earth. */
function coordinate(name: string, most: number): string {
  const text = `(${POSITION} ->> '${name}')`;
  return `(
    case when jsonb_typeof(${POSITION} -> '${name}') = 'number' then
      case when abs(${text}::numeric) <= ${most} then ${text}::float8 end
    end
  )`;
}

export function locationAvailableToSql({ locationAvailable }: LocationAvailableFilter): RowSql {
  return { row: `${locationAvailable ? '' : 'not '}${IS_KNOWN}` };
}

export function locationToSql({ location }: LocationFilter, context: SqlContext): RowSql {
  context.onInexact();
  const isWithin = 'within' in location;
  const at = isWithin ? location.within : location.outside;
  const test = 'polygon' in at ? polygonTest(at.polygon, isWithin, context) : circleTest(at, isWithin, context);
  return { row: `(${IS_KNOWN} and coalesce(${test}, false))` };
}

/** By the haversine formula, as `distanceM`. */
function circleTest(
  { latitude, longitude, radius }: Exclude<Place, { readonly polygon: unknown }>,
  isWithin: boolean,
  { parameters, bound }: SqlContext,
): string {
  const lat = `${parameters.add(latitude, 'numeric')}::float8`;
  const lon = `${parameters.add(longitude, 'numeric')}::float8`;
  const half =
    `power(sin(radians(${LATITUDE} - ${lat}) / 2), 2) + ` +
    `cos(radians(${lat})) * cos(radians(${LATITUDE})) * power(sin(radians(${LONGITUDE} - ${lon}) / 2), 2)`;
  const distance = `${2 * EARTH_RADIUS_M} * asin(least(1, sqrt(${half})))`;
  const isMore = (bound === 'atLeast') === isWithin;
  const limit = `${parameters.add(radius + (isMore ? RIM_M : -RIM_M), 'numeric')}::float8`;
  return `${distance} ${isWithin ? '<=' : '>'} ${limit}`;
}

function polygonTest(vertices: readonly Position[], isWithin: boolean, { parameters, bound }: SqlContext): string {
  // Nobody is surely within, and anybody may be outside.
  if (isWithin === (bound === 'atMost')) return isWithin ? 'false' : 'true';
  const { south, north, west, east } = boxAround(vertices);
  const edge = (degrees: number) => `${parameters.add(degrees, 'numeric')}::float8`;
  const inBox = `(
    ${LATITUDE} between ${edge(south)} and ${edge(north)} and ${LONGITUDE} between ${edge(west)} and ${edge(east)}
  )`;
  return isWithin ? inBox : `not ${inBox}`;
}
