import { AsyncLocalStorage } from 'node:async_hooks';
import { ConfigError } from './errors.js';
import { refusedValue } from './problems.js';
import type { Config } from './read.js';
import type { Settings } from './setting.js';

const scopes = new AsyncLocalStorage<ReadonlyMap<string, unknown>>();

/**
 * Runs `fn` in a scope where `readConfig` returns `values`, whatever the process environment says; returns what `fn`
 * returns. For tests: the scope follows awaits and timers, and parallel scopes never meet. Inside it the process
 * environment is not read at all, so a setting that is not forced has its default. A scope within a scope adds to it.
 * Throws CONFIG_INVALID, before `fn` runs, where a value lies outside its setting's range.
 */
export function forceConfig<S extends Settings, R>(settings: S, values: Partial<Config<S>>, fn: () => R): R {
  const forced = new Map(scopes.getStore());
  const problems: string[] = [];
  for (const [key, value] of Object.entries(values)) {
    const setting = settings[key];
    if (setting === undefined) {
      problems.push(`'${key}' is forced but is no setting here; use one of ${Object.keys(settings).join(', ')}.`);
    } else if (value !== undefined && !setting.accepts(value)) {
      problems.push(refusedValue(setting, value));
    } else {
      forced.set(setting.variable, value);
    }
  }
  if (problems.length > 0) throw new ConfigError('CONFIG_INVALID', problems);
  return scopes.run(forced, fn);
}

/** The values forced in the scope that this runs in, by variable; undefined outside every scope. */
export function forcedValues(): ReadonlyMap<string, unknown> | undefined {
  return scopes.getStore();
}
