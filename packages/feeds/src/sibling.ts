import type { Feed, Update } from './feed.js';
import type { Parent, UpdateRecord } from './log/record.js';

/**
 * The update of another feed that was made from the very same updates as `record`: the other models of its generation are found so,
 * never by being the latest. The newest that was there when `record` was committed, since a run commits its main model last; else the
 * newest. Undefined where there is none. Costs one record for each update put since.
 */
export async function siblingOf<T>(feed: Feed<T>, record: UpdateRecord): Promise<Update<T> | undefined> {
  const sibling = await siblingAmong(feed.history(), record);
  return sibling && feed.at(sibling.seq);
}

/** The same among records, newest first. What was made from nothing has no siblings. */
export async function siblingAmong(
  records: AsyncIterable<UpdateRecord> | Iterable<UpdateRecord>,
  { parents, timestamp }: UpdateRecord,
): Promise<UpdateRecord | undefined> {
  const key = keyOf(parents);
  let later: UpdateRecord | undefined;
  if (parents.length === 0) return undefined;
  for await (const other of records) {
    if (keyOf(other.parents) !== key) continue;
    if (other.timestamp <= timestamp) return other;
    later ??= other;
  }
  return later;
}

/** The same for the same parents in any order. */
function keyOf(parents: readonly Parent[]): string {
  return parents
    .map(({ feed, seq, sha256 }) => `${feed} ${seq} ${sha256}`)
    .sort()
    .join('\n');
}
