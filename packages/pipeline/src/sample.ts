import type { Generation } from '@attractions/models';
import type { Recommendations, Recommender } from '@attractions/recommender';

/** A visitor and what the recommender told them. */
export interface SampleAnswer extends Recommendations {
  readonly userId: string;
}

/** Entries of a sample list. */
const SAMPLE_LIMIT = 5;

/** Visitors asked at most, so that a panel nobody falls into costs no more than that. */
const TRIES = 1_000;

/**
 * Answers for people to look at: for each panel, the visitor with the longest history among those that fall into it.
 * Ties go to the id that sorts first, so the sample of a generation is always the same.
 */
export function sampleAnswers(generation: Generation, recommender: Recommender, panels: number): SampleAnswer[] {
  const byPanel = new Map<string, SampleAnswer>();
  for (const userId of visitorsByHistory(generation).slice(0, TRIES)) {
    if (byPanel.size === panels) break;
    const answer = recommender.recommend({ userId, limit: SAMPLE_LIMIT, explain: true });
    const panel = answer.panel?.panel ?? '';
    if (!byPanel.has(panel)) byPanel.set(panel, { userId, ...answer });
  }
  return [...byPanel.values()].sort((a, b) => ((a.panel?.panel ?? '') < (b.panel?.panel ?? '') ? -1 : 1));
}

function visitorsByHistory({ model: { userIds, seen } }: Generation): string[] {
  const lengthOf = (user: number) => (seen.offsets[user + 1] ?? 0) - (seen.offsets[user] ?? 0);
  return userIds
    .map((userId, user) => ({ userId, length: lengthOf(user) }))
    .sort((a, b) => b.length - a.length || (a.userId < b.userId ? -1 : 1))
    .map(({ userId }) => userId);
}
