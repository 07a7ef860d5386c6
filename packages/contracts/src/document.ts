import { json } from '@attractions/feeds';
import type { FeedContract, Field, FieldType } from '@attractions/feeds';
import { FeedsError } from '@attractions/feeds';
import * as v from 'valibot';

/** A schema of a JSON object; properties that it does not name are left alone. */
type DocumentSchema = v.GenericSchema & { readonly entries: v.ObjectEntries };

/** The type of the documents of a schema, read-only at every depth. */
export type Infer<S extends v.GenericSchema> = Immutable<v.InferOutput<S>>;

type Immutable<T> = { readonly [K in keyof T]: Immutable<T[K]> };

/** A feed of JSON documents, declared by the schema of one. */
interface JsonFeed<S extends DocumentSchema, T> {
  readonly path: string;
  /** `<major>.<minor>`; default: the one in the path. */
  readonly version?: string;
  readonly description: string;
  readonly schema: S;
  /** Why a value must not be put, although it can be read. */
  putProblem?(value: T): string | undefined;
}

/**
 * The contract of a feed whose every update is one JSON document. The schema gives its fields, its type and its checks: a value that breaks it
 * is refused with the path, the value found there and what to give.
 */
export function jsonFeed<S extends DocumentSchema, T = Infer<S>>(feed: JsonFeed<S, T>): FeedContract<T> {
  const { path, version, description, schema, putProblem } = feed;
  const check = (value: unknown) => {
    refuse(schemaProblem(schema, value));
    return value as T;
  };
  const codec = json(check, (value) => refuse(putProblem?.(value)));
  return { path, ...(version !== undefined && { version }), description, schema: fieldsOf(schema), codec };
}

function refuse(problem: string | undefined): void {
  if (problem !== undefined) throw new FeedsError('FEEDS_VALUE_INVALID', problem);
}

/** A field for each property of a schema, in its order: a text is `utf8`, a number what its metadata say, anything else `json`. */
export function fieldsOf({ entries }: DocumentSchema): readonly Field[] {
  return Object.entries(entries).map(([name, entry]) => {
    const nullable = entry.type === 'optional';
    const value = nullable ? (entry as v.OptionalSchema<v.GenericSchema, undefined>).wrapped : entry;
    const { type = value.type === 'string' || value.type === 'picklist' ? 'utf8' : 'json' } = v.getMetadata(
      value,
    ) as Partial<Field>;
    return { name, type, nullable, description: v.getDescription(value) ?? '' };
  });
}

/** The first fault of a value, as a sentence: `parks[0].patienceHours is 0; give a number above 0.` Undefined where there is none. */
export function schemaProblem(schema: v.GenericSchema, value: unknown): string | undefined {
  const { issues } = v.safeParse(schema, value, { abortEarly: true });
  if (issues === undefined) return undefined;
  const [{ type, path = [], message }] = issues;
  if (type === 'check') return message;
  const place = path.map(({ key }) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return `${place.slice(1) || 'The document'} ${message}`;
}

/** What shapes cannot say, such as names that must differ: `problem` gives a whole sentence. Asked only of values that have the shape. */
export function holding<T>(problem: (value: Immutable<T>) => string | undefined) {
  return v.check<T, (issue: v.CheckIssue<T>) => string>(
    (value) => problem(value) === undefined,
    ({ input }) => problem(input) ?? '',
  );
}

/** An object; a property that is missing is refused in the words of its own schema. */
export function object<const E extends v.ObjectEntries>(entries: E): v.ObjectSchema<E, Refusal<v.ObjectIssue>> {
  return v.object(entries, (issue: v.ObjectIssue) => {
    const missing = issue.path && entries[String(issue.path[0].key)];
    return (missing && v.safeParse(missing, undefined).issues?.[0].message) ?? give('an object')(issue);
  });
}

/** A list, however long. */
export function list<T>(entry: v.GenericSchema<T>): v.GenericSchema<T[]> {
  return v.array(entry, give('a list'));
}

/** Values by names that the schema does not know. */
export function record<T>(value: v.GenericSchema<T>): v.GenericSchema<Record<string, T>> {
  return v.record(v.string(), value, give('an object'));
}

/** Any text, the empty one included. */
export function text(): v.GenericSchema<string> {
  return v.string(give('a text'));
}

/** A text that is not empty. */
export function name(): v.GenericSchema<string> {
  const message = give('a text that is not empty');
  return v.pipe(v.string(message), v.nonEmpty(message));
}

/** One of some texts. */
export function oneOf<const T extends string>(options: readonly T[]): v.GenericSchema<T> {
  return v.picklist(options, give(`one of ${options.join(', ')}`));
}

/** So many hexadecimal digits, in lower case. */
export function hexadecimal(digits: number): v.GenericSchema<string> {
  const form = new RegExp(`^[0-9a-f]{${digits}}$`);
  return v.pipe(
    v.custom<string>((value) => typeof value === 'string' && form.test(value), give(`${digits} hexadecimal digits`)),
    typed('utf8'),
  );
}

/** A time in ISO 8601. */
export function time(): v.GenericSchema<string> {
  return v.pipe(
    v.custom<string>(
      (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value)),
      give('a time in ISO 8601'),
    ),
    typed('utf8'),
  );
}

/** A finite number, 0 and below included. */
export function number(): v.GenericSchema<number> {
  return v.pipe(v.custom<number>(Number.isFinite, give('a finite number')), typed('float64'));
}

/** A finite number above 0. */
export function positive(): v.GenericSchema<number> {
  return v.pipe(
    v.custom<number>((value) => Number.isFinite(value) && Number(value) > 0, give('a number above 0')),
    typed('float64'),
  );
}

/** A whole number from `min` to 2147483647. */
export function int32(min: number): v.GenericSchema<number> {
  const max = 2 ** 31 - 1;
  return v.pipe(
    v.custom<number>(
      (value) => Number.isInteger(value) && Number(value) >= min && Number(value) <= max,
      give(`a whole number from ${min} to ${max}`),
    ),
    typed('int32'),
  );
}

/** A whole number that a double holds exactly: within 2^53 of 0. */
export function int64(): v.GenericSchema<number> {
  return v.pipe(v.custom<number>(Number.isSafeInteger, give('a whole number')), typed('int64'));
}

/** Finite numbers: one check for the whole list, since a table has many. */
export function numbers(): v.GenericSchema<readonly number[]> {
  return v.custom<readonly number[]>(
    (value) => Array.isArray(value) && value.every(Number.isFinite),
    ({ input }) => {
      if (!Array.isArray(input)) return give('a list of numbers')({ input });
      const bad = input.findIndex((value) => !Number.isFinite(value));
      return `has ${shown(input[bad])} at ${bad}; give finite numbers.`;
    },
  );
}

/** The name, text, number or flag that an option of a program can be. */
export function option(): v.GenericSchema<string | number | boolean> {
  return v.custom<string | number | boolean>(
    (value) => typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value),
    give('a text, a finite number, true or false'),
  );
}

/** What to say of a value that is not the one wanted, to follow its path. */
type Refusal<I = { readonly input: unknown }> = (issue: I) => string;

function typed<T>(type: FieldType): v.MetadataAction<T, { readonly type: FieldType }> {
  return v.metadata({ type });
}

function give(wanted: string): Refusal {
  return ({ input }) => `is ${shown(input)}; give ${wanted}.`;
}

function shown(value: unknown): string {
  if (value === undefined) return 'missing';
  const whole = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value));
  return whole.length > 80 ? `${whole.slice(0, 80)}…` : whole;
}
