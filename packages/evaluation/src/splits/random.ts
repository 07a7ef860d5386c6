import { randomFrom } from '../statistics/random.js';
import type { VisitLog } from '../visit-log.js';
import { holdOut } from './hold-out.js';
import { journeysOf } from './journeys.js';
import type { Split } from './split.js';

/**
 * Asks in the middle of the day too: in each park, of every visitor with enough attractions there, any new one after the first is to be
 * foretold. What the visitor did in the park later leaves the training with it.
 *
 * @param minAttractions the held-out one included, 2 or more. Default 4.
 * @throws EvaluationError EVALUATION_NOTHING_HELD_OUT
 */
export function randomNewAttraction(log: VisitLog, seed: number, minAttractions = 4): Split {
  const random = randomFrom(seed);
  const questions = journeysOf(log)
    .filter(({ firsts }) => firsts.length >= minAttractions)
    .map((journey) => {
      const place = 1 + Math.floor(random() * (journey.firsts.length - 1));
      return { journey, visit: journey.firsts[place] as number };
    });
  return holdOut(log, questions, { split: 'random', minAttractions, seed });
}
