import type { AlsGeneration, Attraction, GenerationSeqs, VisitsTable } from '@attractions/contracts';
import type { RecordBatch } from 'apache-arrow';
import type { History } from '../als/fold-in.js';
import { checkModel } from './check-model.js';
import { ModelsError } from '../errors.js';
import { visitReader } from './histories.js';
import type { LastVisits, VisitSummary } from './histories.js';
import { IdIndex } from './id-index.js';

/**
 * A snapshot: a model, its vocabulary, its seen sets and its attractions. One answer uses one snapshot, never parts of two.
 * An *item* is an index into `attractions`. The model's rows come first and keep their order, so a row of the item factors is an
 * item; after them, by id, the attractions that nobody visited before the model was trained.
 */
export interface Generation {
  readonly seqs: GenerationSeqs;
  /** Without its histories, which are `pairWeights` and `lastVisits`. */
  readonly model: Omit<AlsGeneration, 'histories'>;
  /** The models of other kinds, trained on the same visits, by the names of the kinds; see `modelOfKind`. */
  readonly models: ReadonlyMap<string, unknown>;
  readonly attractions: readonly Attraction[];
  readonly itemOf: ReadonlyMap<string, number>;
  /** Row of the user factors, by user id. */
  readonly userOf: IdIndex;
  /** The items of each park, ascending; parks in alphabetical order. */
  readonly parks: ReadonlyMap<string, Uint32Array>;
  /** Every theme that an attraction has, in alphabetical order. */
  readonly themes: ReadonlySet<string>;
  /** Distinct visitors of each item. */
  readonly visitors: Uint32Array;
  /**
   * How much each item of the seen sets weighed in training, in the order of `model.seen.items`: the sum of the weights of its visits, else how often it was
   * visited; 1 each where neither the model nor visits say.
   */
  readonly pairWeights: Float32Array;
  /** Of each user, where the model or visits say. */
  readonly lastVisits: LastVisits;
}

/** What a snapshot in memory may have in addition to the model and its attractions. */
export interface Origin {
  /** Default: 0 each, which says "from no feed". */
  readonly seqs?: GenerationSeqs;
  /** The visits the model was trained on: how often users went where, and where last, in case the model does not contain it. */
  readonly visits?: VisitsTable;
  /** Models of other kinds, of the same visits, by the names of the kinds. */
  readonly models?: Readonly<Record<string, unknown>>;
}

/**
 * A snapshot from memory, without a feed: `generationOf(await trainer.train(visits), attractions)`.
 * @throws ModelsError MODELS_MODEL_INVALID where the two do not fit together
 */
export function generationOf(
  model: AlsGeneration,
  attractions: readonly Attraction[],
  { seqs = { model: 0, visits: 0, attractions: 0 }, visits, models = {} }: Origin = {},
): Generation {
  checkModel(model);
  const { needsVisits, add, done } = generationIn(model, attractions, seqs, new Map(Object.entries(models)));
  if (needsVisits) for (const batch of visits?.batches ?? []) add(batch);
  return done();
}

/** A snapshot that may still need the visits of its model, batch by batch: a model of contract 1.0 does not contain what its users did. */
interface GenerationMaker {
  readonly needsVisits: boolean;
  add(batch: RecordBatch): void;
  done(): Generation;
}

/**
 * The snapshot before the visits, of a model that its codec has checked.
 * @throws ModelsError MODELS_MODEL_INVALID
 */
export function generationIn(
  model: AlsGeneration,
  attractions: readonly Attraction[],
  seqs: GenerationSeqs,
  models: ReadonlyMap<string, unknown>,
): GenerationMaker {
  const ordered = inItemOrder(model, attractions);
  const visitors = new Uint32Array(ordered.length);
  visitors.set(model.visitors);
  const ids = ordered.map(({ attractionId }) => attractionId);
  const itemOf = new Map(ids.map((id, item) => [id, item]));
  const userOf = IdIndex.of(model.userIds);
  const { histories, ...learnt } = model;
  const generation = {
    seqs,
    model: learnt,
    models,
    attractions: ordered,
    itemOf,
    userOf,
    parks: itemsByPark(ordered),
    themes: new Set(ordered.flatMap(({ themes }) => themes).sort()),
    visitors,
  };
  const finished = ({ visitCounts, weights, lastVisits }: VisitSummary): Generation => ({
    ...generation,
    pairWeights: Float32Array.from(weights ?? visitCounts),
    lastVisits,
  });
  if (histories !== undefined) {
    const { counts, weights, lastItems, lastTimes } = histories;
    const lastVisits = { items: Int32Array.from(lastItems), times: lastTimes };
    return {
      needsVisits: false,
      add: () => undefined,
      done: () => finished({ visitCounts: counts, ...(weights && { weights }), lastVisits }),
    };
  }
  const { add, done } = visitReader(model.seen, userOf, ids);
  return { needsVisits: true, add, done: () => finished(done()) };
}

/** What a user visited before the model was trained, as items, ascending. */
export function seenBy({ model }: Generation, user: number): Uint32Array {
  return model.seen.items.subarray(model.seen.offsets[user], model.seen.offsets[user + 1]);
}

/** The same with what it weighed, as a fold-in takes it. */
export function historyOf(generation: Generation, user: number): History {
  const { offsets } = generation.model.seen;
  return {
    items: seenBy(generation, user),
    weights: generation.pairWeights.subarray(offsets[user], offsets[user + 1]),
  };
}

/** Where a user was last, by the visits of the model, on the clock of the park; undefined where that is not known. */
export function lastVisitOf(
  { userOf, lastVisits: { items, times } }: Generation,
  userId: string,
): { readonly item: number; readonly visitedAt: number } | undefined {
  const user = userOf.get(userId);
  const item = user === undefined ? -1 : (items[user] ?? -1);
  return user === undefined || item < 0 ? undefined : { item, visitedAt: times[user] as number };
}

function inItemOrder(model: AlsGeneration, attractions: readonly Attraction[]): Attraction[] {
  const byId = new Map(attractions.map((attraction) => [attraction.attractionId, attraction]));
  if (byId.size !== attractions.length) throw invalid('An attraction id occurs twice among the attractions.');
  const modelled = model.attractionIds.map((id) => {
    const attraction = byId.get(id);
    if (attraction === undefined)
      throw invalid(`The model has factors for '${id}', which is not among the ${byId.size} attractions given.`);
    byId.delete(id);
    return attraction;
  });
  const others = [...byId.values()].sort((a, b) => (a.attractionId < b.attractionId ? -1 : 1));
  return [...modelled, ...others];
}

function itemsByPark(attractions: readonly Attraction[]): Map<string, Uint32Array> {
  const parks = new Map<string, number[]>();
  attractions.forEach(({ park }, item) => {
    const items = parks.get(park);
    if (items === undefined) parks.set(park, [item]);
    else items.push(item);
  });
  return new Map(
    [...parks].sort(([a], [b]) => (a < b ? -1 : 1)).map(([park, items]) => [park, Uint32Array.from(items)]),
  );
}

function invalid(reason: string): ModelsError {
  return new ModelsError('MODELS_MODEL_INVALID', `${reason} Train again from the same update.`);
}
