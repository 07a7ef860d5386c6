import type { Protocol } from '@attractions/contracts';

import { EvaluationError } from '../errors.js';
import { filterLog } from '../visit-log.js';
import type { VisitLog } from '../visit-log.js';
import { requestAt } from './journeys.js';
import type { Journey } from './journeys.js';
import type { Split } from './split.js';

/** One visit that is to be foretold. */
export interface Question {
  readonly journey: Journey;
  /** Number of the visit in the log. */
  readonly visit: number;
  /** Attractions to find; by default, that of the visit. */
  readonly answer?: Uint32Array;
}

/**
 * Makes the split: of those who are asked about, what they did in that park from the moment of the question on leaves the training, so it
 * never holds a visitor's own future. `keeps` may leave out more.
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
      `No visitor has ${protocol.minAttractions} attractions in one park; give more visits, or ask for fewer.`,
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
