import type { StandardSchemaV1 } from '@standard-schema/spec';

/** Where a value is found: a column by its name or, without a header, by its number from 1; a constant; or a group of the file's name. */
export type ColumnPlace = string | number | { readonly constant: string | number } | { readonly fileName: string };

export const VISIT_COLUMNS = [
  'user',
  'attraction',
  'time',
  'park',
  'photo',
  'sequence',
  'event',
  'weight',
  /** Whose the row is, where the data are of many: read by a fleet alone. */
  'tenant',
] as const;
export const ATTRACTION_COLUMNS = [
  'attraction',
  'name',
  'park',
  'latitude',
  'longitude',
  'durationMinutes',
  'themes',
] as const;

export type VisitColumn = (typeof VISIT_COLUMNS)[number];
export type AttractionColumn = (typeof ATTRACTION_COLUMNS)[number];

/** What the sources of files have in common. */
export interface FilesOptions {
  /** A path or pattern, or a list of them, relative to the config file: `events/*.csv`, `events/**\/day=*\/*.parquet`. */
  readonly files: string | readonly string[];
  /** Where each value is found. `user`, `attraction` and `time` of visits, and `attraction` of attractions, default to columns of their own names. */
  readonly columns?: Readonly<Partial<Record<VisitColumn | AttractionColumn, ColumnPlace>>>;
  /** `iso`, `unix-seconds`, `unix-millis`, `unix-micros`, or a pattern as of strptime: `%d.%m.%Y %H:%M`. Default: recognised where it is plain. */
  readonly timeFormat?: string;
  /** `global`: ids are unique over all parks, and stand as they are. Default: `park:id` where there is a park. */
  readonly ids?: 'park' | 'global';
}

/** Options of the source `jsonl`. */
export interface JsonlOptions extends FilesOptions {
  readonly encoding?: string;
}

/** Options of the source `csv`. */
export interface CsvOptions extends JsonlOptions {
  /** Default: whichever of `,` `;` tab and `|` splits the header into the columns asked for. */
  readonly delimiter?: string;
  /** Default: `"`; doubled within a quoted value. The empty text: nothing is quoted. */
  readonly quote?: string;
  /** Whether line 1 names the columns; default: true. Without, columns are numbers. */
  readonly header?: boolean;
}

/** Options of the source `postgres`. */
export interface PostgresOptions extends Omit<FilesOptions, 'files'> {
  /** The name of the environment variable that holds the address, `postgres://USER:PASSWORD@HOST:PORT/DATABASE`. */
  readonly url: string;
  /** One SELECT. */
  readonly query: string;
  /** A column of the query that only grows, so that a run reads the rows above the last one. Default: all are read. */
  readonly watermark?: string | Watermark;
}

/** A column that only grows from one row to those that are committed later. */
export interface Watermark {
  readonly column: string;
  /**
   * Rows are read when they lie so far back that none with a lower watermark is still to be committed: behind the time of the database (`10 minutes`), or
   * behind the greatest number. Default: at once.
   */
  readonly delay?: string | number;
}

type Check = (value: unknown) => string | undefined;

const ROW_CHECKS: Readonly<Record<string, Check>> = {
  timeFormat: (value) => {
    if (
      typeof value === 'string' &&
      (/^(iso|unix-seconds|unix-millis|unix-micros)$/.test(value) || /%[a-zA-Z]/.test(value))
    )
      return undefined;
    return `Is ${shown(value)}; give 'iso', 'unix-seconds', 'unix-millis', 'unix-micros' or a pattern such as '%d.%m.%Y %H:%M'.`;
  },
  ids: (value) => (value === 'park' || value === 'global' ? undefined : `Is ${shown(value)}; give 'park' or 'global'.`),
};

const FILES_CHECKS: Readonly<Record<string, Check>> = {
  files: (value) => {
    const list = Array.isArray(value) ? value : [value];
    if (list.length > 0 && list.every((each) => typeof each === 'string' && each !== '')) return undefined;
    return `Is ${shown(value)}; give a path, a pattern such as 'events/*.csv', or a list of them.`;
  },
  ...ROW_CHECKS,
};

const TEXT_CHECKS: Readonly<Record<string, Check>> = {
  ...FILES_CHECKS,
  encoding: (value) => {
    try {
      if (typeof value === 'string') return void new TextDecoder(value);
    } catch {
      // Said below.
    }
    return `Is ${shown(value)}; give a name of the WHATWG Encoding Standard, such as 'utf-8', 'latin1' or 'utf-16le'.`;
  },
};

