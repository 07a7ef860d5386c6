import * as v from 'valibot';

/** The number of buckets that users are spread over; one is 0.01 %. */
export const BUCKETS = 10_000;

/** Exposures have the version as an `int32`. */
const MAX_VERSION = 2 ** 31 - 1;

const NOT_EMPTY = give('a text that is not empty');
const text = v.pipe(v.string(NOT_EMPTY), v.nonEmpty(NOT_EMPTY));

const range = v.custom<readonly [from: number, to: number]>(
  isRange,
  give(`a range [from, to) with whole numbers and 0 <= from < to <= ${BUCKETS}`),
);

const panel = v.pipe(
  object({
    name: text,
    /** What answers the users of this panel, by name; which names exist is for the caller to say (see `putProblem`). Absent in the panels of a flag. */
    recommender: v.optional(text),
    /** The bucket ranges `[from, to)` of this panel; the ranges of all panels are disjoint. */
    buckets: v.pipe(v.array(range, give('a list of ranges')), v.readonly()),
    /** What a client gets that asks for the panel as a flag; default: the panel's name. */
    value: v.optional(v.custom<JsonValue>(isJson, give('a value that JSON can hold'))),
  }),
  v.readonly(),
);

const holdout = v.pipe(object({ salt: text, buckets: range }), v.readonly());

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
    /** Absent: running. */
    status: optional(
      oneOf(['running', 'stopped']),
      'Whether the experiment runs from this version on; default running.',
    ),
    /** RFC 3339. */
    changedAt: optional(
      v.pipe(v.custom<string>(isTime, give('a time in RFC 3339')), v.metadata({ type: 'utf8' })),
      'When this version was made.',
    ),
    changedBy: optional(text, 'Who made this version.'),
    reason: optional(text, 'Why this version was made.'),
    /** For people; what excludes is `layerSalt`. */
    layer: optional(text, 'Name of the layer.'),
    /** For each attribute, the values of which a request must have one. `park` is an attribute of every request that names its park. */
    target: optional(
      v.pipe(
        record(
          v.pipe(v.array(text, give('a list of texts')), v.nonEmpty(give('a list of at least one text')), v.readonly()),
        ),
        v.readonly(),
      ),
      'Attributes that a request must have, each with one of its values.',
    ),
    /** Experiments with the same one hold out the same users. */
    holdout: optional(holdout, 'Users who take no part, by their bucket under another salt.'),
    /** By user id. These users get the panel wherever they are, and are not analysed. */
    forced: optional(v.pipe(record(text), v.readonly()), 'Testers, each with the panel that is forced on them.'),
    /** Absent: `ab`. Interleaving: every user who takes part gets a list that both panels gave. */
    design: optional(oneOf(['ab', 'interleaving']), 'One list a user (ab, the default), or interleaving of two.'),
    /** Absent: all that the configuration declares. */
    metrics: optional(
      v.pipe(v.array(text, give('a list of names')), v.nonEmpty(give('a list of at least one name')), v.readonly()),
      'Names of the metrics that decide; the first is the primary one.',
    ),
    /** Only of a stopped version. */
    winner: optional(text, 'The panel that won.'),
  }),
  v.check(
    (experiment) => contentProblem(experiment) === undefined,
    ({ input }) => contentProblem(input) ?? '',
  ),
);

/** Anything that JSON can hold. */
export type JsonValue = string | number | boolean | null | JsonList | JsonObject;

// Interfaces, since a type that names itself is instantiated without end where a consumer checks the declarations of this package.
interface JsonList extends ReadonlyArray<JsonValue> {
  readonly length: number;
}
interface JsonObject {
  readonly [key: string]: JsonValue;
}

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

/** A value in a message. */
export function shown(value: unknown): string {
  if (typeof value === 'number') return String(value);
  if (value === undefined) return 'missing';
  return JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? String(part) : part)) ?? String(value);
}

/** What holds between the parts of an experiment. */
interface Content {
  readonly panels: readonly Panel[];
  readonly status?: string | undefined;
  readonly forced?: Readonly<Record<string, string>> | undefined;
  readonly design?: string | undefined;
  readonly winner?: string | undefined;
}

function contentProblem({ panels, status, forced = {}, design, winner }: Content): string | undefined {
  const names = panels.map(({ name }) => name);
  const choice = `give one of: ${names.join(', ')}.`;
  const repeated = names.findIndex((name, n) => names.indexOf(name) < n);
  if (repeated >= 0)
    return `panels[${repeated}].name is ${shown(names[repeated])}, which an earlier panel has too; give each its own.`;
  const overlapping = overlap(panels.flatMap(({ name, buckets }) => buckets.map((range) => ({ range, panel: name }))));
  if (overlapping !== undefined) return overlapping;
  const answering = panels.filter(({ recommender }) => recommender !== undefined).length;
  if (answering > 0 && answering < panels.length) {
    const n = panels.findIndex(({ recommender }) => recommender === undefined);
    return `panels[${n}].recommender is missing, while other panels have one; give every panel a recommender, or none.`;
  }
  if (design === 'interleaving' && (panels.length !== 2 || answering !== 2))
    return `design is "interleaving" with ${panels.length} panels, ${answering} of them with a recommender; give exactly two panels with a recommender each.`;
  const unknown = Object.entries(forced).find(([, panel]) => !names.includes(panel));
  if (unknown !== undefined) return `forced.${unknown[0]} is ${shown(unknown[1])}, which is not a panel; ${choice}`;
  if (winner === undefined) return undefined;
  if (!names.includes(winner)) return `winner is ${shown(winner)}, which is not a panel; ${choice}`;
  return status === 'stopped'
    ? undefined
    : `winner is ${shown(winner)}, while the experiment runs; leave it out, or stop the experiment.`;
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

function isTime(value: unknown): boolean {
  return typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value) && !Number.isNaN(Date.parse(value));
}

function isJson(value: unknown): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object') return false;
  return Array.isArray(value) ? value.every(isJson) : Object.values(value).every(isJson);
}

/** An object; a property that is missing is refused in the words of its own schema. */
function object<const E extends v.ObjectEntries>(entries: E) {
  return v.object(entries, (issue: v.ObjectIssue) => {
    const missing = issue.path && entries[String(issue.path[0].key)];
    return (missing && v.safeParse(missing, undefined).issues?.[0].message) ?? give('an object')(issue);
  });
}

function record<const S extends v.GenericSchema>(value: S) {
  return v.record(v.string(), value, give('an object'));
}

function oneOf<const T extends string>(options: readonly T[]) {
  return v.picklist(options, give(`one of ${options.join(', ')}`));
}

function optional<const S extends v.GenericSchema>(schema: S, description: string) {
  return v.optional(v.pipe(schema, v.description(description)));
}

function give(wanted: string): (issue: { readonly input: unknown }) => string {
  return ({ input }) => `is ${shown(input)}; give ${wanted}.`;
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
