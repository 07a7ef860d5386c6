import { randomFrom } from '../statistics/random.js';
import type { VisitLog } from '../visit-log.js';
import { holdOut, journeysOf } from './hold-out.js';
import type { Split } from './split.js';

/**
 * The protocol of every report: in each park, for every visitor with enough attractions there, the attraction to predict is the one that was
 * new last. Training is everything except what the same visitor did in the park from then on. Later visits of others stay in it: a recommender
 * that counts by time must leave them out itself (see `Request.time`).
 *
 * @param minAttractions the held-out one included, 2 or more. Default 4.
 * @throws EvaluationError EVALUATION_NOTHING_HELD_OUT
 */
export function lastNewAttraction(log: VisitLog, minAttractions = 4): Split {
  const questions = journeysOf(log)
    .filter(({ firsts }) => firsts.length >= minAttractions)
    .map((journey) => ({ journey, visit: journey.firsts.at(-1) as number }));
  return holdOut(log, questions, { split: 'last-new-attraction', minAttractions });
}

/**
 * Asks in the middle of a day too: in each park, for every visitor with enough attractions there, the attraction to predict is a random new
 * one after the first. It is left out of the training, with all that the visitor did in the park later.
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

/**
 * What a model of one day would have been asked: training is every visit before `cut`. Each visitor who was in a park before and goes to new
 * attractions there afterwards asks once, at the first of them; all of them are to be found.
 *
 * @param cut milliseconds since 1970.
 * @param minAttractions how many attractions of the park the visitor has been to before. Default 1.
 * @throws EvaluationError EVALUATION_NOTHING_HELD_OUT
 */
export function byTime(log: VisitLog, cut: number, minAttractions = 1): Split {
  const isLater = (visit: number) => (log.times[visit] as number) >= cut;
  const questions = journeysOf(log).flatMap((journey) => {
    const later = journey.firsts.filter(isLater);
    const [visit] = later;
    if (visit === undefined || journey.firsts.length - later.length < minAttractions) return [];
    return [{ journey, visit, answer: Uint32Array.from(later, (first) => log.attractions[first] as number).sort() }];
  });
  return holdOut(log, questions, { split: 'by-time', minAttractions, cut }, (visit) => !isLater(visit));
}
