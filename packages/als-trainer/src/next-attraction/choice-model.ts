/** Choices of one among several open options, each option with its features, each choice with its circumstances. */
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
  readonly circumstances: Circumstances;
}

/** A sparse matrix, a row for each choice: how much each circumstance holds in it. */
export interface Circumstances {
  readonly kinds: number;
  /** Where the entries of each choice begin; one more at the end. */
  readonly offsets: Uint32Array;
  readonly kind: Uint32Array;
  readonly value: Float64Array;
}

/** What keeps the fit near a prior: half of each strength times the squared distance is subtracted from the log likelihood. All strengths are above 0. */
export interface Prior {
  /** What the weights of the features are pulled towards. */
  readonly weights: readonly number[];
  readonly strength: number;
  /** How strongly the corrections of each kind of circumstance are pulled towards 0. */
  readonly pulls: ArrayLike<number>;
}

export interface ChoiceModel {
  /** One for each feature. */
  readonly weights: readonly number[];
  /** `kinds` x `options`, row-major: what a circumstance adds to the score of an option. */
  readonly corrections: Float64Array;
}

const MOST_STEPS = 60;

/** A step that gains less than this, for each choice, is the last. */
const LAST_GAIN = 1e-7;

/** Steps whose curvature is remembered. */
const MEMORY = 8;

/** Share of the gain that the slope promises which a step must reach. */
const SUFFICIENT = 1e-4;

/**
 * The weights and corrections that make the choices most likely, under a softmax of the scores: a conditional logit (McFadden 1974) whose score of an option is
 * the weighted sum of its features, plus what the circumstances of the choice add to this option. The objective is concave, so it has one maximum; L-BFGS
 * (Nocedal 1980), scaled by the curvature at the prior, climbs to it.
 */
export function fitChoices(choices: Choices, prior: Prior): ChoiceModel {
  const { count, options, features } = choices;
  const climb = climbOf(choices, prior);
  let at = climb.start;
  let here = climb.objectiveAt(at);
  const steps: Step[] = [];
  for (let step = 0; step < MOST_STEPS; step++) {
    const direction = ascentOf(here.slope, steps);
    const rise = dot(direction, here.slope);
    let length = 1;
    let next = at;
    let there = here;
    do {
      next = at.map((z, k) => z + length * (direction[k] as number));
      there = climb.objectiveAt(next);
      length /= 2;
    } while (there.value < here.value + SUFFICIENT * 2 * length * rise && length > 1e-12);
    const gain = there.value - here.value;
    if (!(gain > 0)) break;
    remember(steps, { moved: minus(next, at), bent: minus(here.slope, there.slope) });
    [at, here] = [next, there];
    if (gain < LAST_GAIN * count) break;
  }
  const fitted = climb.unscaled(at);
  return {
    weights: Array.from(fitted.subarray(0, features)),
    corrections: fitted.slice(features, features + choices.circumstances.kinds * options),
  };
}

interface Objective {
  /** Penalised log likelihood. */
  readonly value: number;
  readonly slope: Float64Array;
}

/** The objective over scaled parameters, which are 0 at the prior: first the weights, then the corrections. */
function climbOf(choices: Choices, { weights, strength, pulls }: Prior) {
  const { options, features, circumstances } = choices;
  const size = features + circumstances.kinds * options;
  const centre = new Float64Array(size);
  centre.set(weights);
  const pull = new Float64Array(size).fill(strength);
  for (let kind = 0; kind < circumstances.kinds; kind++)
    pull.fill(pulls[kind] as number, features + kind * options, features + (kind + 1) * options);
  const scale = curvatureAt(choices, centre).map((bend, k) => 1 / Math.sqrt(bend + (pull[k] as number)));
  const unscaled = (z: Float64Array) => z.map((value, k) => (centre[k] as number) + value * (scale[k] as number));
  return {
    start: new Float64Array(size),
    unscaled,
    objectiveAt(z: Float64Array): Objective {
      const slope = new Float64Array(size);
      let value = logLikelihood(choices, unscaled(z), slope);
      for (let k = 0; k < size; k++) {
        const away = (z[k] as number) * (scale[k] as number);
        value -= ((pull[k] as number) / 2) * away * away;
        slope[k] = ((slope[k] as number) - (pull[k] as number) * away) * (scale[k] as number);
      }
      return { value, slope };
    },
  };
}

