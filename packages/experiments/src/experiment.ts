import * as v from 'valibot';

/** The number of buckets that users are spread over; one is 0.01 %. */
export const BUCKETS = 10_000;

/** Exposures have the version as an `int32`. */
const MAX_VERSION = 2 ** 31 - 1;

/** Names are labels of metrics and columns of exposures, where long ones cost. */
const MAX_LENGTH = 200;

const NOT_EMPTY = give('a text that is not empty');
const text = v.pipe(v.string(NOT_EMPTY), v.nonEmpty(NOT_EMPTY));

const range = v.custom<readonly [from: number, to: number]>(
  isRange,
  give(`a range [from, to) with whole numbers and 0 <= from < to <= ${BUCKETS}`),
);

const panel = v.pipe(
  object({
    name: text,
    /** What answers the users of this panel, by name; which names exist is for the caller to say (see `putProblem`). */
    recommender: text,
    /** The bucket ranges `[from, to)` of this panel; the ranges of all panels are disjoint. */
    buckets: v.pipe(v.array(range, give('a list of ranges')), v.readonly()),
  }),
  v.readonly(),
);

/** What an experiment is, as a valibot schema: its type, its checks, and descriptions of its properties. */
export const experimentSchema = v.pipe(
  object({
    experiment: v.pipe(text, v.description('Name of the experiment.')),
    /** From 1 to 2147483647. */
    version: v.pipe(
      v.custom<number>(
        (value) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= MAX_VERSION,
        give(`a whole number from 1 to ${MAX_VERSION}`),
      ),
      v.metadata({ type: 'int32' }),
      v.description('From 1; any change is a new version.'),
    ),
    /** Hashed to decide whether a user takes part; experiments with the same one exclude each other if their ranges are disjoint. */
    layerSalt: v.pipe(text, v.description('Hashed to decide whether a user takes part.')),
    /** Buckets of the layer that take part, `[from, to)` within 0..10000. */
    layerBuckets: v.pipe(range, v.description('`[from, to)` of the layer that takes part.')),
    /** Hashed to decide the panel. */
    salt: v.pipe(text, v.description('Hashed to decide the panel.')),
    panels: v.pipe(
      v.array(panel, give('a list of at least one panel')),
      v.nonEmpty(give('a list of at least one panel')),
      v.readonly(),
      v.description('Panels with their recommender and disjoint buckets.'),
    ),
  }),
  v.check(
    ({ panels }) => panelsProblem(panels) === undefined,
    ({ input }) => panelsProblem(input.panels) ?? '',
  ),
);

/** A group of users who get the same answers. */
export type Panel = v.InferOutput<typeof panel>;

/** One immutable version of one experiment; any change is a new version. Users are spread over 10,000 buckets (`bucketOf`). */
export type Experiment = Readonly<v.InferOutput<typeof experimentSchema>>;

/**
 * Why users cannot be assigned by a value, as a sentence with the first fault and its fix; undefined if they can. Readers check no more than
 * this, so that an experiment of a newer or an older writer, with other recommenders or longer names, can still be read.
 */
export function experimentProblem(value: unknown): string | undefined {
  const { issues } = v.safeParse(experimentSchema, value, { abortEarly: true });
  if (issues === undefined) return undefined;
  const [{ type, path = [], message }] = issues;
  if (type === 'check') return message;
  const place = path.map(({ key }) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return `${place.slice(1) || 'The experiment'} ${message}`;
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
    ...panels.map(({ name }, i) => [`panels[${i}].name`, name] as const),
  ] as const;
  for (const [what, text] of names) {
    if (text.length > MAX_LENGTH) {
      return `${what} is ${shown(`${text.slice(0, 20)}…`)} with ${text.length} characters; give at most ${MAX_LENGTH}.`;
    }
    if (/\p{Cc}/u.test(text)) return `${what} is ${shown(text)}; leave out control characters.`;
  }
  for (const [what, text] of names.slice(1, 3)) {
    if (text.includes('|'))
      return `${what} is ${shown(text)}; leave out |, which separates the salt from the user id when both are hashed.`;
  }
  if (salt === layerSalt && layerBuckets[1] - layerBuckets[0] < BUCKETS) {
    return `salt is ${shown(salt)}, the same as layerSalt; give another one, or the users in ${shown(layerBuckets)} of the layer fall into the same buckets of the panels.`;
  }
  for (const [i, { recommender, buckets }] of panels.entries()) {
    if (recommenders?.includes(recommender) === false) {
      return `panels[${i}].recommender is ${shown(recommender)}, which is not known; give one of: ${recommenders.join(', ')}.`;
    }
    if (buckets.length === 0) return `panels[${i}].buckets is an empty list; give it a range, or leave the panel out.`;
  }
  return undefined;
}

function panelsProblem(panels: readonly Panel[]): string | undefined {
  const repeated = panels.findIndex(({ name }, n) => panels.findIndex((other) => other.name === name) < n);
  if (repeated >= 0)
    return `panels[${repeated}].name is ${shown(panels[repeated]?.name)}, which an earlier panel has too; give each its own.`;
  return overlap(panels.flatMap(({ name, buckets }) => buckets.map((range) => ({ range, panel: name }))));
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
    return `${who} bucket ${later.range[0]}${earlier.panel === later.panel ? ' twice' : ''}; make ${shown(earlier.range)} and ${shown(later.range)} disjoint.`;
  }
  return undefined;
}

function isRange(value: unknown): boolean {
  if (!Array.isArray(value) || value.length !== 2 || !value.every(Number.isInteger)) return false;
  const [from, to] = value as [number, number];
  return 0 <= from && from < to && to <= BUCKETS;
}

/** An object; a property that is missing is refused in the words of its own schema. */
function object<const E extends v.ObjectEntries>(entries: E) {
  return v.object(entries, (issue: v.ObjectIssue) => {
    const missing = issue.path && entries[String(issue.path[0].key)];
    return (missing && v.safeParse(missing, undefined).issues?.[0].message) ?? give('an object')(issue);
  });
}

function give(wanted: string): (issue: { readonly input: unknown }) => string {
  return ({ input }) => `is ${shown(input)}; give ${wanted}.`;
}

function shown(value: unknown): string {
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
