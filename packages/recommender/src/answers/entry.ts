import type { Attraction } from '@attractions/contracts';
import type { Generation } from '@attractions/models';
import type { Recommendation, Source } from './recommender.js';

/** One entry of a list, named. */
export function entryOf(
  { attractions }: Generation,
  item: number,
  score: number,
  source: Source,
  reason?: string,
): Recommendation {
  const { attractionId, name } = attractions[item] as Attraction;
  return reason === undefined ? { attractionId, name, score, source } : { attractionId, name, score, source, reason };
}
