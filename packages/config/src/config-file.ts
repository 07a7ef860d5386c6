import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { ConfigError } from './errors.js';

/**
 * The sections of `attractions.config.ts`, for your own code and data. Every package adds its section by declaration merging: `declare module
 * '@attractions/config' { interface AttractionsConfig { rules?: readonly Rule[] } }`.
 */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- sections come from other packages
export interface AttractionsConfig {}

/** Returns its argument, with the types of the sections of the imported packages; `@attractions/pipeline/config` imports all of them. */
export function defineConfig(config: AttractionsConfig): AttractionsConfig {
  return config;
}

/** A configuration file that was read and not checked yet. */
export interface ConfigFile {
  readonly path: string;
  readonly sections: Readonly<Record<string, unknown>>;
}

/** The schema of a section; paths in it are relative to `folder`, the folder of the file. */
export type Section<T> = (folder: string) => StandardSchemaV1<unknown, T>;

/** Sections by their keys. */
export type Sections = Readonly<Record<string, Section<unknown>>>;

/** The checked values of sections; absent if the file does not have the section. */
export type SectionValues<S extends Sections> = {
  readonly [K in keyof S]?: S[K] extends Section<infer T> ? T : never;
};

const FILE_NAMES = ['ts', 'mts', 'mjs', 'js', 'json'].map((ending) => `attractions.config.${ending}`);

/**
 * Finds the configuration file: the given one, or else `attractions.config.ts`, `.mts`, `.mjs`, `.js` or `.json` in the folder; undefined if there is none.
 *
 * @throws ConfigError CONFIG_FILE_MISSING if the given file does not exist
 */
export function findConfigFile(given?: string, folder: string = process.cwd()): string | undefined {
  if (given === undefined) return FILE_NAMES.map((name) => join(folder, name)).find((path) => existsSync(path));
  const path = resolve(folder, given);
  if (existsSync(path)) return path;
  throw new ConfigError('CONFIG_FILE_MISSING', [`There is no file '${given}'; give the path of a configuration file.`]);
}

/**
 * Reads a configuration file, and compiles TypeScript. The values are those that the file exports, not copies.
 *
 * @throws ConfigError CONFIG_FILE_BROKEN
 */
export async function loadConfigFile(path: string): Promise<ConfigFile> {
  // Importing it takes a while, so only users with a file wait for it.
  const { loadConfig } = await import('c12');
  try {
    const { config } = await loadConfig<Record<string, unknown>>({
      cwd: dirname(path),
      configFile: path,
      configFileRequired: true,
      rcFile: false,
      globalRc: false,
      packageJson: false,
      dotenv: false,
      envName: false,
      extend: false,
      merger: (...all) => all.find((each) => each !== undefined && each !== null) ?? {},
    });
    if (typeof config !== 'object' || Array.isArray(config)) throw new Error('It exports no object.');
    return { path, sections: config };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError('CONFIG_FILE_BROKEN', [`${nameOf(path)} cannot be read: ${reason}`], { cause });
  }
}

/**
 * Checks sections of a file.
 *
 * @param all whether unknown sections are an error; else they are ignored, as they may belong to other packages
 * @throws ConfigError CONFIG_FILE_INVALID with every problem, each with the file and the key
 */
export async function readSections<S extends Sections>(
  { path, sections }: ConfigFile,
  schemas: S,
  all: boolean,
): Promise<SectionValues<S>> {
  const known = Object.keys(schemas);
  const unknown = all ? Object.keys(sections).filter((key) => !known.includes(key)) : [];
  const problems = await Promise.all(unknown.map(async (key) => `${key} ${await unknownKey(key, known)}`));
  const values: Record<string, unknown> = {};
  for (const [key, schemaIn] of Object.entries(schemas)) {
    if (sections[key] === undefined) continue;
    const result = await schemaIn(dirname(path))['~standard'].validate(sections[key]);
    if (result.issues) problems.push(...result.issues.map((issue) => sentenceOf(key, issue)));
    else values[key] = result.value;
  }
  if (problems.length === 0) return values as SectionValues<S>;
  const name = nameOf(path);
  throw new ConfigError('CONFIG_FILE_INVALID', problems.map((problem) => `${name}: ${problem}`)); // prettier-ignore
}

