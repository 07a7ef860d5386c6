import { tableOf, utf8Data } from '@attractions/feeds/arrow';
import type { Attraction } from '@attractions/contracts';
import type { Generation } from '@attractions/models';
import { Float64, Int32, TimestampMillisecond, makeData, vectorFromArray } from 'apache-arrow';
import type { Data, Table } from 'apache-arrow';
import type { Recommendations } from '../answers/recommender.js';

/** Answers as rows of `serving/lists`: one row for each entry, in their order. Builds whole columns, without an object for each row. */
export function listsTable(
  { itemOf, attractions, seqs }: Generation,
  answers: Iterable<readonly [userId: string, answer: Recommendations]>,
  generatedAtMs: number,
): Table {
  const userIds: string[] = [];
  const places: number[] = [];
  const attractionIds: string[] = [];
  const names: string[] = [];
  const parks: string[] = [];
  const scores: number[] = [];
  const sources: string[] = [];
  const reasons: (string | null)[] = [];
  const experiments: (string | null)[] = [];
  const versions: (number | null)[] = [];
  const panels: (string | null)[] = [];
  for (const [userId, { recommendations, panel }] of answers)
    recommendations.forEach(({ attractionId, name, score, source, reason = null }, n) => {
      userIds.push(userId);
      places.push(n + 1);
      attractionIds.push(attractionId);
      names.push(name);
      parks.push((attractions[itemOf.get(attractionId) as number] as Attraction).park);
      scores.push(score);
      sources.push(source);
      reasons.push(reason);
      experiments.push(panel?.experiment ?? null);
      versions.push(panel?.version ?? null);
      panels.push(panel?.panel ?? null);
    });
  const rows = userIds.length;
  const moments = new BigInt64Array(rows).fill(BigInt(generatedAtMs));
  return tableOf({
    user_id: utf8Data(userIds),
    place: makeData({ type: new Int32(), data: Int32Array.from(places) }),
    attraction_id: utf8Data(attractionIds),
    name: utf8Data(names),
    park: utf8Data(parks),
    score: makeData({ type: new Float64(), data: Float64Array.from(scores) }),
    source: utf8Data(sources),
    reason: utf8Data(reasons),
    experiment: utf8Data(experiments),
    version: vectorFromArray(versions, new Int32()).data[0] as Data<Int32>,
    panel: utf8Data(panels),
    model_seq: makeData({ type: new Int32(), data: new Int32Array(rows).fill(seqs.model) }),
    generated_at: makeData({ type: new TimestampMillisecond('UTC'), data: moments }),
  });
}
