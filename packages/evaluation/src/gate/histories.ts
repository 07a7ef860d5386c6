import type { ModelSubject } from '../subject.js';
import { visitsByUser } from '../visit-log.js';
import type { VisitLog } from '../visit-log.js';

/** What one user did, from the visits and not from what the model says of them. */
export interface History {
  readonly userId: string;
  /** Row in the model. */
  readonly user: number;
  /** Rows of attractions in the model, ascending. */
  readonly items: Uint32Array;
  /** Visits to each. */
  readonly weights: Float32Array;
  /** Park of the latest visit. */
  readonly park: string;
  /** When that was: milliseconds since 1970. */
  readonly lastAt: number;
}

/** The history of each user of the model, in the model's order; the vocabularies must be the same (`vocabularyCheck`). */
export function historiesOf({ model }: ModelSubject, log: VisitLog): History[] {
  const { userIds, attractionIds, parks, parkOf } = log.names;
  const rows = new Map(model.attractionIds.map((id, row) => [id, row]));
  const rowOf = attractionIds.map((id) => rows.get(id) ?? -1);
  const numbers = new Map(userIds.map((id, number) => [id, number]));
  const visits = visitsByUser(log);
  return model.userIds.map((userId, user) => {
    const counts = new Map<number, number>();
    const made = visits[numbers.get(userId) ?? -1] ?? [];
    for (const visit of made) {
      const row = rowOf[log.attractions[visit] as number] as number;
      counts.set(row, (counts.get(row) ?? 0) + 1);
    }
    const seen = [...counts].sort(([a], [b]) => a - b);
    const latest = made.at(-1) ?? 0;
    return {
      userId,
      user,
      items: Uint32Array.from(seen, ([row]) => row),
      weights: Float32Array.from(seen, ([, count]) => count),
      park: parks[parkOf[log.attractions[latest] as number] as number] as string,
      lastAt: log.times[latest] as number,
    };
  });
}
