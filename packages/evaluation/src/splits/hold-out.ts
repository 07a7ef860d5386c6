import type { Protocol } from '@attractions/contracts';
import { EvaluationError } from '../errors.js';
import { visitsByUser, filterLog } from '../visit-log.js';
import type { VisitLog } from '../visit-log.js';
import type { Request, Split } from './split.js';

/** One user in one park. */
export interface Journey {
  readonly user: number;
  readonly park: number;
  /** Numbers of the visits in the log, in time order. */
  readonly visits: readonly number[];
  /** Those that were the user's first to their attraction, in time order. */
  readonly firsts: readonly number[];
}

/** Every user in every park: users ascending, then parks. */
export function journeysOf(log: VisitLog): Journey[] {
  const { attractions, names } = log;
  return visitsByUser(log).flatMap((visits, user) => {
    const byPark = new Map<number, number[]>();
    for (const visit of visits) {
      const park = names.parkOf[attractions[visit] as number] as number;
      byPark.set(park, [...(byPark.get(park) ?? []), visit]);
    }
    return [...byPark]
      .sort(([a], [b]) => a - b)
      .map(([park, inPark]) => ({ user, park, visits: inPark, firsts: firstsOf(log, inPark) }));
  });
}

/** The request at the time of one visit: it holds earlier visits only, by the order of the log. */
function requestAt(log: VisitLog, { user, park, visits }: Journey, visit: number): Request {
  const before = visits.filter((other) => other < visit);
  const visited = Uint32Array.from(new Set(before.map((other) => log.attractions[other] as number))).sort();
  const latest = before.at(-1);
  const request = { user, park, time: log.times[visit] as number, visited };
  if (latest === undefined) return request;
  const last = { attraction: log.attractions[latest] as number, visitedAt: log.times[latest] as number };
  return { ...request, last };
}

function firstsOf({ attractions }: VisitLog, visits: readonly number[]): number[] {
  const seen = new Set<number>();
  return visits.filter((visit) => {
    const attraction = attractions[visit] as number;
    const isFirst = !seen.has(attraction);
    seen.add(attraction);
    return isFirst;
  });
}

/** One visit that is to be predicted. */
export interface Question {
  readonly journey: Journey;
  /** Number of the visit in the log. */
  readonly visit: number;
  /** Attractions to find; by default, that of the visit. */
  readonly answer?: Uint32Array;
}

/**
 * Makes the split. What the visitor of a question did in that park from the time of the question on is left out of the training, so the
 * training never holds a visitor's own future.
 *
 * @param keeps says which other visits stay in the training; all of them by default
 *
 * @throws EvaluationError EVALUATION_NOTHING_HELD_OUT
 */
export function holdOut(
  log: VisitLog,
  questions: readonly Question[],
  protocol: Protocol,
  keeps: (visit: number) => boolean = () => true,
): Split {
  if (questions.length === 0)
    throw new EvaluationError(
      'EVALUATION_NOTHING_HELD_OUT',
      `No visitor has ${protocol.minAttractions} attractions in one park; give more visits, or lower minAttractions.`,
    );
  const future = new Set(questions.flatMap(({ journey, visit }) => journey.visits.filter((other) => other >= visit)));
  const ordered = [...questions].sort((a, b) => a.visit - b.visit);
  return {
    protocol,
    training: filterLog(log, (visit) => !future.has(visit) && keeps(visit)),
    requests: ordered.map(({ journey, visit }) => requestAt(log, journey, visit)),
    answers: ordered.map(({ visit, answer }) => answer ?? Uint32Array.of(log.attractions[visit] as number)),
  };
}
