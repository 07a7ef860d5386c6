import { solveCholesky } from '@attractions/models/als';

/** Choices of one among several open options, each option with its features. */
export interface Choices {
  readonly count: number;
  readonly options: number;
  readonly features: number;
  /** `count` x `options` x `features`, row-major. */
  readonly values: Float64Array;
  /** `count` x `options`: 1 where the option could be chosen. */
  readonly open: Uint8Array;
  /** The option that was chosen, an open one. */
  readonly chosen: Uint32Array;
}

/** What keeps the weights near a prior. */
export interface Ridge {
  /** What the weights are pulled towards. */
  readonly prior: readonly number[];
  /** Strength of the pull, above 0: half of it times the squared distance is subtracted from the log likelihood. */
  readonly strength: number;
}

const MOST_STEPS = 50;

/** A Newton step below this is the last: the next would be about its square. */
const LAST_STEP = 1e-3;

/**
 * The weights that make the choices most likely, under a softmax of the weighted features: a conditional logit (McFadden 1974). The
 * objective is concave, so Newton's steps, halved where they go too far, reach its one maximum.
 */
export function fitSoftmax(choices: Choices, ridge: Ridge): number[] {
  let weights = [...ridge.prior];
  let here = objectiveAt(choices, ridge, weights);
  for (let step = 0; step < MOST_STEPS; step++) {
    const direction = newtonStep(here);
    const after = (length: number) => weights.map((weight, f) => weight + length * (direction[f] as number));
    if (direction.every((d) => Math.abs(d) < LAST_STEP)) return after(1);
    let length = 1;
    let next = objectiveAt(choices, ridge, after(length));
    while (next.value < here.value) next = objectiveAt(choices, ridge, after((length /= 2)));
    weights = after(length);
    here = next;
  }
  return weights;
}

interface Objective {
  /** Penalised log likelihood. */
  readonly value: number;
  readonly slope: Float64Array;
  /** Minus the second derivative, positive definite; row-major, upper triangle only. */
  readonly curvature: Float64Array;
}

function newtonStep({ slope, curvature }: Objective): Float64Array {
  return solveCholesky({ matrix: curvature.slice(), right: slope.slice() });
}

function objectiveAt(choices: Choices, { prior, strength }: Ridge, weights: readonly number[]): Objective {
  const { count, options, features, values, chosen } = choices;
  let value = 0;
  const slope = Float64Array.from(weights, (weight, f) => -strength * (weight - (prior[f] as number)));
  const curvature = new Float64Array(features * features);
  for (let f = 0; f < features; f++) curvature[f * features + f] = strength;
  const probability = new Float64Array(options);
  const mean = new Float64Array(features);
  weights.forEach((weight, f) => (value -= (strength / 2) * (weight - (prior[f] as number)) ** 2));
  for (let choice = 0; choice < count; choice++) {
    const base = choice * options * features;
    softmaxOf(choices, choice, weights, probability);
    const taken = chosen[choice] as number;
    value += Math.log(probability[taken] as number);
    meanOf(values, base, probability, mean);
    for (let f = 0; f < features; f++)
      (slope[f] as number) += (values[base + taken * features + f] as number) - (mean[f] as number);
    addCovariance(curvature, values, base, probability, mean);
  }
  return { value, slope, curvature };
}

/** Probability of each option of one choice; 0 of a closed one. */
function softmaxOf(
  { options, features, values, open }: Choices,
  choice: number,
  weights: readonly number[],
  probability: Float64Array,
): void {
  let highest = -Infinity;
  for (let option = 0; option < options; option++) {
    let score = -Infinity;
    if (open[choice * options + option] === 1) {
      score = 0;
      const at = (choice * options + option) * features;
      for (let f = 0; f < features; f++) score += (weights[f] as number) * (values[at + f] as number);
    }
    probability[option] = score;
    highest = Math.max(highest, score);
  }
  let total = 0;
  for (let option = 0; option < options; option++) {
    const likelihood = Math.exp((probability[option] as number) - highest);
    probability[option] = likelihood;
    total += likelihood;
  }
  for (let option = 0; option < options; option++) (probability[option] as number) /= total;
}

function meanOf(values: Float64Array, base: number, probability: Float64Array, mean: Float64Array): void {
  const features = mean.length;
  mean.fill(0);
  for (let option = 0; option < probability.length; option++)
    for (let f = 0; f < features; f++)
      (mean[f] as number) += (probability[option] as number) * (values[base + option * features + f] as number);
}

function addCovariance(
  into: Float64Array,
  values: Float64Array,
  base: number,
  probability: Float64Array,
  mean: Float64Array,
): void {
  const features = mean.length;
  for (let option = 0; option < probability.length; option++) {
    const likely = probability[option] as number;
    if (likely === 0) continue;
    const at = base + option * features;
    for (let f = 0; f < features; f++) {
      const apart = likely * ((values[at + f] as number) - (mean[f] as number));
      for (let g = f; g < features; g++)
        (into[f * features + g] as number) += apart * ((values[at + g] as number) - (mean[g] as number));
    }
  }
}
