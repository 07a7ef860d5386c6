import type { RecommendationRequest } from '@attractions/contracts';
import { seenBy } from '@attractions/models';
import type { Generation } from '@attractions/models';
import { attractionIdOf } from '../answers/recommender.js';

/** One case of a contract, for any test runner: `for (const { name, run } of recommenderCases(…)) test(name, run)`. */
export interface Case {
  readonly name: string;
  /** Throws where the contract is broken. */
  run(): void;
}

/** Ids that no generation has. */
const UNKNOWN_IDS = ['moon:unknown', '', '__proto__'];

/** Latest time of a request, milliseconds since 1970. */
const LATEST_MS = 10 ** 8;

/** Requests for a generation, the same at each call: known and unknown users, known and unknown ids, every filter. */
export function sampleRequests(generation: Generation, count: number): RecommendationRequest[] {
  const { attractions, model, parks, themes } = generation;
  const below = randomsFrom(1);
  const one = <T>(values: readonly T[]): T => values[below(values.length)] as T;
  const some = <T>(most: number, draw: () => T): T[] => Array.from({ length: below(most + 1) }, draw);
  const ids = [...attractions.map(({ attractionId }) => attractionId), ...UNKNOWN_IDS];
  const users = [...model.userIds, 'stranger', '', '__proto__', 'ünï/cøde 🎢'];
  const visit = () => (below(2) === 0 ? one(ids) : { attractionId: one(ids), visitedAt: below(LATEST_MS) });
  const sometimes = <T>(draw: () => T): T | undefined => (below(2) === 0 ? draw() : undefined);
  return Array.from({ length: count }, () => {
    const drawn: RecommendationRequest = {
      userId: sometimes(() => one(users)),
      visits: sometimes(() => some(6, visit)),
      at: sometimes(() => below(LATEST_MS)),
      park: sometimes(() => one([...parks.keys()])),
      limit: sometimes(() => 1 + below(12)),
      themes: sometimes(() => [...themes].filter(() => below(2) === 0)),
      allow: below(4) === 0 ? some(6, () => one(ids)) : undefined,
      exclude: sometimes(() => some(4, () => one(ids))),
      includeVisited: sometimes(() => below(2) === 0),
      explain: sometimes(() => below(2) === 0),
    };
    return Object.fromEntries(Object.entries(drawn).filter(([, value]) => value !== undefined));
  });
}

/** The attractions that may be in an answer: the filters of a request in a second, simple implementation. */
export function eligible(generation: Generation, request: RecommendationRequest): string[] {
  const { userId, visits = [], park, themes = [], allow, exclude = [], includeVisited = false } = request;
  const user = userId === undefined ? undefined : generation.userOf.get(userId);
  const seen =
    user === undefined ? [] : Array.from(seenBy(generation, user), (item) => generation.model.attractionIds[item]);
  return generation.attractions
    .filter((attraction) => park === undefined || attraction.park === park)
    .filter((attraction) => themes.length === 0 || attraction.themes.some((theme) => themes.includes(theme)))
    .map(({ attractionId }) => attractionId)
    .filter((id) => allow === undefined || allow.includes(id))
    .filter((id) => !exclude.includes(id))
    .filter((id) => includeVisited || !(visits.map(attractionIdOf).includes(id) || seen.includes(id)));
}

/** Random whole numbers below a bound, the same sequence for the same seed (mulberry32). */
function randomsFrom(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  };
}
