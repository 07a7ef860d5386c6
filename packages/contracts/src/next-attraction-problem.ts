import type { NextAttractionModel, ParkTables } from './next-attraction.js';

/** Why a value is no model of the next attraction, as a sentence naming the first thing that is wrong; undefined where it is one. */
export function nextAttractionProblem(value: unknown): string | undefined {
  if (!isObject(value)) return 'A model of the next attraction is an object.';
  const { asOf, parks } = value;
  if (typeof asOf !== 'number' || !Number.isSafeInteger(asOf)) return `asOf is ${show(asOf)}, not a time in ms.`;
  if (!Array.isArray(parks)) return 'parks is no list.';
  const names = new Set<unknown>();
  for (const [n, tables] of parks.entries()) {
    if (!isObject(tables)) return `Park ${n + 1} is no object.`;
    const { park } = tables;
    if (typeof park !== 'string') return `Park ${n + 1}: park is ${show(park)}, not a text.`;
    if (names.has(park)) return `Park ${n + 1}: park is ${show(park)}, which an earlier one is too.`;
    names.add(park);
    const problem = tablesProblem(tables);
    if (problem !== undefined) return `Park ${park}: ${problem}`;
  }
  return undefined;
}

/** Tells whether a value is a model of the next attraction. */
export function isNextAttractionModel(value: unknown): value is NextAttractionModel {
  return nextAttractionProblem(value) === undefined;
}

/** Names of the tables of a park: those of its properties that are numbers in rows. */
type TableName = {
  [K in keyof ParkTables]-?: NonNullable<ParkTables[K]> extends readonly (number | readonly number[])[] ? K : never;
}[keyof ParkTables];

/** The rows that a table has: one that is no list of lists, 24, or one for each attraction. A table that is not here does not compile. */
const TABLES: { readonly [K in TableName]: { readonly rows: 1 | 24 | 'attractions'; readonly optional?: true } } = {
  popular: { rows: 1 },
  lately: { rows: 1 },
  byHour: { rows: 24 },
  onward: { rows: 'attractions' },
  together: { rows: 'attractions', optional: true },
};

function tablesProblem(tables: Readonly<Record<string, unknown>>): string | undefined {
  const { attractionIds, asOf, halfLifeDays, patienceHours, weights } = tables;
  if (!Array.isArray(attractionIds)) return 'attractionIds is no list.';
  const unsorted = attractionIds.findIndex((id, n) => typeof id !== 'string' || (n > 0 && attractionIds[n - 1] >= id));
  if (unsorted >= 0) return `attractionIds is not ascending texts at ${show(attractionIds[unsorted])}.`;
  const n = attractionIds.length;
  if (!isNumber(patienceHours) || patienceHours <= 0) {
    return `patienceHours is ${show(patienceHours)}, not a number above 0.`;
  }
  if (asOf !== undefined && !isNumber(asOf)) return `asOf is ${show(asOf)}, not a time in ms.`;
  if (halfLifeDays !== undefined && !(isNumber(halfLifeDays) && halfLifeDays > 0)) {
    return `halfLifeDays is ${show(halfLifeDays)}, not a number above 0.`;
  }
  if (!isObject(weights) || !Object.values(weights).every(isNumber)) return 'weights is no object of numbers.';
  for (const [name, { rows, optional }] of Object.entries(TABLES)) {
    const table = tables[name];
    if (table === undefined && optional) continue;
    const problem =
      rows === 1 ? rowProblem(name, table, n) : rowsProblem(name, table, rows === 'attractions' ? n : rows, n);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function rowsProblem(name: string, rows: unknown, count: number, width: number): string | undefined {
  if (!Array.isArray(rows) || rows.length !== count) return `${name} is no list of ${count} rows.`;
  for (const [row, values] of rows.entries()) {
    const problem = rowProblem(`${name}[${row}]`, values, width);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function rowProblem(name: string, row: unknown, width: number): string | undefined {
  if (!Array.isArray(row) || row.length !== width) return `${name} is no list of ${width} numbers.`;
  const bad = row.findIndex((value) => !isNumber(value));
  return bad < 0 ? undefined : `${name} holds ${show(row[bad])}, not a finite number.`;
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
  if (value === undefined) return 'missing';
  return typeof value === 'number' ? String(value) : JSON.stringify(value);
}
