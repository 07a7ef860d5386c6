import { mix } from '@attractions/models';
import { termsOf } from '@attractions/models/als';

import { hasOwn, heapSpace, weightAt } from './csr.js';
import type { Csr, Orientations } from './csr.js';
import type { Problem } from './kernel.js';
import type { AlsOptions } from './options.js';
import { transpose } from './orient.js';

/** Hashes of the ids, so that it depends on user and item, not on their rows, whether a pair is held out. */
interface Keys {
  readonly userKeys?: Uint32Array | undefined;
  readonly itemKeys?: Uint32Array | undefined;
}

/** Pairs to train on, and held-out pairs (by user) to measure the loss on. */
export interface HeldOutSplit {
  readonly pairs: Orientations;
  readonly heldOut: Csr;
}

/** The pairs of a matrix that `takes` selects. */
function selectPairs(csr: Csr, takes: (row: number, column: number) => boolean): Csr {
  const offsets = new Uint32Array(csr.rowCount + 1);
  const columns = new Uint32Array(csr.columns.length);
  const { values, codes } = csr.weights;
  const from = codes ?? (hasOwn(csr.weights) ? values : undefined);
  const taken = from?.slice();
  let count = 0;
  for (let row = 0; row < csr.rowCount; row++) {
    for (let k = csr.offsets[row] as number; k < (csr.offsets[row + 1] as number); k++) {
      if (!takes(row, csr.columns[k] as number)) continue;
      if (from && taken) taken[count] = from[k] as number;
      columns[count++] = csr.columns[k] as number;
    }
    offsets[row + 1] = count;
  }
  const kept = taken?.subarray(0, count);
  const weights = codes ? { values, codes: kept as Uint8Array } : kept ? { values: kept as Float32Array } : csr.weights;
  return { ...csr, offsets, columns: columns.subarray(0, count), weights };
}

/** Splits pairs by a hash of the two ids and the seed: about `heldOutShare` of them are held out. */
export function holdOut({ byUser }: Orientations, keys: Keys, { heldOutShare, seed }: AlsOptions): HeldOutSplit {
  const keyOf = (known: Uint32Array | undefined, row: number) => (known ? (known[row] as number) : row);
  const limit = heldOutShare * 2 ** 32;
  const held = (user: number, item: number) =>
    mix(mix(keyOf(keys.userKeys, user) ^ seed) + keyOf(keys.itemKeys, item)) < limit;
  const kept = selectPairs(byUser, (user, item) => !held(user, item));
  const byItem = transpose(kept, heapSpace(kept.columns.length).byItem);
  return { pairs: { byUser: kept, byItem }, heldOut: selectPairs(byUser, held) };
}

/** Mean loss of the held-out pairs: what an observed pair costs, without ridge and unobserved pairs. */
function heldOutLoss(heldOut: Csr, { options, objective, userFactors, itemFactors }: Problem): number {
  const { rank } = options;
  let loss = 0;
  for (let user = 0; user < heldOut.rowCount; user++)
    for (let k = heldOut.offsets[user] as number; k < (heldOut.offsets[user + 1] as number); k++) {
      const { constant, linear, quadratic } = termsOf(objective.cost, weightAt(heldOut.weights, k));
      const at = (heldOut.columns[k] as number) * rank;
      let score = 0;
      for (let f = 0; f < rank; f++)
        score += (userFactors[user * rank + f] as number) * (itemFactors[at + f] as number);
      loss += constant + score * (quadratic * score - 2 * linear);
    }
  return loss / Math.max(1, heldOut.columns.length);
}

/** Watches the held-out loss and keeps the best factors. */
export interface EarlyStop {
  /** Measures the problem's present factors. */
  judge(): { readonly heldOutLoss: number; readonly enough: boolean };
  /** Puts the best factors back. */
  restore(): void;
}

/** It is enough when `patience` iterations have not lowered the held-out loss. */
export function earlyStop(problem: Problem, heldOut: Csr): EarlyStop {
  const { options, userFactors, itemFactors } = problem;
  const best = { loss: Infinity, users: userFactors.slice(), items: itemFactors.slice() };
  let since = 0;
  return {
    judge() {
      const loss = heldOutLoss(heldOut, problem);
      since = loss < best.loss ? 0 : since + 1;
      if (since === 0) {
        best.loss = loss;
        best.users.set(userFactors);
        best.items.set(itemFactors);
      }
      return { heldOutLoss: loss, enough: since >= options.patience };
    },
    restore() {
      userFactors.set(best.users);
      itemFactors.set(best.items);
    },
  };
}
