import type { RecommendationRequest, Visited } from '@attractions/contracts';
import { historyOf, together } from '@attractions/models';
import type { Generation, History, LastVisit, Visitor } from '@attractions/models';
import { lastVisitIn } from './last-visit.js';
import type { ParkClocks } from './park-clocks.js';
import { attractionIdOf } from './visited.js';

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
