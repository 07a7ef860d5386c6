import type { Feed, Update } from './feed.js';
import type { Parent, UpdateRecord } from './log/record.js';

/**
 * The newest update of another feed that was made from the very same updates as `record`: the other models of its generation are found so,
 * never by being the latest. Undefined where there is none. Costs one record for each update put since.
 */
export async function siblingOf<T>(feed: Feed<T>, record: UpdateRecord): Promise<Update<T> | undefined> {
  const parents = spelt(record.parents);
  for await (const other of feed.history()) if (spelt(other.parents) === parents) return feed.at(other.seq);
  return undefined;
}

/** The same for the same parents in any order. */
function spelt(parents: readonly Parent[]): string {
  return parents
    .map(({ feed, seq, sha256 }) => `${feed} ${seq} ${sha256}`)
    .sort()
    .join('\n');
}
