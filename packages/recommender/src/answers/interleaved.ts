import { draftCoin, teamDraft } from '@attractions/experiments';
import { limitOf } from './candidates.js';
import type { Recommendation, Recommender } from './recommender.js';

/** A recommender and the panel it stands for. */
export interface Team {
  readonly panel: string;
  readonly recommender: Recommender;
}

/**
 * One list of two recommenders by team draft; each entry names in `team` the panel that gave it. The coins of a user are always the same, so a list can be
 * cached and recomputed: `draftCoin(salt, userId, '')`.
 *
 * @param salt that of the experiment
 */
export function interleavedRecommender(salt: string, a: Team, b: Team): Recommender {
  return {
    recommend(request) {
      const ofA = a.recommender.recommend(request);
      const ofB = b.recommender.recommend(request);
      const entries = { a: byId(ofA.recommendations), b: byId(ofB.recommendations) };
      const coin = draftCoin(salt, request.userId ?? '', '');
      const { items, teams } = teamDraft([...entries.a.keys()], [...entries.b.keys()], limitOf(request), coin);
      const recommendations = items.flatMap((id, n) => {
        const team = teams[n] as 'a' | 'b';
        const entry = entries[team].get(id);
        return entry === undefined ? [] : [{ ...entry, team: (team === 'a' ? a : b).panel }];
      });
      return { ...ofA, recommendations, source: recommendations[0]?.source ?? ofA.source };
    },
  };
}

function byId(entries: readonly Recommendation[]): Map<string, Recommendation> {
  return new Map(entries.map((entry) => [entry.attractionId, entry]));
}
