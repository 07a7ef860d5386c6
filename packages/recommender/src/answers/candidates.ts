import type { Attraction } from '@attractions/contracts';
import { seenBy } from '@attractions/models';
import type { Generation, Pool } from '@attractions/models';
import { RecommenderError } from '../errors.js';
import { DEFAULT_LIMIT, MAX_LIMIT, attractionIdOf } from './recommender.js';
import type { Recommendation, RecommendationRequest, Source } from './recommender.js';

/** The key under which rules pass their filter to a recommender: it is copied wherever the request is copied. */
export const WITHIN = Symbol('what rules allow');

/** A request with the filter of the rules. Under rules the limit may be above `MAX_LIMIT`. */
export interface RequestUnderRules extends RecommendationRequest {
  readonly [WITHIN]?: ((item: number) => boolean) | undefined;
}

/** The filters of a request, applied to a generation. All filters are in this one place, so no path can forget one. */
export interface Candidates extends Pool {
  /** The items to look at, ascending; absent: all items of the generation. Only `passes` decides. */
  readonly items: Uint32Array | undefined;
  /** Whether an item passes every filter. */
  passes(item: number): boolean;
  readonly limit: number;
}

/**
 * Reads the filters of a request.
 * @throws RecommenderError RECOMMENDER_REQUEST_INVALID, RECOMMENDER_UNKNOWN_PARK, RECOMMENDER_UNKNOWN_THEME
 */
export function candidates(generation: Generation, request: RequestUnderRules): Candidates {
  const { attractions } = generation;
  const { park } = request;
  const within = request[WITHIN];
  const limit = within === undefined ? limitOf(request) : (request.limit ?? DEFAULT_LIMIT);
  const inPark = itemsOfPark(generation, park);
  const themes = themesOf(generation, request.themes);
  const allowed = request.allow && itemsOf(generation, request.allow);
  const hidden = hiddenFrom(generation, request);
  return {
    items: allowed === undefined ? inPark : Uint32Array.from(allowed).sort(),
    limit,
    passes: (item) => {
      const attraction = attractions[item] as Attraction;
      return (
        !isHidden(hidden, item) &&
        (park === undefined || attraction.park === park) &&
        (allowed === undefined || allowed.has(item)) &&
        (themes === undefined || attraction.themes.some((theme) => themes.has(theme))) &&
        (within === undefined || within(item))
      );
    },
  };
}

/** The items of the known attraction ids, in the order given and without repeats. */
export function itemsOf({ itemOf }: Generation, ids: readonly string[]): Set<number> {
  const items = new Set<number>();
  for (const id of ids) {
    const item = itemOf.get(id);
    if (item !== undefined) items.add(item);
  }
  return items;
}

/**
 * The item of an attraction id.
 * @throws RecommenderError RECOMMENDER_UNKNOWN_ATTRACTION
 */
export function itemKnown({ itemOf, attractions }: Generation, attractionId: string): number {
  const item = itemOf.get(attractionId);
  if (item !== undefined) return item;
  throw new RecommenderError(
    'RECOMMENDER_UNKNOWN_ATTRACTION',
    `There is no attraction '${attractionId}' among the ${attractions.length} of this model; ids look like '${attractions[0]?.attractionId ?? 'park:poi'}'.`,
  );
}

/** One entry of a list, with the name of its attraction. */
export function entryOf(
  { attractions }: Generation,
  item: number,
  score: number,
  source: Source,
  reason?: string,
): Recommendation {
  const { attractionId, name } = attractions[item] as Attraction;
  return reason === undefined ? { attractionId, name, score, source } : { attractionId, name, score, source, reason };
}

/** The hidden items, one bit for each item. A set would allocate many small objects at every request. */
function hiddenFrom(generation: Generation, request: RecommendationRequest): Uint32Array {
  const { userId, visits = [], exclude = [], includeVisited = false } = request;
  const { itemOf, attractions } = generation;
  const hidden = new Uint32Array(Math.ceil(attractions.length / 32));
  const hide = (item: number | undefined): void => {
    if (item !== undefined) hidden[item >>> 5] = (hidden[item >>> 5] as number) | (1 << (item & 31));
  };
  for (const id of exclude) hide(itemOf.get(id));
  if (includeVisited) return hidden;
  for (const visit of visits) hide(itemOf.get(attractionIdOf(visit)));
  const user = userId === undefined ? undefined : generation.userOf.get(userId);
  if (user !== undefined) for (const item of seenBy(generation, user)) hide(item);
  return hidden;
}

const isHidden = (hidden: Uint32Array, item: number): boolean =>
  (((hidden[item >>> 5] as number) >>> (item & 31)) & 1) === 1;

/**
 * The limit of a request.
 * @throws RecommenderError RECOMMENDER_REQUEST_INVALID
 */
export function limitOf({ limit = DEFAULT_LIMIT }: RecommendationRequest): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_LIMIT) return limit;
  throw new RecommenderError(
    'RECOMMENDER_REQUEST_INVALID',
    `The limit is ${limit}; give a whole number from 1 to ${MAX_LIMIT}.`,
  );
}

/**
 * The items of a park, ascending; undefined where the request has no park.
 * @throws RecommenderError RECOMMENDER_UNKNOWN_PARK
 */
export function itemsOfPark({ parks }: Generation, park: string | undefined): Uint32Array | undefined {
  if (park === undefined) return undefined;
  const items = parks.get(park);
  if (items !== undefined) return items;
  const known = [...parks.keys()].join(', ');
  throw new RecommenderError('RECOMMENDER_UNKNOWN_PARK', `There is no park '${park}'; give one of: ${known}.`);
}

function themesOf({ themes }: Generation, wanted: readonly string[] | undefined): Set<string> | undefined {
  if (wanted === undefined || wanted.length === 0) return undefined;
  const unknown = wanted.find((theme) => !themes.has(theme));
  if (unknown === undefined) return new Set(wanted);
  const known = [...themes].join(', ');
  throw new RecommenderError('RECOMMENDER_UNKNOWN_THEME', `There is no theme '${unknown}'; give one of: ${known}.`);
}
