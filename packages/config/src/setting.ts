import { ConfigError } from './errors.js';

/**
 * One setting: a variable of the environment, what it means and which values it takes.
 * Made by `text`, `integer`, `number`, `choice` or `flag`, and frozen. `T` includes `undefined` if the setting has neither a default nor
 * `required: true`.
 */
export interface Setting<T> {
  /** Name of the environment variable, upper case: `ALS_RANK`. */
  readonly variable: string;
  /** One sentence for the operator who sets it. */
  readonly description: string;
  readonly default: T | undefined;
  /** What one unit of the value is, in the plural: `factors`, `hours`. */
  readonly unit: string | undefined;
  /** The values it takes, in words and with the unit: `an integer from 1 to 1024 (factors)`. */
  readonly range: string;
  /** True: `readConfig` throws while the variable is unset. */
  readonly required: boolean;
  /** True: the value is never repeated in a message. */
  readonly secret: boolean;
  /** The value of `text`, or undefined if it is not a value in the range. */
  parse(text: string): T | undefined;
  /** Whether `value`, already typed, is in the range. */
  accepts(value: unknown): boolean;
  /** What is wrong with a text that `parse` refuses, if there is more to say than the range: `'Mars' is not a time zone`. */
  fault?(text: string): string | undefined;
}

/** Settings by the key under which their values appear in the configuration. */
export type Settings = Readonly<Record<string, Setting<unknown>>>;

/** What every setting declares. */
export interface SettingOptions {
  readonly variable: string;
  readonly description: string;
  readonly unit?: string;
  readonly secret?: boolean;
}

/** Bounds of an integer or a number, both inclusive. */
export interface Bounds {
  readonly min?: number;
  readonly max?: number;
}

/** A setting that always has a value. */
export type Present<T> =
  { readonly default: T; readonly required?: false } | { readonly default?: undefined; readonly required: true };

/** A setting that may be left out. */
export interface Optional<T> {
  readonly default?: T;
  readonly required?: false;
}

/** The form that a text must have, if any. */
export interface Form {
  /** In words; default: a text. */
  readonly range?: string;
  /** What is wrong with a text, naming the part; undefined if nothing is. */
  fault?(text: string): string | undefined;
}

/** What a name of a variable must match. */
export const VARIABLE_NAME = /^[A-Z][A-Z0-9_]*$/;

/** How values of one type are read and checked. */
interface Kind<T> {
  readonly range: string;
  parse(text: string): T | undefined;
  accepts(value: unknown): value is T;
  fault?(text: string): string | undefined;
}

/** Any text except the empty one, unchanged; also for paths and addresses. */
export function text(options: SettingOptions & Form & Present<string>): Setting<string>;
export function text(options: SettingOptions & Form & Optional<string>): Setting<string | undefined>;
export function text(
  options: SettingOptions & Form & (Present<string> | Optional<string>),
): Setting<string | undefined> {
  const { range = 'a text', fault } = options;
  return declare(options, {
    range,
    parse: (given) => given,
    accepts: (value): value is string => typeof value === 'string' && value !== '' && fault?.(value) === undefined,
    ...(fault && { fault }),
  });
}

/** A whole number in plain decimal digits: `1e3`, `0x10`, `+1`, `007` and blanks are refused. */
export function integer(options: SettingOptions & Bounds & Present<number>): Setting<number>;
export function integer(options: SettingOptions & Bounds & Optional<number>): Setting<number | undefined>;
export function integer(
  options: SettingOptions & Bounds & (Present<number> | Optional<number>),
): Setting<number | undefined> {
  return declare(options, {
    range: `an integer${boundsInWords(options)}`,
    parse: (given) => (/^(0|-?[1-9]\d*)$/.test(given) ? Number(given) : undefined),
    accepts: (value): value is number => Number.isSafeInteger(value) && within(options, value),
  });
}

/** A finite number in decimal digits, perhaps with an exponent: `0.05`, `.5`, `1e-4`. */
export function number(options: SettingOptions & Bounds & Present<number>): Setting<number>;
export function number(options: SettingOptions & Bounds & Optional<number>): Setting<number | undefined>;
export function number(
  options: SettingOptions & Bounds & (Present<number> | Optional<number>),
): Setting<number | undefined> {
  return declare(options, {
    range: `a number${boundsInWords(options)}`,
    parse: (given) => (/^-?(\d+(\.\d+)?|\.\d+)(e[+-]?\d+)?$/i.test(given) ? Number(given) : undefined),
    accepts: (value): value is number => Number.isFinite(value) && within(options, value),
  });
}

/** One of a few words; upper and lower case differ. */
export function choice<const C extends string>(
  options: SettingOptions & { readonly choices: readonly C[] } & Present<NoInfer<C>>,
): Setting<C>;
export function choice<const C extends string>(
  options: SettingOptions & { readonly choices: readonly C[] } & Optional<NoInfer<C>>,
): Setting<C | undefined>;
export function choice<const C extends string>(
  options: SettingOptions & { readonly choices: readonly C[] } & (Present<NoInfer<C>> | Optional<NoInfer<C>>),
): Setting<C | undefined> {
  return declare<C>(options, {
    range: `one of ${options.choices.join(', ')}`,
    parse: (given) => options.choices.find((word) => word === given),
    accepts: (value): value is C => options.choices.some((word) => word === value),
  });
}

/** Yes or no: `true` or `1`, `false` or `0`. */
export function flag(options: SettingOptions & Present<boolean>): Setting<boolean>;
export function flag(options: SettingOptions & Optional<boolean>): Setting<boolean | undefined>;
export function flag(options: SettingOptions & (Present<boolean> | Optional<boolean>)): Setting<boolean | undefined> {
  return declare(options, {
    range: 'true, false, 1 or 0',
    parse: (given) => FLAG_WORDS.get(given),
    accepts: (value): value is boolean => typeof value === 'boolean',
  });
}

const FLAG_WORDS = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
]);

function declare<T>(options: SettingOptions & (Present<T> | Optional<T>), kind: Kind<T>): Setting<T | undefined> {
  const { variable, description, unit, secret = false, required = false } = options;
  const range = unit === undefined ? kind.range : `${kind.range} (${unit})`;
  const wrong = (problem: string) => new ConfigError('CONFIG_SETTING_INVALID', [problem]);
  if (!VARIABLE_NAME.test(variable)) {
    throw wrong(`'${variable}' is not a name for a setting; use upper-case letters, digits and underscores.`);
  }
  if (options.default !== undefined && !kind.accepts(options.default)) {
    throw wrong(`The default of ${variable}, ${options.default}, is not ${range}; correct the default or the range.`);
  }
  return Object.freeze({
    variable,
    description,
    default: options.default,
    unit,
    range,
    required,
    secret,
    accepts: kind.accepts,
    ...(kind.fault && { fault: kind.fault }),
    parse: (given: string) => {
      const value = kind.parse(given);
      return kind.accepts(value) ? value : undefined;
    },
  });
}

function within({ min = -Infinity, max = Infinity }: Bounds, value: unknown): boolean {
  return typeof value === 'number' && value >= min && value <= max;
}

function boundsInWords({ min, max }: Bounds): string {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`;
  if (min !== undefined) return ` of at least ${min}`;
  return max === undefined ? '' : ` of at most ${max}`;
}
