import { readFileSync } from 'node:fs';
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
 * The model to go back to from model `seq`. Where there is a champion: the last one of an earlier update, which passed the gate and is kept by expiry; services on the
 * same feeds agree on it, and going back again goes further back. Else `served`, the model that this service has served before.
 * Without either, the update before it in the feed; undefined if there is none.
 */
export async function modelBefore(store: FeedStore, seq: number, served?: number): Promise<number | undefined> {
  const feed = store.feed(als);
  let hasChampion = false;
  for await (const { refs } of feed.records()) {
    const then = refs[CHAMPION];
    if (then === undefined) break;
    if (then < seq) return then;
    hasChampion = true;
  }
  if (!hasChampion && served !== undefined) return served;
  for await (const record of feed.history()) if (record.seq < seq) return record.seq;
  return undefined;
}

/**
 * Makes a model the champion in place of the one there is, so that all services on the feeds follow.
 * @returns false where there is no champion: then the latest model is wanted, whatever it is
 */
export async function wantInstead(store: FeedStore, seq: number): Promise<boolean> {
  const feed = store.feed(als);
  const { [CHAMPION]: from } = await feed.refs();
  if (from === undefined) return false;
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  const producer = { id: 'serve', package: '@attractions/service', version };
  await feed.alias(CHAMPION, seq, { producer, from, reason: 'rolled back by a request to a service' });
  return true;
}
