import type { Field } from './contract.js';

/**
 * One column of a feed whose rows are objects: its field in the schema, which values it takes, and how they are written in a text cell,
 * where null is a cell without a value.
 */
export interface Column<V> {
  readonly field: Field;
  /** Why this column does not take `value`, to follow its name in a sentence; undefined if it does. */
  problem(value: unknown): string | undefined;
  toText(value: V): string | null;
  /** The value of a cell, not yet checked by `problem`. */
  fromText(text: string | null): unknown;
}

/** A column for each property of a row. */
export type Columns<R> = { readonly [K in keyof R]-?: Column<R[K]> };

/** The schema of rows with these columns, in the order they are declared. */
export function schemaOf(columns: Readonly<Record<string, { readonly field: Field }>>): readonly Field[] {
  return Object.values(columns).map(({ field }) => field);
}

/** Any well-formed text, the empty one included. */
export function text(name: string, description: string): Column<string> {
  return {
    field: { name, type: 'utf8', nullable: false, description },
    problem: textProblem,
    toText: (value) => value,
    fromText: (cell) => cell,
  };
}

/** A whole number of 32 bits, with a sign; `range` narrows it. */
export function int32(name: string, description: string, range: Range = INT32): Column<number> {
  return numeric({ name, type: 'int32', nullable: false, description, range });
}

/** A finite double; `range` narrows it. */
export function float64(name: string, description: string, range?: Range): Column<number> {
  return numeric({ name, type: 'float64', nullable: false, description, ...(range && { range }) });
}

/** A list of texts without `|`, none of them empty. In a cell they are joined by `|`; an empty list is an empty text. */
export function texts(name: string, description: string): Column<readonly string[]> {
  return {
    field: { name, type: 'list<utf8>', nullable: false, description },
    problem: (value) => {
      if (!Array.isArray(value)) return `is ${show(value)}, not a list of texts`;
      for (const entry of value) {
        if (textProblem(entry) !== undefined) return `holds an entry that ${textProblem(entry)}`;
        if (entry === '' || entry.includes('|')) return `holds ${show(entry)}; an entry may not be empty or contain |`;
      }
      return undefined;
    },
    toText: (value) => value.join('|'),
    fromText: (cell) => (cell === null ? null : cell === '' ? [] : cell.split('|')),
  };
}

/** The same column for rows that may have no value in it. */
export function optional<V>(column: Column<V>): Column<V | undefined> {
  return {
    field: { ...column.field, nullable: true },
    problem: (value) => (value === undefined ? undefined : column.problem(value)),
    toText: (value) => (value === undefined ? null : column.toText(value)),
    fromText: (cell) => (cell === null ? undefined : column.fromText(cell)),
  };
}

type Range = readonly [number, number];

const INT32: Range = [-(2 ** 31), 2 ** 31 - 1];

function numeric(field: Field): Column<number> {
  const [min, max] = field.range ?? [-Infinity, Infinity];
  return {
    field,
    problem: (value) => {
      if (typeof value !== 'number' || !Number.isFinite(value)) return `is ${show(value)}, not a finite number`;
      if (field.type === 'int32' && !Number.isInteger(value)) return `is ${value}, not a whole number`;
      return value < min || value > max ? `is ${value}, outside ${min} to ${max}` : undefined;
    },
    toText: String,
    fromText: (cell) => (cell === null ? null : DECIMAL.test(cell) ? Number(cell) : cell),
  };
}

const DECIMAL = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i;

function textProblem(value: unknown): string | undefined {
  if (typeof value !== 'string') return `is ${show(value)}, not a text`;
  return /\p{Surrogate}/u.test(value) ? `is ${show(value)}, which holds a lone surrogate` : undefined;
}

function show(value: unknown): string {
  if (value === undefined || value === null) return 'missing';
  const shown = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return shown.length > 80 ? `${shown.slice(0, 80)}…` : shown;
}
