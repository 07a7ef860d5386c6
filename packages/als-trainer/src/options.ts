import { AlsError } from './errors.js';

/** Everything about one option: its type, range, default, unit and origin. */
export type OptionSpec =
  | {
      type: 'integer' | 'number';
      default: number;
      min: number;
      max: number;
      unit: string;
      description: string;
      source: string;
    }
  | { type: 'flag'; default: boolean; description: string; source: string }
  | { type: 'choice'; default: string; choices: readonly string[]; description: string; source: string };

const hkv = 'Hu, Koren, Volinsky 2008';
const ials = 'Rendle et al. 2021, "Revisiting the Performance of iALS"';
const alsWr = 'Zhou et al. 2008';

/** The options of `trainAls`, in the order of the README. */
export const optionSpecs = {
  rank: {
    type: 'integer',
    default: 64,
    min: 1,
    max: 1024,
    unit: 'factors',
    description: 'Length of every user and item vector.',
    source: hkv,
  },
  iterations: {
    type: 'integer',
    default: 15,
    min: 1,
    max: 1000,
    unit: 'iterations',
    description: 'How many times all users and then all items are solved.',
    source: hkv,
  },
  regularization: {
    type: 'number',
    default: 0.01,
    min: 0,
    max: 1e6,
    unit: 'per squared factor',
    description: 'How strongly every factor is pulled towards zero.',
    source: hkv,
  },
  regularizationExponent: {
    type: 'number',
    default: 1,
    min: 0,
    max: 1,
    unit: 'exponent',
    description: 'How regularization grows with the length of a history: 0 not at all, 1 in proportion.',
    source: ials,
  },
  alpha: {
    type: 'number',
    default: 1,
    min: 0,
    max: 1e6,
    unit: 'confidence per unit of weight',
    description: 'Confidence gained by each unit of a pair’s weight: c = 1 + alpha * |weight|. Implicit only.',
    source: hkv,
  },
  weighting: {
    type: 'choice',
    default: 'linear',
    choices: ['linear', 'log'],
    description: 'The summed weight of a pair, or ln(1 + weight): the tenth visit then counts less than the second.',
    source: hkv,
  },
  halfLifeDays: {
    type: 'number',
    default: 0,
    min: 0,
    max: 36500,
    unit: 'days',
    description: 'Age at which a visit counts half; 0: all count the same.',
    source: 'Ding, Li 2005, "Time weight collaborative filtering"',
  },
  unobservedWeight: {
    type: 'number',
    default: 0.1,
    min: 0,
    max: 1e6,
    unit: 'confidence',
    description:
      'Weight a0 that pulls the score of every pair (except observed ones, by preset) towards 0. Implicit only.',
    source: ials,
  },
  implicitFeedback: {
    type: 'flag',
    default: true,
    description: 'true: weights say how sure a like is. false: weights are ratings to predict.',
    source: `${hkv}; ${alsWr}`,
  },
  nonNegative: {
    type: 'flag',
    default: false,
    description: 'Keep every factor at zero or above. Needs the solver "cholesky".',
    source: 'Lee, Seung 1999; Spark MLlib',
  },
  solver: {
    type: 'choice',
    default: 'conjugate-gradient',
    choices: ['conjugate-gradient', 'cholesky'],
    description: 'A few gradient steps from the last answer, or the exact answer.',
    source: 'Takacs, Pilaszy, Tikk 2011',
  },
  solverSteps: {
    type: 'integer',
    default: 3,
    min: 1,
    max: 1000,
    unit: 'steps',
    description: 'Conjugate-gradient steps for each row in each iteration.',
    source: 'Takacs, Pilaszy, Tikk 2011',
  },
  heldOutShare: {
    type: 'number',
    default: 0,
    min: 0,
    max: 0.5,
    unit: 'share of the pairs',
    description:
      'Share of the pairs that are not trained on; training stops early by their loss. 0: train on all, to the end.',
    source: 'Prechelt 1998, "Early stopping - but when?"',
  },
  patience: {
    type: 'integer',
    default: 2,
    min: 1,
    max: 100,
    unit: 'iterations',
    description: 'Iterations without a lower held-out loss after which training stops; the model has the best factors.',
    source: 'Prechelt 1998',
  },
  seed: {
    type: 'integer',
    default: 1,
    min: 0,
    max: 4294967295,
    unit: 'seed',
    description: 'Determines the first factors; the same seed gives the same bytes.',
    source: 'ours',
  },
  preset: {
    type: 'choice',
    default: 'ials',
    choices: ['ials', 'implicit', 'spark'],
    description: 'The family of loss, and the defaults of the other options.',
    source: 'see "Presets"',
  },
} as const satisfies Record<string, OptionSpec>;

