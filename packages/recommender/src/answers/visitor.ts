import type { RecommendationRequest, RequestTime, Visited } from '@attractions/contracts';
import { historyOf, lastVisitOf, together } from '@attractions/models';
import type { Generation, History, LastVisit, Visitor } from '@attractions/models';
import type { ParkClocks } from './park-clocks.js';
import { attractionIdOf } from './recommender.js';

/**
 * Prepares to describe the visitor of a request by the row numbers of the generation. Most kinds need little of it, so each part is computed when it is first
 * used.
 */
export function visitorsIn(generation: Generation, clocks: ParkClocks): (request: RecommendationRequest) => Visitor {
  const lastVisit = lastVisitIn(generation, clocks);

  // A class, because getters on a prototype cost a request less than as many closures.
  return (request) => new VisitorOfRequest(generation, clocks, lastVisit, request);
}

class VisitorOfRequest implements Visitor {
  readonly user: number | undefined;
  readonly park: string | undefined;
  #known: History | undefined;
  #given: History | undefined;
  #history: History | undefined;
  #latest: LastVisit | null | undefined;

  constructor(
    private readonly generation: Generation,
    private readonly clocks: ParkClocks,
    private readonly lastVisit: ReturnType<typeof lastVisitIn>,
    private readonly request: RecommendationRequest,
  ) {
    this.user = request.userId === undefined ? undefined : generation.userOf.get(request.userId);
    this.park = request.park;
  }

  get known(): History {
    return (this.#known ??= this.user === undefined ? NO_VISITS : historyOf(this.generation, this.user));
  }

  get given(): History {
    const { visits } = this.request;
    return (this.#given ??= visits === undefined || visits.length === 0 ? NO_VISITS : counted(this.generation, visits));
  }

  get history(): History {
    if (this.given.items.length === 0) return this.known;
    if (this.user === undefined) return this.given;
    return (this.#history ??= together(this.known, this.given));
  }

  get last(): LastVisit | undefined {
    if (this.park === undefined) return this.lastVisit(this.request);
    const { latest } = this;
    return latest === undefined || this.at - latest.visitedAt > STAY_MS ? undefined : latest;
  }

  get latest(): LastVisit | undefined {
    if (this.#latest === undefined) this.#latest = this.lastVisit(this.request, this.park, Infinity) ?? null;
    return this.#latest ?? undefined;
  }

  get at(): number {
    return this.clocks.at(this.request.at)(this.park);
  }
}

const NO_VISITS: History = { items: new Uint32Array(), weights: new Float32Array() };

/** Visits counted by attraction, in the order given; unknown attractions are skipped. */
function counted({ itemOf }: Generation, visits: readonly Visited[]): History {
  const counts = new Map<number, number>();
  for (const visit of visits) {
    const item = itemOf.get(attractionIdOf(visit));
    if (item !== undefined) counts.set(item, (counts.get(item) ?? 0) + 1);
  }
  return { items: Uint32Array.from(counts.keys()), weights: Float32Array.from(counts.values()) };
}

/** A visitor whose last visit was at most this long ago is assumed to be still in its park. */
const STAY_MS = 8 * 3_600_000;

/** A recent last visit, with its park. */
export interface LastVisitInPark extends LastVisit {
  readonly park: string;
}

/**
 * Prepares to find the last visit of a visitor: the latest one in the 8 hours before the request, or within `withinMs`, among its timed visits and the last visit that the model
 * knows of the user. Skips visits after the request and unknown attractions. Of equal times, the last in the list counts.
 *
 * @returns the visit, in the given park or, without one, in any park; undefined where there is none
 * @throws RecommenderError RECOMMENDER_REQUEST_INVALID at each call, for a text that is not a time
 */
export function lastVisitIn(
  generation: Generation,
  clocks: ParkClocks,
): (request: RecommendationRequest, park?: string, withinMs?: number) => LastVisitInPark | undefined {
  const { itemOf, attractions } = generation;
  return ({ userId, at, visits = [] }, park, withinMs = STAY_MS) => {
    const asked = clocks.at(at);
    let last: LastVisitInPark | undefined;
    let agoMs = withinMs;
    const consider = (item: number | undefined, time: RequestTime): void => {
      const attraction = item === undefined ? undefined : attractions[item];
      if (item === undefined || attraction === undefined || (park !== undefined && attraction.park !== park)) return;
      const visitedAt = clocks.at(time)(attraction.park);
      const ago = asked(attraction.park) - visitedAt;
      if (ago < 0 || ago > agoMs) return;
      [last, agoMs] = [{ item, park: attraction.park, visitedAt }, ago];
    };
    const known = userId === undefined ? undefined : lastVisitOf(generation, userId);
    if (known !== undefined) consider(known.item, known.visitedAt);
    for (const visit of visits)
      if (typeof visit !== 'string') consider(itemOf.get(visit.attractionId), visit.visitedAt);
    return last;
  };
}
