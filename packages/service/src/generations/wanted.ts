import { CHAMPION, DEFAULT, als, experiments, wantedModel } from '@attractions/contracts';
import type { FeedStore } from '@attractions/feeds';

/** What the feeds want the service to serve. */
export interface Wanted {
  readonly model: number;
  /** The newest update of experiments; undefined while their feed is empty, or cannot be read. */
  readonly experiment: number | undefined;
  /** The update with the winner that answers everybody who is in no experiment. */
  readonly winner?: number | undefined;
  /** The error of reading the feed of experiments. Models are followed all the same. */
  readonly experimentsFault?: unknown;
}

/** Reads what the feeds want served, with a few small reads; undefined while there is no model. */
export async function wantedIn(store: FeedStore): Promise<Wanted | undefined> {
  const [model, running] = await Promise.all([
    wantedModel(store),
    store
      .feed(experiments)
      .refs()
      .then(
        ({ latest, [DEFAULT]: winner }) => ({ experiment: latest, winner }),
        (experimentsFault: unknown) => ({ experiment: undefined, experimentsFault }),
      ),
  ]);
  return model === undefined ? undefined : { model, ...running };
}

/**
 * The model to go back to from model `seq`. If that is the champion: the previous champion, which passed the gate and is kept by expiry. Else the update
 * before it in the feed. Undefined if there is none.
 */
export async function modelBefore(store: FeedStore, seq: number): Promise<number | undefined> {
  const feed = store.feed(als);
  const isChampion = (await feed.refs())[CHAMPION] === seq;
  for await (const { refs } of feed.records()) {
    const then = refs[CHAMPION];
    if (!isChampion || then === undefined) break;
    if (then !== seq) return then;
  }
  for await (const record of feed.history()) if (record.seq < seq) return record.seq;
  return undefined;
}
