import { als, latestVisits, loadSnapshot, visits as visitsFeed } from '@attractions/contracts';
import { streamed } from '@attractions/feeds';
import { DEFAULT_KINDS } from '@attractions/models';
import type { AlsGeneration, Attraction, Snapshot } from '@attractions/contracts';
import type { FeedStore, Parent } from '@attractions/feeds';
import type { ScoringKind } from '@attractions/models';

import { sampledVisits } from './sample.js';
import type { SampledVisits } from './sample.js';
import { MOST_VISITS } from './settings.js';

/** A model that was committed beside an ALS model, and its kind. */
export interface KindModel {
  readonly kind: ScoringKind;
  readonly model: unknown;
}

/** The visits that a judgement is by: all, or those of a sample. */
type Judged = Pick<SampledVisits, 'visits'> & Partial<SampledVisits>;

/** What is judged: visits with the attractions they name, and the models that were trained on exactly these, if any. */
export interface Subject extends Judged {
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

/** What a subject may be asked to be. */
export interface SubjectOptions {
  /** Kinds whose models are judged with the ALS model; default: those that are on by default. */
  readonly kinds?: readonly ScoringKind[] | undefined;
  /** Most visits to judge by; default: that of `EVALUATION_MOST_VISITS`. Of more, users are drawn. */
  readonly mostVisits?: number;
}

/**
 * The latest model with the updates it was trained on; where there is no model yet, the latest visits.
 * @throws ContractsError CONTRACTS_LINEAGE_BROKEN
 * @throws FeedsError where there are no visits, or something cannot be read
 */
export async function latestSubject(store: FeedStore, options: SubjectOptions = {}): Promise<Subject> {
  if (await store.feed(als).head()) return modelSubject(store, undefined, options);
  const { visits, attractions, parents } = await latestVisits(store);
  return { ...(await judgedBy(store, visits.seq, options)), attractions, parents };
}

/**
 * The same for a model; the latest where no number is given, since the gate has yet to judge it.
 * @throws ContractsError CONTRACTS_LINEAGE_BROKEN
 * @throws FeedsError where there is no such model, or something cannot be read
 */
export async function modelSubject(
  store: FeedStore,
  seq?: number,
  options: SubjectOptions = {},
): Promise<ModelSubject> {
  const others = (options.kinds ?? DEFAULT_KINDS).filter((kind) => kind.of === undefined);
  const read = async (snapshot: Snapshot): Promise<ModelSubject> => ({
    ...(await judgedBy(store, snapshot.seqs.visits, options)),
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

/** The visits of an update, or of some users where there are too many. */
async function judgedBy(store: FeedStore, seq: number, { mostVisits = MOST_VISITS }: SubjectOptions): Promise<Judged> {
  const update = await store.feed(visitsFeed).at(seq);
  const count = update.record.totals.rows;
  if (count <= mostVisits) return { visits: await update.read() };
  return sampledVisits(await (await store.feed(streamed(visitsFeed)).at(seq)).read(), count, mostVisits);
}
