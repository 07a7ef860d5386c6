import { FeedsError, parentOf, siblingOf, streamed } from '@attractions/feeds';
import type { Batches, FeedContract, FeedStore, Parent, Update, UpdateRecord } from '@attractions/feeds';
import { als } from './als.js';
import type { AlsGeneration } from './als-model.js';
import { attractions } from './attractions.js';
import type { Attraction } from './attractions.js';
import { ContractsError } from './errors.js';
import { visits } from './visits.js';
import type { VisitsTable } from './visits.js';

/** The alias of the model that is served: the gate moves it. */
export const CHAMPION = 'champion';

/** Which updates an answer comes from: sequence numbers in the feeds; 0 for what was never in a feed. */
export interface GenerationSeqs {
  readonly model: number;
  readonly visits: number;
  readonly attractions: number;
}

/** A model and exactly the updates it was trained on: models, visits and attractions of one lineage. */
export interface Snapshot {
  readonly seqs: GenerationSeqs;
  readonly model: AlsGeneration;
  /** What was trained beside the model on the same visits, by the path of its feed; absent where none was. */
  readonly beside: ReadonlyMap<string, unknown>;
  readonly attractions: readonly Attraction[];
  /** User, attraction and time of each visit, batch by batch: all of them at once take ten times the memory of what is learnt from them. */
  readonly visits: Batches;
  /** The visits and attractions, the model, then the models beside it: the lineage of what is found out about them. */
  readonly parents: readonly Parent[];
}

/**
 * Loads a model and what it was trained on, found through the record's parents and checked by their hashes: never "the latest of each", which could mix
 * two lineages. If the champion was replaced and deleted while it was being read, its successor is loaded.
 *
 * @param use takes what is needed from the snapshot; the visits may expire once it has ended
 * @param beside feeds of models that may have been committed beside it
 * @param seq which model; default: the champion, which the gate names, or the latest where there is none
 * @throws ContractsError CONTRACTS_NO_MODEL, CONTRACTS_LINEAGE_BROKEN
 * @throws FeedsError where a record or a file cannot be read, or its checksum differs
 */
export async function loadSnapshot<T>(
  store: FeedStore,
  use: (snapshot: Snapshot) => Promise<T>,
  beside: readonly FeedContract<unknown>[] = [],
  seq?: number,
): Promise<T> {
  if (seq !== undefined) return use(await snapshotOf(store, beside, seq));
  for (;;) {
    const wanted = await wantedModel(store);
    if (wanted === undefined)
      throw new ContractsError(
        'CONTRACTS_NO_MODEL',
        `There is no model in '${store.root}' yet; run 'attractions train' first, or 'attractions run' for the whole pipeline.`,
      );
    try {
      return await use(await snapshotOf(store, beside, wanted));
    } catch (error) {
      const gone = error instanceof FeedsError && error.code === 'FEEDS_EXPIRED';
      if (!gone || (await wantedModel(store)) === wanted) throw error;
    }
  }
}

/** The model to serve: the champion, or the latest if there is no champion; undefined if there is no model. */
export async function wantedModel(store: FeedStore): Promise<number | undefined> {
  const refs = await store.feed(als).refs();
  return refs[CHAMPION] ?? refs['latest'];
}

async function snapshotOf(store: FeedStore, beside: readonly FeedContract<unknown>[], seq: number): Promise<Snapshot> {
  const model = await store.feed(als).at(seq);
  const siblings = (await Promise.all(beside.map((contract) => siblingOf(store.feed(contract), model.record)))).filter(
    (sibling) => sibling !== undefined,
  );
  const [visited, named] = await Promise.all([
    parentUpdate(store, model.record, READ_VISITS),
    parentUpdate(store, model.record, attractions),
  ]);
  const [factors, models, batches, places] = await Promise.all([
    model.read(),
    Promise.all(siblings.map(async (sibling) => [sibling.record.feed, await sibling.read()] as const)),
    visited.read(),
    named.read(),
  ]);
  return {
    seqs: { model: model.seq, visits: visited.seq, attractions: named.seq },
    model: factors,
    beside: new Map(models),
    attractions: places,
    visits: batches,
    parents: [visited, named, model, ...siblings].map(({ record }) => parentOf(record)),
  };
}

const READ_VISITS = streamed(visits, { columns: ['user_id', 'attraction_id', 'visited_at'] });

/** Visits with the attractions they were made with: what models are trained on. */
export interface VisitsOfLineage {
  readonly visits: Update<VisitsTable>;
  readonly attractions: readonly Attraction[];
  readonly parents: readonly Parent[];
}

/**
 * The latest visits with the attractions they were made with.
 * @throws ContractsError CONTRACTS_LINEAGE_BROKEN
 * @throws FeedsError where there are no visits, or something cannot be read
 */
export async function latestVisits(store: FeedStore): Promise<VisitsOfLineage> {
  const update = await store.feed(visits).latest();
  const named = await parentUpdate(store, update.record, attractions);
  return {
    visits: update,
    attractions: await named.read(),
    parents: [parentOf(update.record), parentOf(named.record)],
  };
}

/** The update of a feed that a record names as its parent, held to the hash that it names. */
async function parentUpdate<T>(
  store: FeedStore,
  { feed, seq, parents }: UpdateRecord,
  contract: FeedContract<T>,
): Promise<Update<T>> {
  const parent = parents.find((candidate) => candidate.feed === contract.path);
  if (parent === undefined)
    throw broken(`Update ${seq} of ${feed} does not name the ${contract.path} it was made from`);
  const update = await store.feed(contract).at(parent.seq);
  if (parentOf(update.record).sha256 === parent.sha256) return update;
  throw broken(
    `Update ${seq} of ${feed} was made from another update ${parent.seq} of ${contract.path} than the one now there`,
  );
}

function broken(fault: string): ContractsError {
  return new ContractsError('CONTRACTS_LINEAGE_BROKEN', `${fault}; make it again.`);
}