/** The sentence about an unknown key, to be put after the key. */
export async function unknownKey(key: string, known: readonly string[]): Promise<string> {
  const { closest, distance } = await import('fastest-levenshtein');
  const near = closest(key, [...known]);
  const all = `give ${known.length > 1 ? 'one of ' : ''}${known.join(', ')}`;
  return distance(key, near) <= Math.max(2, near.length / 3)
    ? `is unknown; did you mean ${near}?`
    : `is unknown; ${all}.`;
}

/** A key and a message as one sentence: `sources.visits.type is "cvs"; give one of …`. */
function sentenceOf(section: string, { path = [], message }: StandardSchemaV1.Issue): string {
  const keys = path.map((part) => (typeof part === 'object' ? part.key : part));
  const key = keys.reduce<string>(
    (sum, part) => sum + (typeof part === 'number' ? `[${part}]` : `.${String(part)}`),
    section,
  );
  return /^(is|are|has|needs) /i.test(message)
    ? `${key} ${message.charAt(0).toLowerCase()}${message.slice(1)}`
    : `${key}: ${message}`;
}

const nameOf = (path: string): string => {
  const name = relative(process.cwd(), path);
  return name.startsWith('..') ? path : name;
};

/** What is wrong with one entry of a list: the key, and the text after it. */
export type Fault = readonly [key: string, message: string];

/**
 * The schema of a section that is a list of objects with unique names.
 *
 * @param what the plural name of these objects, for messages
 * @param faults finds what is wrong with an object that has a name
 */
export function namedList<T extends { readonly name: string }>(
  what: string,
  faults: (entry: Readonly<Record<string, unknown>>) => readonly Fault[],
): StandardSchemaV1<unknown, readonly T[]> {
  return schemaOf((value) => {
    if (!Array.isArray(value)) return [{ message: `is ${shown(value)}; give a list of ${what}.` }];
    const names: unknown[] = value.map((entry) => (isObject(entry) ? entry['name'] : undefined));
    return value.flatMap((entry: unknown, n): StandardSchemaV1.Issue[] => {
      if (!isObject(entry)) return [{ path: [n], message: `is ${shown(entry)}; give an object.` }];
      const name = names[n];
      if (typeof name !== 'string' || name.trim() === '')
        return [{ path: [n, 'name'], message: `is ${shown(name)}; give a name.` }];
      if (names.indexOf(name) !== n)
        return [{ path: [n, 'name'], message: `is ${shown(name)}, the name of an earlier entry; rename one.` }];
      return faults(entry).map(([key, message]) => ({ path: [n, key], message }));
    });
  });
}

/** A schema that passes a value on as it is, unless `issuesOf` finds something. */
export function schemaOf<T>(
  issuesOf: (value: unknown) => readonly StandardSchemaV1.Issue[],
): StandardSchemaV1<unknown, T> {
  const validate = (value: unknown): StandardSchemaV1.Result<T> => {
    const issues = issuesOf(value);
    return issues.length > 0 ? { issues } : { value: value as T };
  };
  return { '~standard': { version: 1, vendor: 'attractions', validate } };
}

/** A value as text for messages. */
export function shown(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  return JSON.stringify(value) ?? 'missing';
}

/** The noun for so many: `file` for 1, else `files`. */
export const plural = (count: number, noun: string): string => (count === 1 ? noun : `${noun}s`);

/** The fault of a key that must hold a function. */
export const functionFault = (entry: Readonly<Record<string, unknown>>, key: string): Fault[] =>
  typeof entry[key] === 'function' ? [] : [[key, `is ${shown(entry[key])}; give a function.`]];

/** Whether a value is an object, and not a list. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
