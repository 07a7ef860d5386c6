import { als, experiments } from '@attractions/feeds';
import type { FeedStore } from '@attractions/feeds';

/** What the feeds say should be served. */
export interface Wanted {
  readonly model: number;
  /** Undefined while the feed of experiments is empty, or cannot be read. */
  readonly experiment: number | undefined;
  /** The error with which the feed of experiments answers; models are followed all the same. */
  readonly experimentsFault?: unknown;
}

/** The alias of the model feed that is served where it is set; else the latest model is. */
const CHAMPION = 'champion';

/** Asks the feeds, in a few small reads, what should be served; undefined while there is no model. */
export async function wantedIn(store: FeedStore): Promise<Wanted | undefined> {
  const [models, running] = await Promise.all([
    store.feed(als).refs(),
    store
      .feed(experiments)
      .refs()
      .then(
        ({ latest }) => ({ experiment: latest }),
        (experimentsFault: unknown) => ({ experiment: undefined, experimentsFault }),
      ),
  ]);
  const model = models[CHAMPION] ?? models['latest'];
  return model === undefined ? undefined : { model, ...running };
}

/** The update of the model feed before another one; undefined where that was the first. */
export async function modelBefore(store: FeedStore, seq: number): Promise<number | undefined> {
  for await (const record of store.feed(als).history()) if (record.seq < seq) return record.seq;
  return undefined;
}
