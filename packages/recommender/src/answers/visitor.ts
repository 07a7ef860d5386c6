import type { RecommendationRequest, RequestTime, Visited } from '@attractions/contracts';
import { historyOf, lastVisitOf, together } from '@attractions/models';
import type { Generation, History, LastVisit, Visitor } from '@attractions/models';
import type { ParkClocks } from './park-clocks.js';
import { attractionIdOf } from './recommender.js';

/** Prepares to say of a request who asks it, in numbers of the generation. Most kinds look at little of it, so each part is made when it is looked at. */
export function visitorsIn(generation: Generation, clocks: ParkClocks): (request: RecommendationRequest) => Visitor {
  const lastVisit = lastVisitIn(generation, clocks);

  // A class, since one shape with getters on its prototype costs a request less than as many closures.
  return (request) => new Asking(generation, clocks, lastVisit, request);
}

class Asking implements Visitor {
  readonly user: number | undefined;
  readonly park: string | undefined;
  #known: History | undefined;
  #given: History | undefined;
  #history: History | undefined;

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
    return (this.#known ??= this.user === undefined ? NOWHERE : historyOf(this.generation, this.user));
  }

  get given(): History {
    const { visits } = this.request;
    return (this.#given ??= visits === undefined || visits.length === 0 ? NOWHERE : counted(this.generation, visits));
  }

  get history(): History {
    if (this.given.items.length === 0) return this.known;
    if (this.user === undefined) return this.given;
    return (this.#history ??= together(this.known, this.given));
  }

  get last(): LastVisit | undefined {
    return this.lastVisit(this.request, this.park);
  }

  get at(): number {
    return this.clocks.at(this.request.at)(this.park);
  }
}

const NOWHERE: History = { items: new Uint32Array(), weights: new Float32Array() };

/** Visits counted by attraction, in the order given; unknown attractions are passed over. */
function counted({ itemOf }: Generation, visits: readonly Visited[]): History {
  const counts = new Map<number, number>();
  for (const visit of visits) {
    const item = itemOf.get(attractionIdOf(visit));
    if (item !== undefined) counts.set(item, (counts.get(item) ?? 0) + 1);
  }
  return { items: Uint32Array.from(counts.keys()), weights: Float32Array.from(counts.values()) };
}

/** Somebody whose last visit was at most so long ago is taken to be in its park still. */
const STAY_MS = 8 * 3_600_000;

/** Where somebody was last, not long ago. */
export interface LastVisitInPark extends LastVisit {
  readonly park: string;
}

/**
 * Prepares to find where a visitor was last: the latest visit in the 8 hours before the request, of those that it names with a time and of what is known
 * of the user. Visits after the request are passed over, as are attractions that the generation does not know; of equal times the last in the list counts.
 *
 * @returns the visit, in the park given or else in any; undefined where there is none
 * @throws RecommenderError RECOMMENDER_REQUEST_INVALID at each call for a time that is none
 */
export function lastVisitIn(
  generation: Generation,
  clocks: ParkClocks,
): (request: RecommendationRequest, park?: string) => LastVisitInPark | undefined {
  const { itemOf, attractions } = generation;
  return ({ userId, at, visits = [] }, park) => {
    const asked = clocks.at(at);
    let last: LastVisitInPark | undefined;
    let agoMs = STAY_MS;
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