/** The log likelihood of all choices; adds its slope to `slope`. */
function logLikelihood(choices: Choices, at: Float64Array, slope: Float64Array): number {
  const { count, options, features, values, chosen, circumstances } = choices;
  const { offsets, kind, value } = circumstances;
  const probability = new Float64Array(options);
  let total = 0;
  for (let choice = 0; choice < count; choice++) {
    softmaxOf(choices, choice, at, probability);
    const taken = chosen[choice] as number;
    total += Math.log(probability[taken] as number);
    for (let option = 0; option < options; option++) probability[option] = -(probability[option] as number);
    (probability[taken] as number) += 1;
    for (let option = 0, cell = choice * options * features; option < options; option++, cell += features) {
      const missed = probability[option] as number;
      if (missed === 0) continue;
      for (let f = 0; f < features; f++) (slope[f] as number) += missed * (values[cell + f] as number);
    }
    for (let entry = offsets[choice] as number; entry < (offsets[choice + 1] as number); entry++) {
      const row = features + (kind[entry] as number) * options;
      const much = value[entry] as number;
      for (let option = 0; option < options; option++)
        (slope[row + option] as number) += much * (probability[option] as number);
    }
  }
  return total;
}

/** Minus the second derivatives of the log likelihood, each parameter by itself. */
function curvatureAt(choices: Choices, at: Float64Array): Float64Array {
  const { count, options, features, values, circumstances } = choices;
  const { offsets, kind, value } = circumstances;
  const probability = new Float64Array(options);
  const curvature = new Float64Array(at.length);
  const mean = new Float64Array(features);
  const square = new Float64Array(features);
  for (let choice = 0; choice < count; choice++) {
    softmaxOf(choices, choice, at, probability);
    mean.fill(0);
    square.fill(0);
    for (let option = 0, cell = choice * options * features; option < options; option++, cell += features)
      for (let f = 0; f < features; f++) {
        const weighted = (probability[option] as number) * (values[cell + f] as number);
        (mean[f] as number) += weighted;
        (square[f] as number) += weighted * (values[cell + f] as number);
      }
    for (let f = 0; f < features; f++) (curvature[f] as number) += (square[f] as number) - (mean[f] as number) ** 2;
    for (let entry = offsets[choice] as number; entry < (offsets[choice + 1] as number); entry++) {
      const row = features + (kind[entry] as number) * options;
      const much = (value[entry] as number) ** 2;
      for (let option = 0; option < options; option++) {
        const likely = probability[option] as number;
        (curvature[row + option] as number) += much * likely * (1 - likely);
      }
    }
  }
  return curvature;
}

/** Probability of each option of one choice; 0 of a closed one. */
function softmaxOf(choices: Choices, choice: number, at: Float64Array, probability: Float64Array): void {
  const { options, features, values, open, circumstances } = choices;
  const { offsets, kind, value } = circumstances;
  probability.fill(0);
  for (let entry = offsets[choice] as number; entry < (offsets[choice + 1] as number); entry++) {
    const row = features + (kind[entry] as number) * options;
    const much = value[entry] as number;
    for (let option = 0; option < options; option++)
      (probability[option] as number) += much * (at[row + option] as number);
  }
  let highest = -Infinity;
  for (let option = 0; option < options; option++) {
    if (open[choice * options + option] === 0) continue;
    let score = probability[option] as number;
    const cell = (choice * options + option) * features;
    for (let f = 0; f < features; f++) score += (at[f] as number) * (values[cell + f] as number);
    probability[option] = score;
    if (score > highest) highest = score;
  }
  let total = 0;
  for (let option = 0; option < options; option++) {
    const isOpen = open[choice * options + option] === 1;
    total += probability[option] = isOpen ? Math.exp((probability[option] as number) - highest) : 0;
  }
  for (let option = 0; option < options; option++) (probability[option] as number) /= total;
}

/** What a step changed: the parameters, and the slope, which falls. */
interface Step {
  readonly moved: Float64Array;
  readonly bent: Float64Array;
}

function remember(steps: Step[], step: Step): void {
  if (dot(step.moved, step.bent) <= 0) return;
  steps.push(step);
  if (steps.length > MEMORY) steps.shift();
}

/** The slope times the inverse of the curvature that the last steps met: the two loops of L-BFGS. */
function ascentOf(slope: Float64Array, steps: readonly Step[]): Float64Array {
  const direction = slope.slice();
  const along = steps.map(() => 0);
  for (let n = steps.length - 1; n >= 0; n--) {
    const { moved, bent } = steps[n] as Step;
    along[n] = dot(moved, direction) / dot(moved, bent);
    add(direction, bent, -(along[n] as number));
  }
  const last = steps.at(-1);
  const gauge = last === undefined ? 1 : dot(last.moved, last.bent) / dot(last.bent, last.bent);
  for (let k = 0; k < direction.length; k++) (direction[k] as number) *= gauge;
  steps.forEach(({ moved, bent }, n) => {
    add(direction, moved, (along[n] as number) - dot(bent, direction) / dot(moved, bent));
  });
  return direction;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += (a[k] as number) * (b[k] as number);
  return sum;
}

function add(to: Float64Array, row: Float64Array, times: number): void {
  for (let k = 0; k < to.length; k++) (to[k] as number) += times * (row[k] as number);
}

const minus = (a: Float64Array, b: Float64Array): Float64Array => a.map((value, k) => value - (b[k] as number));
