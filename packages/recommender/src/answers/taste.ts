import type { RecommendationRequest, Visited } from '@attractions/contracts';
import { foldInOf } from '@attractions/models';
import type { FoldedIn, History } from '@attractions/models';
import { historyOf } from '@attractions/models';
import type { Generation } from '@attractions/models';
import { attractionIdOf } from './visited.js';

/** Who a taste is asked of. */
export type Visitor = Pick<RecommendationRequest, 'userId' | 'visits'>;

/** What the model knows about a visitor. */
export interface Taste {
  readonly source: 'als' | 'fold-in';
  /** `rank` values. */
  readonly factors: Float32Array;
  /** The visits behind them. */
  readonly history: History;
  /** The history folded in, for reasons; undefined where it has no single solution. */
  explained(): FoldedIn | undefined;
}

/**
 * Prepares a model's view of visitors: a known user's own factors, or else factors folded in from the visits given, together with those known of the user.
 *
 * @returns the taste; undefined for a stranger without visits to attractions that have factors
 * @throws ModelsError MODELS_MODEL_INVALID where the model does not carry its options
 */
export function tasteIn(generation: Generation): (visitor: Visitor) => Taste | undefined {
  const { rank, userFactors } = generation.model;
  const foldIn = foldInOf(generation.model);
  return ({ userId, visits = [] }) => {
    const user = userId === undefined ? undefined : generation.userOf.get(userId);
    const known = user === undefined ? undefined : historyOf(generation, user);
    const given = counted(generation, visits);
    if (given.items.length > 0) {
      const history = known === undefined ? given : together(known, given);
      const folded = foldIn(history);
      if (folded !== undefined) return { source: 'fold-in', factors: folded.factors, history, explained: () => folded };
    }
    if (user === undefined || known === undefined) return undefined;
    const factors = userFactors.subarray(user * rank, (user + 1) * rank);
    return { source: 'als', factors, history: known, explained: () => foldIn(known) };
  };
}

/** What was known and what is added, each item once. */
function together(known: History, added: History): History {
  const weights = new Map<number, number>();
  for (const { items, weights: each } of [known, added])
    items.forEach((item, n) => weights.set(item, (weights.get(item) ?? 0) + (each[n] as number)));
  return { items: Uint32Array.from(weights.keys()), weights: Float32Array.from(weights.values()) };
}

/** Visits counted by attraction; those without factors are passed over. */
function counted({ itemOf, model }: Generation, visits: readonly Visited[]): History {
  const counts = new Map<number, number>();
  for (const id of visits.map(attractionIdOf)) {
    const item = itemOf.get(id);
    if (item !== undefined && item < model.attractionIds.length) counts.set(item, (counts.get(item) ?? 0) + 1);
  }
  return { items: Uint32Array.from(counts.keys()), weights: Float32Array.from(counts.values()) };
}
