import { als, latestVisits, loadSnapshot } from '@attractions/contracts';
import { DEFAULT_KINDS } from '@attractions/models';
import type { AlsGeneration, Attraction, Snapshot, VisitsTable } from '@attractions/contracts';
import type { FeedStore, Parent } from '@attractions/feeds';
import type { ScoringKind } from '@attractions/models';

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
 * @throws ContractsError CONTRACTS_LINEAGE_BROKEN
 * @throws FeedsError where there are no visits, or something cannot be read
 */
export async function latestSubject(store: FeedStore, kinds?: readonly ScoringKind[]): Promise<Subject> {
  if (await store.feed(als).head()) return modelSubject(store, undefined, kinds);
  const { visits, attractions, parents } = await latestVisits(store);
  return { visits: await visits.read(), attractions, parents };
}

/**
 * The same for a model; the latest where no number is given, since the gate has yet to judge it.
 *
 * @param kinds whose models are judged with it; default: those that are on by default
 * @throws ContractsError CONTRACTS_LINEAGE_BROKEN
 * @throws FeedsError where there is no such model, or something cannot be read
 */
export async function modelSubject(
  store: FeedStore,
  seq?: number,
  kinds: readonly ScoringKind[] = DEFAULT_KINDS,
): Promise<ModelSubject> {
  const others = kinds.filter((kind) => kind.of === undefined);
  const read = async (snapshot: Snapshot): Promise<ModelSubject> => ({
    visits: await snapshot.readVisits(),
    attractions: snapshot.attractions,
    model: snapshot.model,
    beside: others.flatMap((kind) => {
      const { path } = kind.contract;
      return snapshot.beside.has(path) ? [{ kind, model: snapshot.beside.get(path) }] : [];
    }),
    seq: snapshot.seqs.model,
    parents: snapshot.parents,
  });
  const contracts = others.map(({ contract }) => contract);
  return loadSnapshot(store, read, contracts, seq ?? (await store.feed(als).latest()).seq);
}
