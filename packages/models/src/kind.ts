import type { Attraction, VisitsTable } from '@attractions/contracts';
import type { FeedContract } from '@attractions/feeds';
import type { History } from './als/fold-in.js';
import { ModelsError } from './errors.js';
import type { Pool } from './ranking/top-k.js';
import type { Generation } from './snapshot/generation.js';

/**
 * Everything about one kind of model: where it is committed, how it trains, how it scores, when the gate refuses it. The train driver, the snapshot, the
 * recommenders, panels, evaluation and the gate take a list of kinds and name none of them.
 *
 * A kind does not handle requests, filters, names, panels or fallbacks: `kindRecommender` of `@attractions/recommender` adds them, the same for all.
 */
export interface ModelKind<M = unknown> extends ScoringKind<M> {
  /**
   * Learns from all the visits given; the train command gives texts as dictionaries, and `indexVisits` reads them without a copy. Pure: the same visits in any order give the same model. Rejects with the signal's reason when aborted.
   */
  train(visits: VisitsTable, run: TrainingRun<M>): Promise<M> | M;
}

/** A kind without its training: all that serving, evaluation and the gate need. */
export interface ScoringKind<M = unknown> {
  /** Short, lower case, unique: its name in settings, panels and reports, such as `item-knn`. */
  readonly name: string;
  /** The feed of its models. A model is committed before the ALS model of the same snapshot, with the same parents. It is plain data that `structuredClone` can copy. */
  readonly contract: FeedContract<M>;
  /** What entries of its lists may have as their `source`; default: its name. An empty list has the first one. */
  readonly sources?: readonly string[];
  /** Takes the model from the snapshot, so that no feed is read for it; default: the model that was committed with the ALS model. */
  of?(snapshot: Generation): M | undefined;
  /**
   * Prepares a model, once for each snapshot.
   * @throws ModelsError MODELS_MODEL_INVALID where the two do not fit together; `itemsNamed` does so for an unknown attraction
   */
  scorer(model: M, snapshot: Generation): Scorer;
  /**
   * A text that stands for the time of a request: where it is the same, the time makes no difference to the list. Undefined where a list changes from one
   * millisecond to the next. Absent: lists do not depend on the time.
   */
  timeKey?(model: M, visitor: Visitor): string | undefined;
  /** Why the gate must refuse the model, as a sentence without a full stop; undefined for a good model. Numbers that are not finite, and a model that `scorer` refuses, need no check here. */
  check?(model: M, snapshot: Generation): string | undefined;
}

/** What a kind may use while it trains. */
export interface TrainingRun<M = unknown> {
  /** The attractions of the visits, with their parks and coordinates. */
  readonly attractions: readonly Attraction[];
  readonly signal?: AbortSignal | undefined;
  /** Workers to share the work; default: the cores of the machine. The model is the same for any number. */
  readonly threads?: number | undefined;
  /** The latest model of this kind in the feed, to start from; absent where training starts from nothing. */
  previous?(): Promise<M | undefined>;
}

/** Called for each visitor; undefined where the model has no answer, so that the next kind of the chain answers. */
export type Scorer = (visitor: Visitor) => Scores | undefined;

/** What a model answers for one visitor. */
export interface Scores {
  /** One of the kind's `sources`. */
  readonly source: string;
  /** The best items that pass, best first, `limit` at most, none twice; scores are finite and do not rise. */
  best(pool: Pool, limit: number): Best;
  /** Why an item is on the list, as a sentence for people. Called only where the request wants reasons. */
  reason?(item: number): string | undefined;
}

/** A list: items of the snapshot and their scores, both of the same length. */
export interface Best {
  readonly items: ArrayLike<number>;
  readonly scores: ArrayLike<number>;
}

/** The visitor of a request, by rows and items of the snapshot. A property is computed when it is first read. */
export interface Visitor {
  /** Row of the user; undefined where the snapshot does not know the user. */
  readonly user: number | undefined;
  /** The visits known of the user, items ascending: empty for an unknown one. */
  readonly known: History;
  /** The visits that the request names, in its order, each item once and counted; unknown attractions are left out. */
  readonly given: History;
  /** Both together: the known ones, then the given ones that are not among them. */
  readonly history: History;
  /** Where the visitor was last, in the park of the request (without one: anywhere), if that was in the 8 hours before. */
  readonly last: LastVisit | undefined;
  /** The same, however long ago, as far as that is known. Absent: as `last`. */
  readonly latest?: LastVisit | undefined;
  /** The time of the list: milliseconds since 1970 on the clock of the park. */
  readonly at: number;
  /** The park of the list; undefined: all parks. */
  readonly park: string | undefined;
}

/** The items of a history that speak for others: without those whose visits weigh 0 or less in sum. */
export const likedIn = ({ items, weights }: History): Uint32Array => items.filter((_, n) => (weights[n] as number) > 0);

/** The last visit of a visitor. */
export interface LastVisit {
  readonly item: number;
  /** On the clock of the park: milliseconds since 1970. */
  readonly visitedAt: number;
}

/** The kinds that are on by default, in the order of the chain. */
export const DEFAULT_KIND_NAMES: readonly string[] = ['next-attraction', 'als', 'popular'];

/** What entries of a kind's lists may have as their source. */
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
 * The items of the ids in a model.
 * @throws ModelsError MODELS_MODEL_INVALID for an id that the snapshot does not have
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
