import { EvaluationError } from './errors.js';

/**
 * The best `length` of the candidates, best first. The tie rule: of equal scores the lower item number comes first. It does not look at
 * what is held out, so ties can neither help nor harm on average, and a second run gives the same list.
 *
 * @param scores of all items, by item number.
 * @param candidates item numbers that may be listed, ascending, none twice.
 * @throws EvaluationError EVALUATION_SCORES_INVALID where a candidate's score is NaN or missing. Infinite scores have their place.
 */
export function rankByScore(scores: ArrayLike<number>, candidates: ArrayLike<number>, length: number): Uint32Array {
  const listed = new Uint32Array(Math.min(length, candidates.length));
  let count = 0;
  for (let n = 0; n < candidates.length; n++) {
    const item = candidates[n] as number;
    const score = scores[item];
    if (score === undefined || Number.isNaN(score))
      throw new EvaluationError('EVALUATION_SCORES_INVALID', `The score of item ${item} is ${score}; give a number.`);
    if (count === listed.length && !(score > (scores[listed[count - 1] as number] as number))) continue;
    let place = Math.min(count, listed.length - 1);
    for (; place > 0 && score > (scores[listed[place - 1] as number] as number); place--)
      listed[place] = listed[place - 1] as number;
    listed[place] = item;
    count = Math.min(count + 1, listed.length);
  }
  return listed;
}
