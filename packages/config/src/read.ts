import { AsyncLocalStorage } from 'node:async_hooks';
import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';

import { missingValue, refusedValue } from './describe.js';
import { ConfigError } from './errors.js';
import type { Setting, Settings } from './setting.js';

/** Variables by name, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The values of `S`, under the same keys. */
export type Config<S extends Settings> = {
  readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never;
};

/**
 * Reads every setting from `env` (default: the process environment; in a scope of `forceConfig` its values, and nothing else). An empty
 * variable counts as unset; variables that no setting names are ignored. The object is frozen and its values are primitive, so it is
 * read-only.
 *
 * @throws ConfigError one CONFIG_INVALID that names every problem
 */
export function readConfig<S extends Settings>(settings: S, env?: Environment): Config<S> {
  const forced = forcedValues();
  const source = env ?? (forced === undefined ? process.env : {});
  const problems: string[] = [];
  const values = Object.entries(settings).map(([key, setting]) => {
    const value = forced?.get(setting.variable) ?? readOne(setting, source[setting.variable], problems);
    return [key, value];
  });
  if (problems.length > 0) throw new ConfigError('CONFIG_INVALID', problems);
  return Object.freeze(Object.fromEntries(values));
}

function readOne(setting: Setting<unknown>, given: string | undefined, problems: string[]): unknown {
  if (given === undefined || given === '') {
    if (setting.required) problems.push(missingValue(setting));
    return setting.default;
  }
  const value = setting.parse(given);
  if (value === undefined) problems.push(refusedValue(setting, given));
  return value;
}

const scopes = new AsyncLocalStorage<ReadonlyMap<string, unknown>>();

/**
 * Runs `fn` in a scope where `readConfig` returns `values`, and returns what `fn` returns. For tests: the scope follows awaits and timers,
 * and parallel scopes do not affect each other. Inside it the process environment is not read, so a setting that is not forced has its
 * default. A scope inside a scope adds to it.
 *
 * @throws ConfigError CONFIG_INVALID, before `fn` runs, if a value is outside the range of its setting
 */
export function forceConfig<S extends Settings, R>(settings: S, values: Partial<Config<S>>, fn: () => R): R {
  const forced = new Map(scopes.getStore());
  const problems: string[] = [];
  for (const [key, value] of Object.entries(values)) {
    const setting = settings[key];
    if (setting === undefined) {
      problems.push(`'${key}' is forced but is not a setting here; use one of ${Object.keys(settings).join(', ')}.`);
    } else if (value !== undefined && !setting.accepts(value)) {
      problems.push(refusedValue(setting, value));
    } else {
      forced.set(setting.variable, value);
    }
  }
  if (problems.length > 0) throw new ConfigError('CONFIG_INVALID', problems);
  return scopes.run(forced, fn);
}

/** The values forced in the current scope, by variable; undefined outside every scope. */
function forcedValues(): ReadonlyMap<string, unknown> | undefined {
  return scopes.getStore();
}

/**
 * Fills `env` (default: the process environment) from a `.env` file; variables that are set already do not change. The file may be absent.
 * Call it at the edge of an app, before `readConfig`.
 *
 * @throws ConfigError CONFIG_FILE_UNREADABLE if the file exists but cannot be read
 */
export function loadDotEnv(path = '.env', env: Record<string, string | undefined> = process.env): void {
  for (const [variable, value] of Object.entries(parseEnv(readIfPresent(path)))) {
    env[variable] ??= value;
  }
}

function readIfPresent(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const code = systemErrorCode(cause);
    if (code === 'ENOENT') return '';
    const problem = `'${path}' cannot be read (${code}); make it a readable file or remove it.`;
    throw new ConfigError('CONFIG_FILE_UNREADABLE', [problem], { cause });
  }
}

/** The code of a system error. Not by `instanceof`: under Jest the errors of the file system come from another realm. */
function systemErrorCode(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : error;
}
