// Where a person was last (SG-17): within a circle or a polygon, or outside of it. Of whom it is not known, neither holds.
import { z } from 'zod';
import { isInside, type Position, readPosition } from '../../../location/circle.js';
import { boxAround, isInsidePolygon, MAX_VERTICES, MAX_WIDTH, MIN_VERTICES } from '../../../location/polygon.js';
import { CURRENT_LOCATION } from '../../../profile/attributes/applyAttributes.js';
import { type Profile, profileValue } from '../../../profile/profile.js';
import { fields, withAllowed } from '../../../schema/fields.js';
import type { FilterKind } from '../../filterKind.js';

const MIN_RADIUS_M = 10;
const MAX_RADIUS_M = 2_000_000;

const coordinates = { latitude: z.number().min(-90).max(90), longitude: z.number().min(-180).max(180) };
const circle = fields({ ...coordinates, radius: z.number().min(MIN_RADIUS_M).max(MAX_RADIUS_M) });
const polygon = fields({
  polygon: z
    .array(fields(coordinates))
    .min(MIN_VERTICES)
    .max(MAX_VERTICES)
    .refine((vertices) => vertices.length === 0 || widthOf(vertices) <= MAX_WIDTH, {
      error: () => withAllowed('is too wide', `${MAX_WIDTH} degrees of longitude, not across the 180th meridian`),
    }),
});
const place = z.union([circle, polygon]);

const schema = fields({
  location: z.union([fields({ within: place }), fields({ outside: place })]),
});

function widthOf(vertices: readonly Position[]): number {
  const { west, east } = boxAround(vertices);
  return east - west;
}

export type LocationFilter = z.infer<typeof schema>;
export type Place = z.infer<typeof place>;

export const locationKind: FilterKind<'location', LocationFilter> = {
  tag: 'location',
  schema,
  needs: () => [],
  evaluate: ({ location }, { profile }) => {
    const last = positionOf(profile);
    if (last === null) return { pass: false, value: null };
    const pass = 'within' in location ? isAt(location.within, last) : !isAt(location.outside, last);
    return { pass, value: { latitude: last.latitude, longitude: last.longitude } };
  },
  describe: ({ location }) =>
    'within' in location
      ? `last location within ${describePlace(location.within)}`
      : `last location outside ${describePlace(location.outside)}`,
};

/** Null: none was ever told, or none that is a place on Earth. */
export function positionOf(profile: Profile): Position | null {
  return readPosition(profileValue(profile, CURRENT_LOCATION));
}

function isAt(at: Place, last: Position): boolean {
  if ('polygon' in at) return isInsidePolygon(at.polygon, last);
  return isInside({ key: '', latitude: at.latitude, longitude: at.longitude, radiusM: at.radius }, last);
}

function describePlace(at: Place): string {
  if ('polygon' in at) return `a polygon of ${at.polygon.length} corners`;
  return `${at.radius} m of ${at.latitude}, ${at.longitude}`;
}