const CSV_CHECKS: Readonly<Record<string, Check>> = {
  ...TEXT_CHECKS,
  delimiter: (value) =>
    typeof value === 'string' && /^[\x01-\x7f]$/.test(value) && !/["\r\n\\]/.test(value)
      ? undefined
      : `Is ${shown(value)}; give one ASCII character, such as ';' or '\\t'.`,
  quote: (value) =>
    typeof value === 'string' && /^[\x21-\x7e]?$/.test(value) && value !== '\\'
      ? undefined
      : `Is ${shown(value)}; give one ASCII character, or '' where nothing is quoted.`,
  header: (value) => (typeof value === 'boolean' ? undefined : `Is ${shown(value)}; give true or false.`),
};

const POSTGRES_CHECKS: Readonly<Record<string, Check>> = {
  url: (value) => {
    if (typeof value === 'string' && /^[a-z_]\w*$/i.test(value)) return undefined;
    // An address may hold a password, and is not shown.
    const given = typeof value === 'string' && value.includes('://') ? 'an address' : shown(value);
    return `Is ${given}; give the name of an environment variable that holds the address, such as 'DATABASE_URL'.`;
  },
  query: (value) =>
    typeof value === 'string' && value.trim() !== '' ? undefined : `Is ${shown(value)}; give a SELECT.`,
  watermark: (value) => {
    if (typeof value === 'string' && value !== '') return undefined;
    const { column, delay, ...others } = Object(value) as Readonly<Record<string, unknown>>;
    const isDelay =
      delay === undefined ||
      (typeof delay === 'string' && /^\d{1,9} (second|minute|hour|day)s?$/.test(delay)) ||
      (Number.isSafeInteger(delay) && Number(delay) >= 0);
    if (typeof column === 'string' && column !== '' && isDelay && Object.keys(others).length === 0) return undefined;
    return `Is ${shown(value)}; give the name of a column, or { "column": "…", "delay": … } with a delay such as "10 minutes" or, for numbers, 1000.`;
  },
  ...ROW_CHECKS,
};

export const csvOptions = schemaOf<CsvOptions>(CSV_CHECKS);
export const jsonlOptions = schemaOf<JsonlOptions>(TEXT_CHECKS);
export const parquetOptions = schemaOf<FilesOptions>(FILES_CHECKS);
export const postgresOptions = schemaOf<PostgresOptions>(POSTGRES_CHECKS, ['url', 'query']);

function schemaOf<Options extends object>(
  checks: Readonly<Record<string, Check>>,
  needed: readonly string[] = ['files'],
): StandardSchemaV1<unknown, Options> {
  const known = [...needed, 'columns', ...Object.keys(checks).filter((key) => !needed.includes(key))];
  return {
    '~standard': {
      version: 1,
      vendor: 'attractions',
      validate(value) {
        const options = value as Readonly<Record<string, unknown>>;
        const issues: StandardSchemaV1.Issue[] = [];
        const told = (message: string | undefined, ...path: string[]): void => {
          if (message !== undefined) issues.push({ path, message });
        };
        for (const [key, check] of Object.entries(checks)) {
          if (needed.includes(key) || options[key] !== undefined) told(check(options[key]), key);
        }
        for (const key of Object.keys(options)) {
          if (!known.includes(key)) told(`Unknown; the options are ${known.join(', ')}.`, key);
        }
        const { columns = {} } = options;
        if (typeof columns !== 'object' || columns === null || Array.isArray(columns)) {
          told(`Is ${shown(columns)}; give an object: { "user": "…", "attraction": "…", "time": "…" }.`, 'columns');
          return { issues };
        }
        const names: readonly string[] = [...VISIT_COLUMNS, ...ATTRACTION_COLUMNS];
        for (const [name, place] of Object.entries(columns)) {
          const isKnown = names.includes(name);
          told(
            isKnown ? placeProblem(place) : `Unknown; the columns are ${[...new Set(names)].join(', ')}.`,
            'columns',
            name,
          );
          if (Number.isInteger(place) && options['header'] !== false && isKnown)
            told('Is a number, but line 1 names the columns; give a name, or set `header` to false.', 'columns', name);
        }
        return issues.length > 0 ? { issues } : { value: options as unknown as Options };
      },
    },
  };
}

function placeProblem(place: unknown): string | undefined {
  if (typeof place === 'string' && place !== '') return undefined;
  if (Number.isInteger(place) && Number(place) >= 1) return undefined;
  if (typeof place === 'object' && place !== null && Object.keys(place).length === 1) {
    const { constant, fileName } = place as Readonly<Record<string, unknown>>;
    if (typeof constant === 'number' || (typeof constant === 'string' && constant !== '')) return undefined;
    if (typeof fileName === 'string') {
      const groups = groupsOf(fileName);
      if (groups === 1) return undefined;
      return `The pattern ${shown(fileName)} ${groups === undefined ? 'is not a regular expression' : `has ${groups} groups`}; give one with a single group: 'userVisits-(.+)[.]csv'.`;
    }
  }
  return `Is ${shown(place)}; give the name of a column, { "constant": … } or { "fileName": "…(.+)…" }.`;
}

function groupsOf(pattern: string): number | undefined {
  try {
    return (new RegExp(`${pattern}|`).exec('')?.length ?? 1) - 1;
  } catch {
    return undefined;
  }
}

function shown(value: unknown): string {
  return JSON.stringify(value) ?? 'missing';
}
