import type { AlsGeneration, VisitsTable } from '@attractions/feeds';
import type { Utf8, Vector } from 'apache-arrow';

/** How ids of the visits become rows of the model. */
export interface Vocabulary {
  readonly itemOf: ReadonlyMap<string, number>;
  readonly userOf: ReadonlyMap<string, number>;
}

/**
 * Counts the visits behind every entry of the seen sets, in their order. An entry without a visit, or all of them where there is no table,
 * counts 1; a visit without an entry is passed over.
 */
export function visitCounts(
  { offsets, items }: AlsGeneration['seen'],
  { itemOf, userOf }: Vocabulary,
  visits: VisitsTable | undefined,
): Float32Array {
  const counts = new Float32Array(items.length);
  const userAt = textsOf(visits?.getChild('user_id'));
  const attractionAt = textsOf(visits?.getChild('attraction_id'));
  for (let row = 0; row < (visits?.numRows ?? 0); row++) {
    const user = userOf.get(userAt(row));
    const item = itemOf.get(attractionAt(row));
    if (user === undefined || item === undefined) continue;
    const from = offsets[user] as number;
    const at = items.subarray(from, offsets[user + 1]).indexOf(item);
    if (at >= 0) counts[from + at] = (counts[from + at] as number) + 1;
  }
  return counts.map((count) => Math.max(1, count));
}

/** The texts of a column. Arrow's own way takes ten times as long a row; it is left for columns in pieces, or by dictionary. */
export function textsOf(column: Vector<Utf8> | null | undefined): (row: number) => string {
  const [data, ...more] = column?.data ?? [];
  if (data === undefined || more.length > 0 || !(data.valueOffsets instanceof Int32Array))
    return (row) => column?.get(row) ?? '';
  const { values, valueOffsets } = data;
  const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  return (row) => bytes.toString('utf8', valueOffsets[row], valueOffsets[row + 1]);
}
