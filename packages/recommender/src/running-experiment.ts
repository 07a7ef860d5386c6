import { experiments } from '@attractions/contracts';
import type { Experiment } from '@attractions/experiments';
import type { FeedStore, UpdateRecord } from '@attractions/feeds';
import type { Generation } from '@attractions/models';
import { checkExperiment } from './answers/compose.js';
import type { Composition } from './answers/compose.js';

/** An experiment and the update that holds it. */
export interface RunningExperiment {
  readonly experiment: Experiment;
  readonly record: UpdateRecord;
}

/**
 * The experiment that the service would run with a generation: the latest in the feeds, if there is one. An experiment that cannot be read or run is left out
 * with a warning, as in the service.
 */
export async function runningExperiment(
  store: FeedStore,
  generation: Generation,
  logger: { warn(facts: object, message: string): void },
  composition: Composition = {},
): Promise<RunningExperiment | undefined> {
  const feed = store.feed(experiments);
  try {
    if (!(await feed.head())) return undefined;
    const update = await feed.latest();
    const experiment = await update.read();
    checkExperiment(experiment, generation, composition);
    return { experiment, record: update.record };
  } catch (error) {
    logger.warn({ err: error }, 'the latest experiment cannot be run; answering without it');
    return undefined;
  }
}
