import { als } from '@attractions/contracts';
import type { AlsGeneration, Attraction } from '@attractions/contracts';
import { foldInOf, together } from '../als/fold-in.js';
import type { FoldedIn, History } from '../als/fold-in.js';
import type { ScoringKind, Visitor } from '../kind.js';
import { placed } from '../ranking/placed.js';
import { rankPool } from '../ranking/top-k.js';
import type { Generation } from '../snapshot/generation.js';

/**
 * How ALS scores: the nearest attractions to a visitor's taste, by the factors trained for a known user, or else by factors folded in from the visits given.
 * In a fold-in each visit weighs 1, as one without a weight does in training. It has no answer for an unknown visitor without visits, and never lists attractions without factors. `@attractions/als-trainer` adds the training.
 */
export const alsScoring: ScoringKind<AlsGeneration> = {
  name: 'als',
  contract: als,
  sources: ['als', 'fold-in'],
  of: ({ model }) => model,
  scorer(model, snapshot) {
    const { rank, attractionIds } = model;
    const itemFactors = placed(model.itemFactors, rank);
    const tasteOf = tasteIn(model);
    return (visitor) => {
      const taste = tasteOf(visitor);
      if (taste === undefined) return undefined;
      let reason: ((item: number) => string) | undefined;
      return {
        source: taste.source,
        best({ items, passes }, limit) {
          const pool = { items: items?.filter((item) => item < attractionIds.length), passes };
          return rankPool(itemFactors, rank, taste.factors, limit, pool);
        },
        reason: (item) => (reason ??= reasonsFrom(snapshot, taste))(item),
      };
    };
  },
};

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
 * @returns the taste; undefined for an unknown user without visits to attractions that have factors
 * @throws ModelsError MODELS_MODEL_INVALID where the model does not carry its options
 */
export function tasteIn(
  model: AlsGeneration,
): (visitor: Pick<Visitor, 'user' | 'known' | 'given'>) => Taste | undefined {
  const { rank, userFactors, attractionIds } = model;
  const fold = foldInOf(model);
  const foldIn = (history: History): FoldedIn | undefined => {
    const folded = fold(history);
    return folded.isUnique ? folded : undefined;
  };
  return (visitor) => {
    const { user } = visitor;
    const given = withFactors(visitor.given, attractionIds.length);
    if (given.items.length > 0) {
      const history = user === undefined ? given : together(visitor.known, given);
      const folded = foldIn(history);
      if (folded !== undefined) return { source: 'fold-in', factors: folded.factors, history, explained: () => folded };
    }
    if (user === undefined) return undefined;
    const { known } = visitor;
    const factors = userFactors.subarray(user * rank, (user + 1) * rank);
    return { source: 'als', factors, history: known, explained: () => foldIn(known) };
  };
}

/** Without the attractions that nobody had visited when the model was trained. */
function withFactors(history: History, count: number): History {
  const { items, weights } = history;
  if (items.every((item) => item < count)) return history;
  return {
    items: items.filter((item) => item < count),
    weights: weights.filter((_, n) => (items[n] as number) < count),
  };
}

/** The visit that speaks most for an item. */
function reasonsFrom({ attractions }: Generation, { history, explained }: Taste): (item: number) => string {
  const folded = explained();
  return (item) => {
    const parts = folded?.contributions(item) ?? new Float64Array();
    const most = parts.reduce((best, part, n) => (part > (parts[best] as number) ? n : best), 0);
    const cause = history.items[most] as number;
    if (!((parts[most] ?? 0) > 0)) return 'the best match of those left';
    return cause === item
      ? 'because you were there before'
      : `because you visited ${(attractions[cause] as Attraction).name}`;
  };
}
