import { readExperiments } from '@attractions/contracts';
import type { StoredExperiments } from '@attractions/contracts';
import type { Experiment } from '@attractions/experiments';
import type { FeedStore } from '@attractions/feeds';
import type { FastifyBaseLogger } from 'fastify';
import { experimentsWith } from '@attractions/recommender';
import type { Composition, ExperimentFault, RunningExperiments } from '@attractions/recommender';
import type { Generation } from '@attractions/models';
import { codeOf } from './generations.js';
import type { Wanted } from './wanted.js';

/**
 * Finds the experiments that the feeds want run with a generation. Never throws: an experiment that cannot be read, or cannot run with this generation, does
 * not run at all, and the others do. While the feed cannot be read, what was read before goes on.
 */
export function experimentsIn(
  store: FeedStore,
  composition: Composition,
): (wanted: Wanted | undefined, generation: Generation) => Promise<RunningExperiments> {
  // Updates never change, so each is read once.
  const known = new Map<number, Experiment>();
  let stored: StoredExperiments | undefined;

  return async (wanted, generation) => {
    let fault: ExperimentFault | undefined;
    try {
      if (wanted?.experimentsFault !== undefined) throw wanted.experimentsFault;
      stored = await readExperiments(store, known);
    } catch (error) {
      // The state of the feeds says so too, so it is a fault only where nothing else is known.
      if (stored === undefined || wanted?.experimentsFault === undefined) fault = { code: codeOf(error), error };
    }
    if (stored === undefined) return { experiments: [], stopped: [], versions: [], faults: fault ? [fault] : [] };
    const running = experimentsWith(stored, generation, composition);
    return fault ? { ...running, faults: [...running.faults, fault] } : running;
  };
}

/** `'demo' version 3`; absent where it cannot be read. */
export function nameIn({ experiment }: ExperimentFault): string | undefined {
  return experiment && `'${experiment.experiment}' version ${experiment.version}`;
}

/** Logs each fault once, and its end once. */
export function experimentLog(logger: FastifyBaseLogger): (faults: readonly ExperimentFault[]) => void {
  let told = new Set<string>();
  return (faults) => {
    for (const fault of faults) {
      if (told.has(keyOf(fault))) continue;
      const { update, error } = fault;
      logger.error(
        { update, experiment: nameIn(fault), err: error },
        'the experiment cannot be run; the service goes on without it',
      );
    }
    const now = new Set(faults.map(keyOf));
    if (told.size > 0 && ![...told].every((key) => now.has(key)))
      logger.info({ left: now.size }, 'an experiment of the feeds can be run again, or is not wanted any more');
    told = now;
  };
}

/** Whether the same can run, and the same cannot. */
export function areAsBefore(
  faults: readonly ExperimentFault[],
  { experimentFaults: before }: { readonly experimentFaults: readonly ExperimentFault[] },
): boolean {
  return (
    faults.length === before.length && faults.every((fault, n) => keyOf(fault) === keyOf(before[n] as ExperimentFault))
  );
}

function keyOf({ update, code }: ExperimentFault): string {
  return `${update} ${code}`;
}
