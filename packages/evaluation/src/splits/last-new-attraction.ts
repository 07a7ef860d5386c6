import type { VisitLog } from '../visit-log.js';
import { holdOut } from './hold-out.js';
import { journeysOf } from './journeys.js';
import type { Split } from './split.js';

/**
 * The protocol that reports are held to: in each park, of every visitor with enough attractions there, the one first visited last is to be
 * foretold. Training is everything else but what the same visitor did in the park later. Other visitors' later visits stay in it: a recommender
 * that counts by time may not use them, which is its own affair (see `Request.time`).
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
