import type { Generation } from '@attractions/models';
import type { Recommendations, Recommender } from '@attractions/recommender';

/** A visitor and their list. */
export interface SampleAnswer extends Recommendations {
  readonly userId: string;
}

/** Entries of a sample list. */
const SAMPLE_LIMIT = 5;

/** Most visitors tried, so that a panel without visitors does not cost more. */
const TRIES = 1_000;

/**
 * Sample lists: for each panel, that of its visitor with the longest history. Of equally long ones the first id counts, so the sample of a generation is
 * always the same.
 */
export function sampleAnswers(generation: Generation, recommender: Recommender, panels: number): SampleAnswer[] {
  const byPanel = new Map<string, SampleAnswer>();
  for (const userId of visitorsByHistory(generation).slice(0, TRIES)) {
    if (byPanel.size === panels) break;
    const answer = recommender.recommend({ userId, limit: SAMPLE_LIMIT, explain: true });
    const panel = panelOf(answer);
    if (!byPanel.has(panel)) byPanel.set(panel, { userId, ...answer });
  }
  return [...byPanel.values()].sort((a, b) => (panelOf(a) < panelOf(b) ? -1 : 1));
}

const panelOf = ({ panel }: Recommendations): string => (panel ? `${panel.experiment} ${panel.panel}` : '');

function visitorsByHistory({ model: { userIds, seen } }: Generation): string[] {
  const lengthOf = (user: number) => (seen.offsets[user + 1] ?? 0) - (seen.offsets[user] ?? 0);
  return userIds
    .map((userId, user) => ({ userId, length: lengthOf(user) }))
    .sort((a, b) => b.length - a.length || (a.userId < b.userId ? -1 : 1))
    .map(({ userId }) => userId);
}
