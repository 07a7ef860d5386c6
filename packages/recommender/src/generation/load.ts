import {
  als,
  attractions,
  FeedsError,
  nextAttraction,
  parentOf,
  siblingOf,
  streamed,
  visits,
} from '@attractions/feeds';
import type { FeedStore, Parent, UpdateRecord } from '@attractions/feeds';
import { RecommenderError } from '../errors.js';
import { generationIn } from './generation.js';
import type { Generation } from './generation.js';

/**
 * Loads a model and exactly the updates it was trained on, found through the record's parents: never "the latest of each", which could mix
 * two generations. Where the champion was given up while it was being read, the one that has taken its place is loaded.
 *
 * @param seq which model; default: the champion, which the gate names, or the latest where there is none
 * @throws RecommenderError RECOMMENDER_NO_MODEL, RECOMMENDER_LINEAGE_BROKEN, RECOMMENDER_GENERATION_INVALID
 * @throws FeedsError where a record or a file cannot be read, or its checksum differs
 */
export async function loadGeneration(store: FeedStore, seq?: number): Promise<Generation> {
  if (seq !== undefined) return loadModel(store, seq);
  for (;;) {
    const wanted = await wantedModel(store);
    if (wanted === undefined)
      throw new RecommenderError(
        'RECOMMENDER_NO_MODEL',
        `There is no model in '${store.root}' yet; run 'attractions train' first, or 'attractions run' for the whole pipeline.`,
      );
    try {
      return await loadModel(store, wanted);
    } catch (error) {
      const gone = error instanceof FeedsError && error.code === 'FEEDS_EXPIRED';
      if (!gone || (await wantedModel(store)) === wanted) throw error;
    }
  }
}

/** The model that the feeds want served: the champion, or the latest where there is none; undefined where there is no model. */
export async function wantedModel(store: FeedStore): Promise<number | undefined> {
  const refs = await store.feed(als).refs();
  return refs['champion'] ?? refs['latest'];
}

async function loadModel(store: FeedStore, seq: number): Promise<Generation> {
  const model = await store.feed(als).at(seq);
  const next = await siblingOf(store.feed(nextAttraction), model.record);
  const visitsParent = parentIn(model.record, visits.path);
  const attractionsParent = parentIn(model.record, attractions.path);
  const [visitsUpdate, attractionsUpdate] = await Promise.all([
    store.feed(READ_VISITS).at(visitsParent.seq),
    store.feed(attractions).at(attractionsParent.seq),
  ]);
  mustBe(visitsParent, visitsUpdate.record, model.seq);
  mustBe(attractionsParent, attractionsUpdate.record, model.seq);
  const [factors, named, onward] = await Promise.all([model.read(), attractionsUpdate.read(), next?.read()]);
  const seqs = { model: model.seq, visits: visitsParent.seq, attractions: attractionsParent.seq };
  const { generation, histories } = generationIn(factors, named, seqs, onward);
  for await (const batch of await visitsUpdate.read()) histories.add(batch);
  return { ...generation, ...histories.done() };
}

/** Visits piece by piece: all of them at once take ten times the memory of what is learnt from them. */
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

function broken(fault: string): RecommenderError {
  return new RecommenderError('RECOMMENDER_LINEAGE_BROKEN', `${fault} Train again.`);
}
