/** The number of buckets that users are spread over; one is 0.01 %. */
export const BUCKETS = 10_000;

/** One immutable version of one experiment; any change is a new version. Users are spread over 10,000 buckets (`bucketOf`). */
export interface Experiment {
  readonly experiment: string;
  /** From 1 to 2147483647. */
  readonly version: number;
  /** Hashed to decide whether a user takes part; experiments with the same one exclude each other if their ranges are disjoint. */
  readonly layerSalt: string;
  /** Buckets of the layer that take part, `[from, to)` within 0..10000. */
  readonly layerBuckets: readonly [number, number];
  /** Hashed to decide the panel. */
  readonly salt: string;
  readonly panels: readonly Panel[];
}

/** A group of users who get the same answers. */
export interface Panel {
  readonly name: string;
  /** What answers the users of this panel, by name; which names exist is for the caller to say (see `putProblem`). */
  readonly recommender: string;
  /** The bucket ranges `[from, to)` of this panel; the ranges of all panels are disjoint. */
  readonly buckets: readonly (readonly [number, number])[];
}

/** Exposures have the version as an `int32`. */
const MAX_VERSION = 2 ** 31 - 1;

/** Names are labels of metrics and columns of exposures, where long ones cost. */
const MAX_LENGTH = 200;

/**
 * Why users cannot be assigned by a value, as a sentence with the first fault and its fix; undefined if they can. Readers check no more than
 * this, so that an experiment of a newer or an older writer, with other recommenders or longer names, can still be read.
 */
export function experimentProblem(value: unknown): string | undefined {
  if (!isObject(value)) return `An experiment is an object; this is ${show(value)}.`;
  for (const name of ['experiment', 'layerSalt', 'salt']) {
    const problem = textProblem(value[name]);
    if (problem !== undefined) return `${name} is ${problem}.`;
  }
  const { version, layerBuckets, panels } = value;
  if (!Number.isInteger(version) || Number(version) < 1 || Number(version) > MAX_VERSION) {
    return `version is ${show(version)}; give a whole number from 1 to ${MAX_VERSION}.`;
  }
  if (!isRange(layerBuckets)) return `layerBuckets is ${show(layerBuckets)}; ${RANGE}`;
  if (!Array.isArray(panels) || panels.length === 0)
    return `panels is ${show(panels)}; give a list of at least one panel.`;
  return panelsProblem(panels);
}

/**
 * Why an experiment must not be stored, although its users could be assigned; undefined if it may.
 *
 * @param recommenders the names that a panel may use; default: any
 */
export function putProblem(experiment: Experiment, recommenders?: readonly string[]): string | undefined {
  const { layerSalt, salt, layerBuckets, panels } = experiment;
  const names = [
    ['experiment', experiment.experiment],
    ['layerSalt', layerSalt],
    ['salt', salt],
    ...panels.map(({ name }, i) => [`Panel ${i + 1}: name`, name] as const),
  ] as const;
  for (const [what, text] of names) {
    if (text.length > MAX_LENGTH) {
      return `${what} is ${show(`${text.slice(0, 20)}…`)} with ${text.length} characters; give at most ${MAX_LENGTH}.`;
    }
    if (/\p{Cc}/u.test(text)) return `${what} is ${show(text)}; leave out control characters.`;
  }
  for (const [what, text] of names.slice(1, 3)) {
    if (text.includes('|'))
      return `${what} is ${show(text)}; leave out |, which separates the salt from the user id when both are hashed.`;
  }
  if (salt === layerSalt && layerBuckets[1] - layerBuckets[0] < BUCKETS) {
    return `salt is ${show(salt)}, the same as layerSalt; give another one, or the users in ${show(layerBuckets)} of the layer fall into the same buckets of the panels.`;
  }
  for (const { name, recommender, buckets } of panels) {
    if (recommenders?.includes(recommender) === false) {
      return `Panel ${name}: recommender is ${show(recommender)}, which is not known; give one of: ${recommenders.join(', ')}.`;
    }
    if (buckets.length === 0)
      return `Panel ${name}: buckets is an empty list; give it a range, or leave the panel out.`;
  }
  return undefined;
}

const RANGE = `a range is [from, to) with whole numbers and 0 <= from < to <= ${BUCKETS}.`;

function panelsProblem(panels: readonly unknown[]): string | undefined {
  const names = new Set<unknown>();
  const owned: Owned[] = [];
  for (const [i, panel] of panels.entries()) {
    if (!isObject(panel)) return `Panel ${i + 1} is ${show(panel)}; give an object with name, recommender and buckets.`;
    const { name, recommender, buckets } = panel;
    const nameProblem = textProblem(name);
    if (nameProblem !== undefined) return `Panel ${i + 1}: name is ${nameProblem}.`;
    if (names.has(name))
      return `Panel ${i + 1}: name is ${show(name)}, which an earlier panel has too; give each its own.`;
    names.add(name);
    const recommenderProblem = textProblem(recommender);
    if (recommenderProblem !== undefined) return `Panel ${String(name)}: recommender is ${recommenderProblem}.`;
    if (!Array.isArray(buckets)) return `Panel ${String(name)}: buckets is ${show(buckets)}; give a list of ranges.`;
    for (const range of buckets) {
      if (!isRange(range)) return `Panel ${String(name)}: buckets holds ${show(range)}; ${RANGE}`;
      owned.push({ range, panel: String(name) });
    }
  }
  return overlap(owned);
}

interface Owned {
  readonly range: readonly [from: number, to: number];
  readonly panel: string;
}

function overlap(owned: readonly Owned[]): string | undefined {
  const rising = [...owned].sort((a, b) => a.range[0] - b.range[0]);
  for (const [i, later] of rising.entries()) {
    const earlier = rising[i - 1];
    if (earlier === undefined || later.range[0] >= earlier.range[1]) continue;
    const who =
      earlier.panel === later.panel
        ? `Panel ${later.panel} owns`
        : `Panels ${earlier.panel} and ${later.panel} both own`;
    return `${who} bucket ${later.range[0]}${earlier.panel === later.panel ? ' twice' : ''}; make ${show(earlier.range)} and ${show(later.range)} disjoint.`;
  }
  return undefined;
}

function isRange(value: unknown): value is readonly [number, number] {
  if (!Array.isArray(value) || value.length !== 2 || !value.every(Number.isInteger)) return false;
  const [from, to]: number[] = value;
  return from !== undefined && to !== undefined && 0 <= from && from < to && to <= BUCKETS;
}

function textProblem(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? undefined : `${show(value)}; give a text that is not empty`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
  if (typeof value === 'number') return String(value);
  return value === undefined ? 'missing' : (JSON.stringify(value) ?? String(value));
}

/** A sample experiment with all users: half get the answers of the model, half the popular ones. It runs only if a caller asks for it. */
export const demoExperiment: Experiment = {
  experiment: 'demo',
  version: 1,
  layerSalt: 'demo-layer',
  layerBuckets: [0, 10_000],
  salt: 'demo-1',
  panels: [
    { name: 'model', recommender: 'als', buckets: [[0, 5_000]] },
    { name: 'popular', recommender: 'popular', buckets: [[5_000, 10_000]] },
  ],
};
