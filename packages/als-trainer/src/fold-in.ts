import { solveCholesky } from './cholesky.js';
import { AlsError } from './errors.js';
import { gramian } from './gramian.js';
import type { HalfStep } from './half-step.js';
import type { AlsModel } from './model.js';
import { solveNonNegativeExactly } from './non-negative.js';
import { emptyEquations, setEquations } from './normal-equations.js';
import { objectiveOf } from './objective.js';
import { resolveOptions } from './options.js';
import { preparePairs } from './prepare.js';

/** What folding in reads of a model. Without `options` the defaults are taken. */
export type FoldInModel = Pick<AlsModel, 'rank' | 'itemFactors'> & Partial<Pick<AlsModel, 'options'>>;

/** A model's Gramian is the dear part and never changes; keyed by the factors, so that it goes when they go. */
const gramians = new WeakMap<Float32Array, Float64Array>();

function gramianOf({ itemFactors, rank }: FoldInModel): Float64Array {
  const known = gramians.get(itemFactors) ?? gramian(itemFactors, rank);
  gramians.set(itemFactors, known);
  return known;
}

/**
 * The factors of one user that the model has not seen, from the items the user met: the row that training would solve, exactly.
 * The model's item factors are taken to be constant: the first call computes their Gramian, later calls reuse it.
 *
 * @param items rows of `model.itemFactors`; an item that repeats adds up.
 * @param weights one an item, finite; 1 each where absent.
 * @returns `rank` factors; all zero for no items.
 * @throws AlsError `ALS_ITEM_OUT_OF_RANGE`, `ALS_INTERACTIONS_INVALID` or `ALS_WEIGHT_INVALID`.
 */
export function foldIn(model: FoldInModel, items: Uint32Array, weights?: Float32Array): Float32Array {
  const { rank, itemFactors } = model;
  const solved = new Float32Array(rank);
  if (items.length === 0) return solved;
  const itemCount = itemFactors.length / rank;
  const bad = items.find((item) => item >= itemCount);
  if (bad !== undefined)
    throw new AlsError('ALS_ITEM_OUT_OF_RANGE', [`Item ${bad} is not in the model, which has ${itemCount} items.`]);
  const interactions = { userCount: 1, itemCount, users: new Uint32Array(items.length), items };
  const weighted = weights ? { ...interactions, weights } : interactions;
  const options = resolveOptions({ ...model.options, rank });
  const step: HalfStep = {
    rank,
    pairs: preparePairs(weighted, options).byUser,
    fixed: itemFactors,
    gramian: gramianOf(model),
    objective: objectiveOf(options),
    solved,
  };
  if (step.pairs.columns.length === 0) return solved;
  const equations = emptyEquations(rank);
  const ridge = step.objective.ridge(step.pairs.columns.length, itemCount);
  setEquations(equations, step, 0, Math.fround(ridge));
  if (options.nonNegative) {
    solved.set(solveNonNegativeExactly(equations));
  } else {
    solveCholesky(equations);
    solved.set(equations.right);
  }
  return solved;
}
