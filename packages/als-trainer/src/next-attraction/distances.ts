import type { Attraction } from '@attractions/contracts';

import { parameters } from './parameters.js';

/** Metres of a degree of latitude: a sphere of 6,371 km. */
const METRES_PER_DEGREE = 111_195;

/** A place this many times farther from the middle of the park than the median is an error of the data. */
const FARTHEST = 10;

/**
 * Metres between attractions, row-major, on the plane, which is exact enough for a park. An attraction with no coordinates, or with ones
 * far outside the park (the public data has one on the wrong coast), gets the median distance to all others: neither near nor far.
 */
export function distancesBetween(ids: readonly string[], attractions: readonly Attraction[]): Float64Array {
  const n = ids.length;
  const places = placesOf(ids, attractions);
  const metres = new Float64Array(n * n).fill(NaN);
  const known: number[] = [];
  for (let a = 0; a < n; a++)
    for (let b = 0; b < n; b++) {
      const [from, to] = [places[a], places[b]];
      if (!from || !to) continue;
      metres[a * n + b] = Math.hypot(from.east - to.east, from.north - to.north);
      if (a < b) known.push(metres[a * n + b] as number);
    }
  const typical = known.length > 0 ? median(known) : 0;
  return metres.map((distance) => (Number.isNaN(distance) ? typical : distance));
}

/** Minus ln(1 + distance / `reachMetres`): 0 at the place itself, and lower with distance. */
export function closenessBetween(ids: readonly string[], attractions: readonly Attraction[]): Float64Array {
  return distancesBetween(ids, attractions).map((distance) => -Math.log1p(distance / parameters.reachMetres));
}

interface Place {
  readonly east: number;
  readonly north: number;
}

/** Metres from the middle of the park; undefined where the coordinates are missing or cannot be right. */
function placesOf(ids: readonly string[], attractions: readonly Attraction[]): (Place | undefined)[] {
  const byId = new Map(attractions.map((attraction) => [attraction.attractionId, attraction]));
  const degrees = ids.map((id) => {
    const { latitude, longitude } = byId.get(id) ?? {};
    return latitude === undefined || longitude === undefined ? undefined : { latitude, longitude };
  });
  const located = degrees.filter((place) => place !== undefined);
  if (located.length === 0) return ids.map(() => undefined);
  const middle = {
    latitude: median(located.map(({ latitude }) => latitude)),
    longitude: median(located.map(({ longitude }) => longitude)),
  };
  const shrink = Math.cos((middle.latitude * Math.PI) / 180);
  const places = degrees.map(
    (place) =>
      place && {
        east: (place.longitude - middle.longitude) * METRES_PER_DEGREE * shrink,
        north: (place.latitude - middle.latitude) * METRES_PER_DEGREE,
      },
  );
  const radius = (place: Place) => Math.hypot(place.east, place.north);
  const most = median(places.filter((place) => place !== undefined).map(radius));
  return places.map((place) => (place && radius(place) <= FARTHEST * most ? place : undefined));
}

/** The middle value; of an even number, the mean of the middle two. */
function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  return ((sorted[Math.ceil(half) - 1] as number) + (sorted[Math.floor(half)] as number)) / 2;
}
