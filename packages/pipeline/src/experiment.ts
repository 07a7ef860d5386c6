import type { Logger } from '@attractions/config';
import { experiments } from '@attractions/contracts';
import type { Experiment } from '@attractions/experiments';
import type { FeedStore } from '@attractions/feeds';
import { checkExperiment } from '@attractions/recommender';
import type { Generation } from '@attractions/models';

/**
 * The experiment that the service runs with a generation: the latest in the feeds, if there is one. One that cannot be read or run is
 * warned of and left out, as the service does.
 */
export async function runningExperiment(
  store: FeedStore,
  generation: Generation,
  logger: Pick<Logger, 'warn'>,
): Promise<Experiment | undefined> {
  const feed = store.feed(experiments);
  try {
    if (!(await feed.head())) return undefined;
    const experiment = await (await feed.latest()).read();
    checkExperiment(experiment, generation);
    return experiment;
  } catch (error) {
    logger.warn({ err: error }, 'the latest experiment cannot be run; answering without it');
    return undefined;
  }
}
