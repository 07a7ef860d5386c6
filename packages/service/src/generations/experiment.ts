import { experiments } from '@attractions/contracts';
import type { Experiment } from '@attractions/experiments';
import type { FeedStore } from '@attractions/feeds';
import type { FastifyBaseLogger } from 'fastify';
import { checkExperiment } from '@attractions/recommender';
import type { Composition } from '@attractions/recommender';
import type { Generation } from '@attractions/models';
import type { ExperimentFault } from '../served.js';
import { codeOf } from './generations.js';
import type { Wanted } from './wanted.js';

/** The experiment that runs on a generation. None if there is a fault, or if no experiment is wanted. */
export interface Running {
  readonly experiment?: Experiment | undefined;
  readonly fault?: ExperimentFault;
}

/**
 * Finds the experiment that the feeds want. Never throws: an experiment that cannot be read, or cannot run on this generation, does not run at all. Running
 * an older version instead would move users between panels although nobody decided so.
 */
export function experimentsIn(
  store: FeedStore,
  composition: Composition,
): (wanted: Wanted | undefined, generation: Generation) => Promise<Running> {
  // Updates never change, so a store that fails at a later swap does not stop a running experiment.
  let read: { readonly update: number; readonly experiment: Experiment } | undefined;

  async function experimentOf({ experiment: update, experimentsFault }: Wanted): Promise<Experiment | undefined> {
    if (update === undefined && experimentsFault !== undefined) throw experimentsFault;
    if (update === undefined) return composition.experiment;
    if (read?.update !== update) read = { update, experiment: await (await store.feed(experiments).at(update)).read() };
    return read.experiment;
  }

  return async (wanted, generation) => {
    let experiment: Experiment | undefined;
    try {
      experiment = wanted === undefined ? composition.experiment : await experimentOf(wanted);
      if (experiment !== undefined) checkExperiment(experiment, generation, composition);
      return { experiment };
    } catch (error) {
      const { experiment: name, version } = experiment ?? {};
      const named = name !== undefined && { name: `'${name}' version ${version}` };
      return { fault: { update: wanted?.experiment, ...named, code: codeOf(error), error } };
    }
  };
}

/** Logs each fault once, and its end once. */
export function experimentLog(logger: FastifyBaseLogger): (fault: ExperimentFault | undefined) => void {
  let told: string | undefined;
  return (fault) => {
    const key = fault && `${fault.update} ${fault.code}`;
    if (key === told) return;
    told = key;
    if (fault === undefined) return logger.info('the experiment of the feeds can be run again');
    const { update, name, error } = fault;
    logger.error(
      { update, experiment: name, err: error },
      'the experiment cannot be run; the service goes on without it',
    );
  };
}
