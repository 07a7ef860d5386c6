import {
  ByteTable,
  indexFrom,
  indexVisits as index,
  keepIndex,
  sortedVocabulary,
  timesOf,
  visitCounter,
} from '@attractions/models';
import type { Batches } from '@attractions/feeds';
import type { IndexedVisits, TextTable } from '@attractions/models';
import type { AlsGeneration, Histories, VisitsTable } from '@attractions/contracts';
import type { Data, Float32, Int32, Table, TimestampMillisecond, Utf8 } from 'apache-arrow';

import { AlsError } from './errors.js';
import { wasmHost } from './wasm/module.js';
import { wasmTextTable } from './wasm/text-table.js';

/** Up to so many texts TypeScript is done before WebAssembly has started. */
const FEW_TEXTS = 50_000;

/**
 * Names and pairs of a visits table, by WebAssembly where there are many. First factors are seeded by id, so those of a user do not depend on which
 * other users there are.
 * @throws ModelsError MODELS_VISITS_INVALID where a column is missing or holds a null
 */
export function indexVisits(visits: VisitsTable): IndexedVisits {
  return index(visits, textTable);
}

/** A table for so many texts. */
function textTable(texts: number): TextTable {
  const host = texts > FEW_TEXTS ? wasmHost() : undefined;
  return host ? wasmTextTable(host) : new ByteTable();
}

/**
 * Reads visits batch by batch into a table of numbers: 20 bytes a visit, 24 where visits have weights, and each id once, as a dictionary. What Arrow decodes of a
 * batch goes with the batch. The names and pairs of `indexVisits` are those of the table, not a copy.
 *
 * @param batches of all columns, as `streamed(visits)` reads them
 * @param count how many visits there are
 */
export async function readVisits(batches: Batches, count: number): Promise<VisitsTable> {
  const { numbersColumn, tableOf, utf8Dictionary } = await import('@attractions/feeds/arrow');
  const users = { table: textTable(count), rows: new Uint32Array(count) };
  const attractions = { table: textTable(count), rows: new Uint32Array(count) };
  const times = new BigInt64Array(count);
  const photos = new Int32Array(count);
  let weights: Float32Array | undefined;
  let from = 0;
  for await (const batch of batches) {
    const to = from + batch.numRows;
    const column = (name: string): Data | undefined => batch.getChild(name)?.data[0];
    for (const [name, { table, rows }] of [
      ['user_id', users],
      ['attraction_id', attractions],
    ] as const) {
      const { values, valueOffsets } = column(name) as Data<Utf8>;
      table.number(values, valueOffsets, rows.subarray(from, to));
    }
    times.set((column('visited_at') as Data<TimestampMillisecond>).values.subarray(0, batch.numRows), from);
    photos.set((column('photos') as Data<Int32>).values.subarray(0, batch.numRows), from);
    const weight = column('weight') as Data<Float32> | undefined;
    if (weight && weight.nullCount < weight.length) {
      weights ??= new Float32Array(count).fill(1);
      for (let row = 0; row < weight.length; row++)
        if (weight.getValid(row)) weights[from + row] = weight.values[row] as number;
    }
    from = to;
  }
  const of = {
    users: sortedVocabulary(users.table, users.rows),
    attractions: sortedVocabulary(attractions.table, attractions.rows),
  };
  const table = tableOf({
    user_id: utf8Dictionary(of.users.ids, of.users.rows),
    attraction_id: utf8Dictionary(of.attractions.ids, of.attractions.rows),
    visited_at: numbersColumn(times),
    photos: numbersColumn(photos),
    ...(weights && { weight: numbersColumn(weights) }),
  }) as Table as VisitsTable;
  keepIndex(table, indexFrom(of.users, of.attractions));
  return table;
}

/** When each visit was: milliseconds since 1970; minus infinity where that is not known. */
export function visitTimes(visits: VisitsTable): Float64Array {
  const times = new Float64Array(visits.numRows);
  let from = 0;
  for (const batch of visits.batches) {
    times.set(timesOf(batch), from);
    from += batch.numRows;
  }
  return times;
}

/**
 * How often each user was where, how much that weighed, and where each was last; undefined where the time of a user's visits is not known.
 *
 * @param weights of the visits, as training has them; default: 1 each
 */
export function historiesOf(
  visits: VisitsTable,
  seen: AlsGeneration['seen'],
  weights?: ArrayLike<number>,
): Histories | undefined {
  const { users, items } = indexVisits(visits).interactions;
  const counter = visitCounter(seen);
  let from = 0;
  for (const batch of visits.batches) {
    const to = from + batch.numRows;
    const own = weights && Float32Array.from({ length: to - from }, (_, n) => weights[from + n] as number);
    counter.add(users.subarray(from, to), items.subarray(from, to), timesOf(batch), own);
    from = to;
  }
  const { visitCounts: counts, weights: sums, lastVisits } = counter.done();
  if (!lastVisits.times.every(Number.isFinite)) return undefined;
  return {
    counts,
    ...(sums && { weights: sums }),
    lastItems: Uint32Array.from(lastVisits.items),
    lastTimes: lastVisits.times,
  };
}

const DAY_MS = 86_400_000;

/** Days of each visit before the latest of the table. Not the clock's: the same visits always give the same model. */
export function visitAges(visits: VisitsTable): Float32Array {
  const column = visits.getChild('visited_at');
  if (!column || column.nullCount > 0)
    throw new AlsError('ALS_VISITS_INVALID', [
      'The visits lack a time in their column visited_at; every visit needs one where halfLifeDays is above 0.',
    ]);
  const times = visitTimes(visits);
  const latest = times.reduce((a, b) => Math.max(a, b), -Infinity);
  const ages = new Float32Array(times.length);
  for (let visit = 0; visit < ages.length; visit++) ages[visit] = (latest - (times[visit] as number)) / DAY_MS;
  return ages;
}
