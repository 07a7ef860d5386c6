import { ByteTable, indexVisits as index } from '@attractions/models';
import type { IndexedVisits } from '@attractions/models';
import type { VisitsTable } from '@attractions/contracts';

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
