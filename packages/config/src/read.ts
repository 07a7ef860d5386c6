import { ConfigError } from './errors.js';
import { forcedValues } from './force.js';
import { missingValue, refusedValue } from './problems.js';
import type { Setting, Settings } from './setting.js';

/** Variables by name, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The values of `S`, under the same keys. */
export type Config<S extends Settings> = {
  readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never;
};

/**
 * Reads every setting from `env` (default: the process environment, or nothing in a scope of `forceConfig`, whose values come
 * first). An empty variable counts as unset; variables that no setting names are not looked at. The object is frozen,
 * and its values are primitive, so it is read-only all the way down.
 * Throws one CONFIG_INVALID that names every problem.
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
