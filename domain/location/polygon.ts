// Polygons on a map, whose sides are straight lines of latitude against longitude: for places smaller than continents, that do
// not cross the 180th meridian.
import type { Position } from './circle.js';

export const MIN_VERTICES = 3;
export const MAX_VERTICES = 100;
/** Of longitude, in degrees: a wider one would be meant to cross the 180th meridian. */
export const MAX_WIDTH = 180;

export interface Box {
  readonly south: number;
  readonly north: number;
  readonly west: number;
  readonly east: number;
}

/** The smallest box around the vertices; its edges belong to it. */
export function boxAround(vertices: readonly Position[]): Box {
  const latitudes = vertices.map(({ latitude }) => latitude);
  const longitudes = vertices.map(({ longitude }) => longitude);
  return {
    south: Math.min(...latitudes),
    north: Math.max(...latitudes),
    west: Math.min(...longitudes),
    east: Math.max(...longitudes),
  };
}

/** Whether a line from the position to the north crosses the sides an odd number of times. The last vertex joins the first. */
export function isInsidePolygon(vertices: readonly Position[], { latitude, longitude }: Position): boolean {
  let isInside = false;
  let before = vertices.at(-1);
  for (const vertex of vertices) {
    if (before !== undefined && before.longitude > longitude !== vertex.longitude > longitude) {
      const part = (longitude - before.longitude) / (vertex.longitude - before.longitude);
      if (before.latitude + part * (vertex.latitude - before.latitude) > latitude) isInside = !isInside;
    }
    before = vertex;
  }
  return isInside;
}
