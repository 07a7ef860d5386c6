import { termsOf } from '@attractions/models/als';

import { weightAt } from './csr.js';
import { solveEach } from './half-step.js';
import type { HalfStep, RowSolver } from './half-step.js';

/** Rounds to single precision. A local name is faster than looking up a property of `Math` each time. */
const { fround } = Math;

/** Below this squared residual a row is solved: another step would only divide rounding errors. */
const solvedResidual = fround(1e-20);

/** Dot product in four interleaved single-precision sums, joined pairwise: the order of a 128-bit vector unit. */
function dot(a: Float32Array, aFrom: number, b: Float32Array, rank: number): number {
  const lanes = new Float32Array(4);
  for (let f = 0; f < rank; f++)
    lanes[f & 3] = (lanes[f & 3] as number) + fround((a[aFrom + f] as number) * (b[f] as number));
  return joinLanes(lanes);
}

const joinLanes = (lanes: Float32Array): number =>
  fround(fround((lanes[0] as number) + (lanes[1] as number)) + fround((lanes[2] as number) + (lanes[3] as number)));

/** out += scale * row, rounding the product and the sum. */
function addScaled(out: Float32Array, scale: number, row: Float32Array, from: number): void {
  for (let f = 0; f < out.length; f++) out[f] = (out[f] as number) + fround(scale * (row[from + f] as number));
}

/** out = (gramian + ridge I) v, the part of the product that all pairs share. */
function multiplyBase(out: Float32Array, gramian: Float32Array, ridge: number, v: Float32Array): void {
  for (let f = 0; f < v.length; f++) out[f] = ridge * (v[f] as number);
  for (let j = 0; j < v.length; j++) addScaled(out, v[j] as number, gramian, j * v.length);
}

/** The weighted Gramian rounded to single precision, as this solver reads it. */
const baseMatrix = ({ gramian, objective }: HalfStep): Float32Array =>
  Float32Array.from(gramian, (value) => value * objective.unobserved);

/**
 * A few conjugate-gradient steps per row, from its last answer (Takacs, Pilaszy, Tikk 2011), in single precision.
 *
 * The scores d of the row's pairs are updated instead of computed again: the loss then costs nothing more, and the last step
 * needs no residual and so only half a pass. Every addition is made in the order of the WebAssembly kernel, so the bits are the same.
 */
export function conjugateGradient(steps: number): RowSolver {
  return (step, from, to) => {
    const base = baseMatrix(step);
    return solveEach(step, from, to, (row, ridge) => solveRow(step, base, row, ridge, steps));
  };
}

function solveRow(step: HalfStep, base: Float32Array, row: number, ridge: number, steps: number): number {
  const { rank, pairs, fixed, objective, solved } = step;
  const begin = pairs.offsets[row] as number;
  const count = (pairs.offsets[row + 1] as number) - begin;
  const x = solved.subarray(row * rank, (row + 1) * rank);
  if (count === 0) {
    x.fill(0);
    return 0;
  }
  const terms = Array.from({ length: count }, (_, k) => termsOf(objective.cost, weightAt(pairs.weights, begin + k)));
  const columnAt = (k: number): number => (pairs.columns[begin + k] as number) * rank;
  const residual = new Float32Array(rank);
  const product = new Float32Array(rank);
  const scores = new Float32Array(count);
  const slopes = new Float32Array(count);

  multiplyBase(product, base, ridge, x);
  for (let f = 0; f < rank; f++) residual[f] = -(product[f] as number);
  terms.forEach(({ linear, quadratic }, k) => {
    const score = dot(fixed, columnAt(k), x, rank);
    scores[k] = score;
    addScaled(residual, fround(linear - fround(quadratic * score)), fixed, columnAt(k));
  });
  const direction = residual.slice();
  let squared = dot(residual, 0, residual, rank);

  for (let s = 1; s <= steps && squared >= solvedResidual; s++) {
    multiplyBase(product, base, ridge, direction);
    let curvature = dot(direction, 0, product, rank);
    const lanes = new Float32Array(4);
    terms.forEach(({ quadratic }, k) => {
      const slope = dot(fixed, columnAt(k), direction, rank);
      const scaled = fround(quadratic * slope);
      slopes[k] = slope;
      lanes[k & 3] = (lanes[k & 3] as number) + fround(scaled * slope);
      if (s < steps) addScaled(product, scaled, fixed, columnAt(k));
    });
    curvature = fround(curvature + joinLanes(lanes));
    // Curvature is below 0 only where a preset subtracts more than a pair adds; such a row stays as it is.
    if (!(curvature > 0)) break;
    const length = fround(squared / curvature);
    addScaled(x, length, direction, 0);
    addScaled(scores, length, slopes, 0);
    if (s === steps) break;
    addScaled(residual, -length, product, 0);
    const next = dot(residual, 0, residual, rank);
    const ratio = fround(next / squared);
    for (let f = 0; f < rank; f++) direction[f] = (residual[f] as number) + fround(ratio * (direction[f] as number));
    squared = next;
  }
  return observedLoss(terms, scores);
}

/** Sum of the pairs' terms at their scores: four interleaved double-precision sums of single-precision terms. */
function observedLoss(terms: readonly { constant: number; linear: number; quadratic: number }[], scores: Float32Array) {
  const lanes = new Float64Array(4);
  terms.forEach(({ constant, linear, quadratic }, k) => {
    const score = scores[k] as number;
    const bend = fround(fround(quadratic * score) - fround(2 * linear));
    lanes[k & 3] = (lanes[k & 3] as number) + fround(constant + fround(score * bend));
  });
  return (lanes[0] as number) + (lanes[1] as number) + ((lanes[2] as number) + (lanes[3] as number));
}
