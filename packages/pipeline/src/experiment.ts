import { experiments } from '@attractions/feeds';
import type { Experiment, FeedStore } from '@attractions/feeds';

/** The experiment that the service runs: the latest in the feeds, if there is one. */
export async function runningExperiment(store: FeedStore): Promise<Experiment | undefined> {
  const feed = store.feed(experiments);
  return (await feed.head()) && (await feed.latest()).read();
}
