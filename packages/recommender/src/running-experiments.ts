import { readExperiments, wantedExperiments, winnerOf } from '@attractions/contracts';
import type { StoredExperiment, StoredExperiments } from '@attractions/contracts';
import { latestVersions } from '@attractions/experiments';
import type { Experiment } from '@attractions/experiments';
import type { FeedStore } from '@attractions/feeds';
import type { Generation } from '@attractions/models';
import { checkExperiment, checkWinner } from './answers/compose.js';
import type { Composition } from './answers/compose.js';

/** An experiment that should run and cannot. */
export interface ExperimentFault {
  /** Its update in the feed; absent where it is not from the feed, or the feed cannot be read. */
  readonly update?: number | undefined;
  /** Absent where it cannot be read. */
  readonly experiment?: Experiment | undefined;
  readonly code: string;
  /** An error, or a sentence. */
  readonly error: unknown;
}

/** What runs with a generation; as parts of a composition. */
export interface RunningExperiments {
  readonly experiments: readonly Experiment[];
  /** The recommender of an earlier experiment's winner, which answers everybody who is in none. */
  readonly usual?: string | undefined;
  /** The versions that these come from; none where they are not from the feed. */
  readonly versions: readonly StoredExperiment[];
  readonly faults: readonly ExperimentFault[];
  /** Experiments that were stopped, in their last version. */
  readonly stopped: readonly Experiment[];
}

/**
 * The experiments of the feeds that can run with a generation. One that cannot be read or run is left out and said in `faults`; the others run.
 *
 * @param composition its own experiments run while the feed has none
 */
export function experimentsWith(
  stored: StoredExperiments,
  generation: Generation,
  composition: Composition = {},
): RunningExperiments {
  const { running, winner, faults: found } = wantedExperiments(stored);
  const faults: ExperimentFault[] = found.map(({ update, experiment, error, problem }) => ({
    update,
    experiment,
    code: error === undefined ? 'EXPERIMENTS_CONFLICT' : codeOf(error),
    error: error ?? problem,
  }));
  /** Whether a check passes; its error is a fault. */
  const passes = (check: typeof checkExperiment, experiment: Experiment, update?: number): boolean => {
    try {
      check(experiment, generation, composition);
      return true;
    } catch (error) {
      faults.push({ update, experiment, code: codeOf(error), error });
      return false;
    }
  };
  if (stored.versions.length + stored.unreadable.length === 0) {
    const { experiments = [] } = composition;
    return {
      experiments: experiments.filter((own) => passes(checkExperiment, own)),
      stopped: [],
      versions: [],
      faults,
    };
  }
  const versions = running.filter(({ experiment, record }) => passes(checkExperiment, experiment, record.seq));
  const usual = winner && passes(checkWinner, winner.experiment, winner.record.seq) && winnerOf(winner.experiment);
  return {
    experiments: versions.map(({ experiment }) => experiment),
    ...(usual && { usual }),
    versions: [...versions, ...(winner && usual ? [winner] : [])],
    faults,
    stopped: latestVersions(stored.versions.map(({ experiment }) => experiment)).filter(
      ({ status }) => status === 'stopped',
    ),
  };
}

/** The same for a command, which warns of what is left out. */
export async function runningExperiments(
  store: FeedStore,
  generation: Generation,
  logger: { warn(facts: object, message: string): void },
  composition: Composition = {},
): Promise<RunningExperiments> {
  try {
    const running = experimentsWith(await readExperiments(store), generation, composition);
    for (const { update, error } of running.faults)
      logger.warn({ update, err: error }, 'an experiment cannot be run; answering without it');
    return running;
  } catch (error) {
    logger.warn({ err: error }, 'the experiments cannot be read; answering without them');
    return { experiments: [], stopped: [], versions: [], faults: [] };
  }
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'UNKNOWN';
}
