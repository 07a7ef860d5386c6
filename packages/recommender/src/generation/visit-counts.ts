import type { AlsGeneration, VisitsTable } from '@attractions/feeds';

/** How ids of the visits become rows of the model. */
interface Vocabulary {
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
  const users = visits?.getChild('user_id');
  const attractions = visits?.getChild('attraction_id');
  for (let row = 0; row < (visits?.numRows ?? 0); row++) {
    const user = userOf.get(users?.get(row) ?? '');
    const item = itemOf.get(attractions?.get(row) ?? '');
    if (user === undefined || item === undefined) continue;
    const from = offsets[user] as number;
    const at = items.subarray(from, offsets[user + 1]).indexOf(item);
    if (at >= 0) counts[from + at] = (counts[from + at] as number) + 1;
  }
  return counts.map((count) => Math.max(1, count));
}
