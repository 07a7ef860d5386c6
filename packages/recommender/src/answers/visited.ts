/** A visit whose time is known. */
export interface TimedVisit {
  readonly attractionId: string;
  /** Milliseconds since 1970, on the same clock as `at` and as the visits that the model learnt from. */
  readonly visitedAt: number;
}

/** A visit of a request: an attraction id, or one with its time. */
export type Visited = string | TimedVisit;

/** Where it was. */
export const attractionIdOf = (visit: Visited): string => (typeof visit === 'string' ? visit : visit.attractionId);

/** The latest of the visits that are not after `at` and that `counts` holds for; of equal times the last one in the list. */
export function latestVisit(
  visits: readonly Visited[],
  at: number,
  counts: (visit: TimedVisit) => boolean,
): TimedVisit | undefined {
  let latest: TimedVisit | undefined;
  for (const visit of visits) {
    if (typeof visit === 'string' || visit.visitedAt > at || !counts(visit)) continue;
    if (latest === undefined || visit.visitedAt >= latest.visitedAt) latest = visit;
  }
  return latest;
}
