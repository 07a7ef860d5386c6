import type { VisitsTable } from '@attractions/contracts';
import type { Batches } from '@attractions/feeds';
import { ByteTable, hashOf } from '@attractions/models';
import type { Data, Utf8 } from 'apache-arrow';

/** Whom a judgement is by, where there are more visits than it takes. */
export interface Sample {
  /** Users that were drawn, each with all their visits. */
  readonly users: number;
  readonly ofUsers: number;
  readonly visits: number;
  readonly ofVisits: number;
}

/** Visits of some users, and what all the visits name. */
export interface SampledVisits {
  readonly visits: VisitsTable;
  readonly sample: Sample;
  readonly named: { readonly userIds: readonly string[]; readonly attractionIds: readonly string[] };
}

/**
 * Draws users by a hash of their ids until about `most` visits are theirs: the same users in every run, and those of fewer visits are among those of more.
 * Holds what was drawn, and each id once.
 *
 * @param batches of all columns
 * @param count how many visits there are
 */
export async function sampledVisits(batches: Batches, count: number, most: number): Promise<SampledVisits> {
  // Loaded when needed: it takes longer to load than the rest of the package.
  const arrow = await import('apache-arrow');
  const bound = 2 ** 32 * (most / count);
  const [users, attractions] = [new ByteTable(), new ByteTable()];
  const drawn = {
    users: [] as string[],
    attractions: [] as string[],
    times: [] as number[],
    photos: [] as number[],
    weights: [] as (number | null)[],
  };
  for await (const batch of batches) {
    const textsOf = (column: string) => batch.getChild(column)?.data[0] as Data<Utf8>;
    const { values, valueOffsets } = textsOf('user_id');
    const attractionTexts = textsOf('attraction_id');
    const rows = new Uint32Array(batch.numRows);
    users.number(values, valueOffsets, rows);
    attractions.number(attractionTexts.values, attractionTexts.valueOffsets, rows);
    for (let row = 0; row < batch.numRows; row++) {
      if (hashOf(values, valueOffsets[row] as number, valueOffsets[row + 1] as number) >= bound) continue;
      drawn.users.push(batch.getChild('user_id')?.get(row));
      drawn.attractions.push(batch.getChild('attraction_id')?.get(row));
      drawn.times.push(batch.getChild('visited_at')?.get(row));
      drawn.photos.push(batch.getChild('photos')?.get(row));
      drawn.weights.push(batch.getChild('weight')?.get(row) ?? null);
    }
  }
  const idsOf = (table: ByteTable) => table.distinct().map(({ text }) => text);
  const named = { userIds: idsOf(users), attractionIds: idsOf(attractions) };
  const visits = new arrow.Table({
    user_id: arrow.vectorFromArray(drawn.users, new arrow.Utf8()),
    attraction_id: arrow.vectorFromArray(drawn.attractions, new arrow.Utf8()),
    visited_at: arrow.vectorFromArray(drawn.times, new arrow.TimestampMillisecond('UTC')),
    photos: arrow.vectorFromArray(drawn.photos, new arrow.Int32()),
    weight: arrow.vectorFromArray(drawn.weights, new arrow.Float32()),
  }) as unknown as VisitsTable;
  return {
    visits,
    sample: {
      users: new Set(drawn.users).size,
      ofUsers: named.userIds.length,
      visits: drawn.users.length,
      ofVisits: count,
    },
    named,
  };
}

/** What the record of a report says of the sample it is by. */
export const recordedSample = (sample: Sample | undefined): Record<string, number> =>
  sample ? { sampledUsers: sample.users, users: sample.ofUsers } : {};

/** A sample in words. */
export const sampleText = ({ users, ofUsers, visits, ofVisits }: Sample): string =>
  `Judged by ${visits} of ${ofVisits} visits: those of ${users} of ${ofUsers} users, drawn by their ids`;
