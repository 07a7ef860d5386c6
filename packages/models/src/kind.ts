import type { Attraction, VisitsTable } from '@attractions/contracts';
import type { FeedContract } from '@attractions/feeds';
import type { History } from './als/fold-in.js';
import { ModelsError } from './errors.js';
import type { Pool } from './ranking/top-k.js';
import type { Generation } from './snapshot/generation.js';

/**
 * Everything there is to know about one kind of model: where it is committed, how it trains, how it scores, when the gate refuses it. The train driver,
 * the snapshot, the recommenders, panels, evaluation and the gate read a list of these and name none of them.
 *
 * A kind knows nothing of requests, filters, names, panels or fallbacks: `kindRecommender` of `@attractions/recommender` adds them, the same for all.
 */
export interface ModelKind<M = unknown> extends ScoringKind<M> {
  /**
   * Learns from all the visits given; the train command gives texts as dictionaries, and `indexVisits` reads them without a copy. Pure: the same visits in any order give the same model. Rejects with the signal's reason when aborted.
   */
  train(visits: VisitsTable, run: TrainingRun<M>): Promise<M> | M;
}

/** A kind without its training: all that serving, evaluation and the gate need. */
export interface ScoringKind<M = unknown> {
  /** Short, lower case, unique: what settings, panels and reports call it, such as `item-knn`. */
  readonly name: string;
  /** Where it is committed: beside the ALS model that names the snapshot, with the same parents. Its model is plain data that `structuredClone` copies. */
  readonly contract: FeedContract<M>;
  /** What entries of its lists may say as their `source`; default: its name. The first one is said where it finds nothing. */
  readonly sources?: readonly string[];
  /** The model where the snapshot holds it already, so that no feed is read for it; absent: what was committed beside the ALS model. */
  of?(snapshot: Generation): M | undefined;
  /**
   * Prepares a model, once for each snapshot.
   * @throws ModelsError MODELS_MODEL_INVALID where the two do not fit together; `itemsNamed` does for an attraction that there is not
   */
  scorer(model: M, snapshot: Generation): Scorer;
  /**
   * What a list depends on besides the rest of its request: the same text where the time of the request makes no difference. Undefined where a list changes
   * from one millisecond to the next. Absent: lists do not depend on the time.
   */
  timeKey?(model: M, visitor: Visitor): string | undefined;
  /** Why the gate must refuse the model, as a sentence without a full stop; undefined where it need not. It refuses numbers that are not finite, and a model that `scorer` refuses, of itself. */
  check?(model: M, snapshot: Generation): string | undefined;
}

/** What a kind may use while it trains. */
export interface TrainingRun<M = unknown> {
  /** The attractions of the visits, with their parks and coordinates. */
  readonly attractions: readonly Attraction[];
  readonly signal?: AbortSignal | undefined;
  /** Workers to share the work; default: the cores of the machine. The model is the same for any number. */
  readonly threads?: number | undefined;
  /** The latest model of this kind in the feed, to start from; absent where training starts afresh. */
  previous?(): Promise<M | undefined>;
}

/** Asked with each visitor; undefined where the model says nothing of somebody, so that the next kind of the chain is asked. */
export type Scorer = (visitor: Visitor) => Scores | undefined;

/** What a model says of one visitor. */
export interface Scores {
  /** One of the kind's `sources`. */
  readonly source: string;
  /** The best items that pass, best first, `limit` at most, none twice; scores are finite and do not rise. */
  best(pool: Pool, limit: number): Best;
  /** Why an item of the list is on it, as a sentence for people. Asked only where somebody wants to know. */
  reason?(item: number): string | undefined;
}

/** A list: items of the snapshot and their scores, both of the same length. */
export interface Best {
  readonly items: ArrayLike<number>;
  readonly scores: ArrayLike<number>;
}

/** Who asks, in numbers of the snapshot. What is not looked at is not computed. */
export interface Visitor {
  /** Row of the user; undefined for nobody the snapshot knows. */
  readonly user: number | undefined;
  /** The visits known of the user, items ascending: empty for an unknown one. */
  readonly known: History;
  /** The visits that the request names, in its order, each item once and counted; unknown attractions are passed over. */
  readonly given: History;
  /** Both together: the known ones, then the given ones that are not among them. */
  readonly history: History;
  /** Where the visitor was last, in the park asked for or else in any, if that was in the 8 hours before. */
  readonly last: LastVisit | undefined;
  /** When the list is for: milliseconds since 1970 on the clock of the park. */
  readonly at: number;
  /** Where the list is for; undefined: all parks. */
  readonly park: string | undefined;
}

/** Where somebody was last. */
export interface LastVisit {
  readonly item: number;
  /** What the clock of the park showed: milliseconds since 1970. */
  readonly visitedAt: number;
}

/** The kinds that are on where nobody says which: the order is the chain. */
export const DEFAULT_KIND_NAMES: readonly string[] = ['next-attraction', 'als', 'popular'];

/** What entries of a kind's lists may say as their source. */
export const sourcesOf = ({ name, sources = [name] }: ScoringKind): readonly string[] => sources;

/** The model of a kind in a snapshot; undefined where it has none. */
export function modelOfKind<M>(kind: ScoringKind<M>, snapshot: Generation): M | undefined {
  return kind.of === undefined ? (snapshot.models.get(kind.name) as M | undefined) : kind.of(snapshot);
}

/**
 * Prepares a kind for a snapshot; undefined where the snapshot has no such model.
 * @throws ModelsError MODELS_MODEL_INVALID where the model and the snapshot do not fit together
 */
export function scorerOf<M>(kind: ScoringKind<M>, snapshot: Generation): Scorer | undefined {
  const model = modelOfKind(kind, snapshot);
  return model === undefined ? undefined : kind.scorer(model, snapshot);
}

/**
 * The items of ids that a model names.
 * @throws ModelsError MODELS_MODEL_INVALID for one that the snapshot does not have
 */
export function itemsNamed({ name }: ScoringKind, ids: readonly string[], { itemOf }: Generation): Uint32Array {
  return Uint32Array.from(ids, (id) => {
    const item = itemOf.get(id);
    if (item !== undefined) return item;
    throw new ModelsError(
      'MODELS_MODEL_INVALID',
      `The ${name} model has '${id}', which is not among the ${itemOf.size} attractions. Train again from the same update.`,
    );
  });
}
