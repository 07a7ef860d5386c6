import type { VisitLog } from '../visit-log.js';
import { holdOut } from './hold-out.js';
import { journeysOf } from './journeys.js';
import type { Split } from './split.js';

/**
 * What a model of that day would have been asked: training is every visit before `cut`, of anybody. Everyone who was in a park before and goes
 * to new attractions there afterwards asks once, at the first of them; all of them are to be found.
 *
 * @param cut milliseconds since 1970.
 * @param minAttractions how many attractions of the park the visitor knows before. Default 1.
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
