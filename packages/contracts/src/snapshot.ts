import { FeedsError, parentOf, siblingOf, streamed } from '@attractions/feeds';
import type { Batches, FeedContract, FeedStore, Parent, UpdateRecord } from '@attractions/feeds';
import { als } from './als.js';
import type { AlsGeneration } from './als.js';
import { attractions } from './attractions.js';
import type { Attraction } from './attractions.js';
import { ContractsError } from './errors.js';
import { visits } from './visits.js';

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
}

/**
 * Loads a model and what it was trained on, found through the record's parents and checked by their hashes: never "the latest of each", which could mix
 * two lineages. Where the champion was given up while it was being read, the one that has taken its place is loaded.
 *
 * @param use makes of a snapshot what is needed, before its visits can expire
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
  return refs['champion'] ?? refs['latest'];
}

async function snapshotOf(store: FeedStore, beside: readonly FeedContract<unknown>[], seq: number): Promise<Snapshot> {
  const model = await store.feed(als).at(seq);
  const siblings = await Promise.all(beside.map((contract) => siblingOf(store.feed(contract), model.record)));
  const visitsParent = parentIn(model.record, visits.path);
  const attractionsParent = parentIn(model.record, attractions.path);
  const [visitsUpdate, attractionsUpdate] = await Promise.all([
    store.feed(READ_VISITS).at(visitsParent.seq),
    store.feed(attractions).at(attractionsParent.seq),
  ]);
  mustBe(visitsParent, visitsUpdate.record, model.seq);
  mustBe(attractionsParent, attractionsUpdate.record, model.seq);
  const [factors, named, models, batches] = await Promise.all([
    model.read(),
    attractionsUpdate.read(),
    Promise.all(siblings.map(async (sibling) => sibling && ([sibling.record.feed, await sibling.read()] as const))),
    visitsUpdate.read(),
  ]);
  return {
    seqs: { model: model.seq, visits: visitsParent.seq, attractions: attractionsParent.seq },
    model: factors,
    beside: new Map(models.filter((entry) => entry !== undefined)),
    attractions: named,
    visits: batches,
  };
}

const READ_VISITS = streamed(visits, { columns: ['user_id', 'attraction_id', 'visited_at'] });

function parentIn({ parents, seq }: UpdateRecord, feed: string): Parent {
  const parent = parents.find((candidate) => candidate.feed === feed);
  if (parent !== undefined) return parent;
  throw broken(`Model ${seq} does not name the '${feed}' it was trained on.`);
}

function mustBe(parent: Parent, found: UpdateRecord, model: number): void {
  if (parentOf(found).sha256 === parent.sha256) return;
  throw broken(
    `Model ${model} was trained on another update ${parent.seq} of '${parent.feed}' than the one now there.`,
  );
}

function broken(fault: string): ContractsError {
  return new ContractsError('CONTRACTS_LINEAGE_BROKEN', `${fault} Train again.`);
}