type ValueOf<S> = S extends { type: 'integer' | 'number' }
  ? number
  : S extends { type: 'flag' }
    ? boolean
    : S extends { choices: readonly (infer C)[] }
      ? C
      : never;

/** All options of one training, resolved. Every value is a plain number, string or boolean. */
export type AlsOptions = { readonly [K in keyof typeof optionSpecs]: ValueOf<(typeof optionSpecs)[K]> };

/** Defaults of each preset; its loss is in `objectiveOf` of `@attractions/models/als`. */
export const presets: Readonly<Record<AlsOptions['preset'], Partial<AlsOptions>>> = {
  ials: {},
  implicit: {
    rank: 100,
    iterations: 15,
    regularization: 0.01,
    regularizationExponent: 0,
    alpha: 1,
    unobservedWeight: 1,
  },
  spark: {
    rank: 10,
    iterations: 10,
    regularization: 0.1,
    regularizationExponent: 1,
    alpha: 1,
    unobservedWeight: 1,
    implicitFeedback: false,
    solver: 'cholesky',
  },
};

const specOf = (name: string): OptionSpec | undefined =>
  Object.hasOwn(optionSpecs, name) ? optionSpecs[name as keyof AlsOptions] : undefined;

function problemOf(name: string, value: unknown): string | undefined {
  const spec = specOf(name);
  if (!spec) return `There is no option "${name}"; the options are ${Object.keys(optionSpecs).join(', ')}.`;
  if (spec.type === 'flag')
    return typeof value === 'boolean' ? undefined : `${name} is ${String(value)}; make it true or false.`;
  if (spec.type === 'choice') {
    const known = typeof value === 'string' && spec.choices.includes(value);
    return known ? undefined : `${name} is ${JSON.stringify(value)}; make it one of ${spec.choices.join(', ')}.`;
  }
  const inRange = typeof value === 'number' && value >= spec.min && value <= spec.max;
  if (inRange && (spec.type === 'number' || Number.isInteger(value))) return undefined;
  const kind = spec.type === 'integer' ? 'a whole number' : 'a number';
  return `${name} is ${String(value)}; make it ${kind} from ${spec.min} to ${spec.max} (${spec.unit}).`;
}

/**
 * Completes options: first what is given, then the defaults of the preset, then those of the table. Pure.
 *
 * @throws AlsError `ALS_OPTIONS_INVALID` with every problem.
 */
export function resolveOptions(given: Partial<AlsOptions> = {}): AlsOptions {
  const said = Object.entries(given).filter(([, value]) => value !== undefined);
  const problems = said.map(([name, value]) => problemOf(name, value)).filter((problem) => problem !== undefined);
  if (problems.length > 0) throw new AlsError('ALS_OPTIONS_INVALID', problems);

  const defaults = Object.fromEntries(Object.entries(optionSpecs).map(([name, spec]) => [name, spec.default]));
  const preset = presets[given.preset ?? optionSpecs.preset.default];
  const options = { ...defaults, ...preset, ...Object.fromEntries(said) } as AlsOptions;
  if (options.nonNegative && given.solver === 'conjugate-gradient')
    throw new AlsError('ALS_OPTIONS_INVALID', [
      'nonNegative needs the solver "cholesky", but solver is "conjugate-gradient"; leave solver out or change it.',
    ]);
  return Object.freeze(options.nonNegative ? { ...options, solver: 'cholesky' } : options);
}
