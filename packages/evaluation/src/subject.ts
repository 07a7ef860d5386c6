import { als, attractions, visits } from '@attractions/contracts';
import { parentOf, siblingOf } from '@attractions/feeds';
import { DEFAULT_KINDS } from '@attractions/models';
import type { AlsGeneration, Attraction, VisitsTable } from '@attractions/contracts';
import type { FeedStore, Parent, UpdateRecord } from '@attractions/feeds';
import type { ScoringKind } from '@attractions/models';

import { EvaluationError } from './errors.js';

/** A model that was committed beside an ALS model, and its kind. */
export interface KindModel {
  readonly kind: ScoringKind;
  readonly model: unknown;
}

/** What is judged: visits with the attractions they name, and the models that were trained on exactly these, if any. */
export interface Subject {
  readonly visits: VisitsTable;
  readonly attractions: readonly Attraction[];
  readonly model?: AlsGeneration;
  /** Of the other kinds, in the order of the chain. */
  readonly beside?: readonly KindModel[];
  /** Sequence number of the model; undefined without one. */
  readonly seq?: number;
  /** The visits and attractions, then the models: the lineage of what is found out about them. */
  readonly parents: readonly Parent[];
}

/** A model and what is told of it before it is read. */
export interface ModelSubject extends Subject {
  readonly model: AlsGeneration;
  readonly seq: number;
}

/**
 * The latest model with the updates it was trained on; where there is no model yet, the latest visits.
 * @throws EvaluationError EVALUATION_LINEAGE_BROKEN
 * @throws FeedsError where there are no visits, or something cannot be read
 */
export async function latestSubject(store: FeedStore, kinds?: readonly ScoringKind[]): Promise<Subject> {
  return (await store.feed(als).head()) ? modelSubject(store, undefined, kinds) : latestVisits(store);
}

/**
 * The latest visits with the attractions they were made with.
 * @throws EvaluationError EVALUATION_LINEAGE_BROKEN
 * @throws FeedsError where there are no visits, or something cannot be read
 */
export async function latestVisits(store: FeedStore): Promise<Subject> {
  const update = await store.feed(visits).latest();
  const places = parentIn(update.record, attractions.path);
  return {
    visits: await update.read(),
    attractions: await (await store.feed(attractions).at(places.seq)).read(),
    parents: [parentOf(update.record), places],
  };
}

/**
 * The same for a model; the latest where no number is given.
 *
 * @param kinds whose models are judged with it; default: those that are on by default
 * @throws EvaluationError EVALUATION_LINEAGE_BROKEN
 * @throws FeedsError where there is no such model, or something cannot be read
 */
export async function modelSubject(
  store: FeedStore,
  seq?: number,
  kinds: readonly ScoringKind[] = DEFAULT_KINDS,
): Promise<ModelSubject> {
  const models = store.feed(als);
  const { record, ...update } = await (seq === undefined ? models.latest() : models.at(seq));
  const visited = parentIn(record, visits.path);
  const places = parentIn(record, attractions.path);
  const siblings = await Promise.all(
    kinds
      .filter((kind) => kind.of === undefined)
      .map(async (kind) => ({ kind, update: await siblingOf(store.feed(kind.contract), record) })),
  );
  const found = siblings.flatMap(({ kind, update }) => (update === undefined ? [] : [{ kind, update }]));
  return {
    visits: await (await store.feed(visits).at(visited.seq)).read(),
    attractions: await (await store.feed(attractions).at(places.seq)).read(),
    model: await update.read(),
    beside: await Promise.all(found.map(async ({ kind, update }) => ({ kind, model: await update.read() }))),
    seq: update.seq,
    parents: [visited, places, parentOf(record), ...found.map(({ update }) => parentOf(update.record))],
  };
}

function parentIn({ feed, seq, parents }: UpdateRecord, path: string): Parent {
  const parent = parents.find((candidate) => candidate.feed === path);
  if (parent) return parent;
  throw new EvaluationError(
    'EVALUATION_LINEAGE_BROKEN',
    `Update ${seq} of ${feed} does not name the ${path} it was made with; make it again.`,
  );
}
