import { foldInOf } from '@attractions/models/als';

import { weightAt } from './csr.js';
import { AlsError } from './errors.js';
import type { AlsModel } from './model.js';
import { resolveOptions } from './options.js';
import { preparePairs } from './prepare.js';

/** What a fold-in needs of a model. `options` default to those of `trainAls`. */
export type FoldInModel = Pick<AlsModel, 'rank' | 'itemFactors'> & Partial<Pick<AlsModel, 'options'>>;

/** Prepared fold-ins by the item factors of the model: each is freed with them. */
const prepared = new WeakMap<Float32Array, Prepared>();

interface Prepared extends ReturnType<typeof prepare> {
  readonly of: FoldInModel['options'];
}

function prepare({ rank, itemFactors, options }: FoldInModel) {
  const resolved = resolveOptions({ ...options, rank });
  return { options: resolved, fold: foldInOf({ rank, itemFactors, options: { ...resolved } }) };
}

function preparedOf(model: FoldInModel): Prepared {
  const known = prepared.get(model.itemFactors);
  if (known?.of === model.options && known?.options.rank === model.rank) return known;
  const made = { ...prepare(model), of: model.options };
  prepared.set(model.itemFactors, made);
  return made;
}

/**
 * The factors of one user that the model was not trained on, from the user's items: the exact solution of the row that training would solve.
 * The model's item factors must not change: the first call computes their Gramian, later calls reuse it.
 *
 * @param items rows of `model.itemFactors`; the weights of a repeated item add up.
 * @param weights one per item, finite; default: 1 each.
 * @returns `rank` factors; all zero for no items.
 * @throws AlsError `ALS_ITEM_OUT_OF_RANGE`, `ALS_INTERACTIONS_INVALID` or `ALS_WEIGHT_INVALID`.
 */
export function foldIn(model: FoldInModel, items: Uint32Array, weights?: Float32Array): Float32Array {
  const { rank, itemFactors } = model;
  if (items.length === 0) return new Float32Array(rank);
  const itemCount = itemFactors.length / rank;
  const bad = items.find((item) => item >= itemCount);
  if (bad !== undefined)
    throw new AlsError('ALS_ITEM_OUT_OF_RANGE', [`Item ${bad} is not in the model, which has ${itemCount} items.`]);
  const { options, fold } = preparedOf(model);
  const interactions = { userCount: 1, itemCount, users: new Uint32Array(items.length), items };
  // `fold` applies the option `weighting` itself.
  const { columns, weights: sums } = preparePairs(weights ? { ...interactions, weights } : interactions, {
    ...options,
    weighting: 'linear',
  }).byUser;
  if (columns.length === 0) return new Float32Array(rank);
  return fold({ items: columns, weights: Float32Array.from(columns, (_, k) => weightAt(sums, k)) }).factors;
}
