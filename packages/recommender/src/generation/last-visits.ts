import type { VisitsTable } from '@attractions/feeds';
import { textsOf } from './visit-counts.js';
import type { Vocabulary } from './visit-counts.js';

/** The last visit of each user of a model. */
export interface LastVisits {
  /** The item of each user; -1 where no visit is known. */
  readonly items: Int32Array;
  /** When, on the clock of the park: milliseconds since 1970. */
  readonly times: Float64Array;
}

/** The last visit of each user; of equal times the later row. None where there is no table. */
export function lastVisits(users: number, { itemOf, userOf }: Vocabulary, visits: VisitsTable | undefined): LastVisits {
  const items = new Int32Array(users).fill(-1);
  const times = new Float64Array(users).fill(-Infinity);
  const userAt = textsOf(visits?.getChild('user_id'));
  const attractionAt = textsOf(visits?.getChild('attraction_id'));
  const timeAt = visits?.getChild('visited_at');
  for (let row = 0; row < (visits?.numRows ?? 0); row++) {
    const user = userOf.get(userAt(row));
    const time = Number(timeAt?.get(row) ?? -Infinity);
    if (user === undefined || time < (times[user] as number)) continue;
    const item = itemOf.get(attractionAt(row));
    if (item === undefined) continue;
    [items[user], times[user]] = [item, time];
  }
  return { items, times };
}
