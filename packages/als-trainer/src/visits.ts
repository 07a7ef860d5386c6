import { ByteTable, indexVisits as index, timesOf, visitCounter } from '@attractions/models';
import type { IndexedVisits } from '@attractions/models';
import type { AlsGeneration, Histories, VisitsTable } from '@attractions/contracts';

import { AlsError } from './errors.js';
import { wasmHost } from './wasm/module.js';
import { wasmTextTable } from './wasm/text-table.js';

/** Texts that are numbered before WebAssembly has started. */
const fewTexts = 50_000;

/**
 * Names and pairs of a visits table, by WebAssembly where there are many. First vectors are seeded by id, so a model does not depend, row for row, on which
 * other users there are.
 * @throws ModelsError MODELS_VISITS_INVALID where a column is missing or holds a null
 */
export function indexVisits(visits: VisitsTable): IndexedVisits {
  return index(visits, (rows) => {
    const host = rows > fewTexts ? wasmHost() : undefined;
    return host ? wasmTextTable(host) : new ByteTable();
  });
}

/** How often each user was where, and where last; undefined where the time of a user's visits is not known. */
export function historiesOf(visits: VisitsTable, seen: AlsGeneration['seen']): Histories | undefined {
  const { users, items } = indexVisits(visits).interactions;
  const counter = visitCounter(seen);
  let from = 0;
  for (const batch of visits.batches) {
    const to = from + batch.numRows;
    counter.add(users.subarray(from, to), items.subarray(from, to), timesOf(batch));
    from = to;
  }
  const { visitCounts, lastVisits } = counter.done();
  if (!lastVisits.times.every(Number.isFinite)) return undefined;
  return { counts: visitCounts, lastItems: Uint32Array.from(lastVisits.items), lastTimes: lastVisits.times };
}

const dayMs = 86_400_000;

/** Days of each visit before the latest of the table. Not the clock's: the same visits always give the same model. */
export function visitAges(visits: VisitsTable): Float32Array {
  const column = visits.getChild('visited_at');
  if (!column || column.nullCount > 0)
    throw new AlsError('ALS_VISITS_INVALID', [
      'The visits lack a time in their column visited_at; every visit needs one where halfLifeDays is above 0.',
    ]);
  const times = Float64Array.from(column, Number);
  const latest = times.reduce((a, b) => Math.max(a, b), -Infinity);
  return Float32Array.from(times, (time) => (latest - time) / dayMs);
}
