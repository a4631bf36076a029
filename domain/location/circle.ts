// Named circles on the globe, and when a person enters one (AB-01 "enter a location"): the position before was outside or
// unknown, the new one is inside. Nothing is remembered: crossing is told from the two positions alone.
import type { Json } from '../json.js';
import { isJsonObject } from '../profile/attributes/attributeChange.js';

export interface Position {
  readonly latitude: number;
  readonly longitude: number;
}

export interface Circle extends Position {
  readonly key: string;
  readonly radiusM: number;
}

export const MIN_RADIUS_M = 10;
export const MAX_RADIUS_M = 100_000;

/** The Earth's mean radius (IUGG). A sphere is at most 0.6 % off. */
export const EARTH_RADIUS_M = 6_371_008.8;

/** Along the great circle, by the haversine formula: exact for short distances, and across the date line. */
export function distanceM(a: Position, b: Position): number {
  const [latitudeA, latitudeB] = [radians(a.latitude), radians(b.latitude)];
  const half =
    Math.sin((latitudeB - latitudeA) / 2) ** 2 +
    Math.cos(latitudeA) * Math.cos(latitudeB) * Math.sin(radians(b.longitude - a.longitude) / 2) ** 2;
  return 2 * EARTH_RADIUS_M * Math.asin(Math.min(1, Math.sqrt(half)));
}

/** The rim belongs to the circle. */
export function isInside(circle: Circle, position: Position): boolean {
  // A degree of latitude is the same length everywhere, so most circles are told to be far away by one subtraction.
  if (Math.abs(circle.latitude - position.latitude) > degreesOf(circle.radiusM)) return false;
  return distanceM(circle, position) <= circle.radiusM;
}

/** The keys of the circles entered by moving there. */
export function enteredCircles(circles: readonly Circle[], from: Position | null, to: Position): readonly string[] {
  return circles
    .filter((circle) => isInside(circle, to) && (from === null || !isInside(circle, from)))
    .map(({ key }) => key);
}

/** `{longitude, latitude}` in degrees; null when it is no place on Earth. */
export function readPosition(value: Json | undefined): Position | null {
  if (value === undefined || !isJsonObject(value)) return null;
  const { latitude, longitude } = value;
  if (typeof latitude !== 'number' || typeof longitude !== 'number') return null;
  return Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 ? { latitude, longitude } : null;
}

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}

/** With a little to spare for rounding. */
function degreesOf(meters: number): number {
  return ((meters / EARTH_RADIUS_M) * 180) / Math.PI + 1e-9;
}
