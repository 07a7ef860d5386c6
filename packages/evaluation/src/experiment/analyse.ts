import type { Exposure, Interval } from '@attractions/contracts';
import type { Experiment } from '@attractions/experiments';

import { EvaluationError } from '../errors.js';
import { bootstrap, unpairedDifference } from '../statistics/bootstrap.js';
import type { BootstrapOptions } from '../statistics/bootstrap.js';
import { sampleRatio } from '@attractions/experiments';
import type { ChiSquare } from '@attractions/experiments';
import type { VisitLog } from '../visit-log.js';
import { outcomesOf } from './outcomes.js';
import { disagreement } from './recompute.js';

/** Below it the panels are not in the ratio of their buckets, and no difference between them can be trusted. */
const MIN_P = 0.001;

/** How an experiment is analysed. */
export interface AnalysisOptions extends BootstrapOptions {
  /** Days after a list within which a visit counts. Default 7. */
  readonly days?: number;
}

/** One panel of an experiment. */
export interface PanelFindings {
  readonly panel: string;
  readonly recommender: string;
  /** Users who were shown a list. `users` are those of them who have a list whose days are over. */
  readonly exposed: number;
  readonly users: number;
  /** Lists whose days are over. */
  readonly exposures: number;
  /** Share of the users who went to an attraction of a list within the days after it. */
  readonly followed: Interval;
  /** The difference to the first panel; absent for the first. */
  readonly difference?: Interval;
}

/** What an experiment showed. */
export interface ExperimentFindings {
  readonly experiment: string;
  readonly version: number;
  readonly days: number;
  /** Exposures that were recomputed; every one agrees. */
  readonly recomputed: number;
  readonly sampleRatio: ChiSquare;
  /** In the order of the experiment; the first is what the others are compared with. */
  readonly panels: readonly PanelFindings[];
}

/**
 * Analyses an experiment. Refuses unless every logged exposure recomputes to its panel, and the users of the panels are in the ratio of their
 * buckets (Fabijan et al. 2019): a difference between groups that were made wrongly does not show an effect.
 *
 * @throws EvaluationError EVALUATION_EXPOSURES_MISSING, EVALUATION_EXPOSURES_DISAGREE, EVALUATION_SAMPLE_RATIO
 */
export function analyseExperiment(
  experiment: Experiment,
  logged: readonly Exposure[],
  log: VisitLog,
  { days = 7, ...options }: AnalysisOptions = {},
): ExperimentFindings {
  const exposures = logged.filter(
    (each) => each.experiment === experiment.experiment && each.version === experiment.version,
  );
  const name = `Experiment '${experiment.experiment}' version ${experiment.version}`;
  if (exposures.length === 0)
    throw new EvaluationError('EVALUATION_EXPOSURES_MISSING', `${name} has no exposure in the log; serve it first.`);
  refuseDisagreement(name, experiment, exposures);
  const sampleRatio = refuseRatio(name, experiment, exposures);
  const outcomes = outcomesOf(exposures, log, days);
  const valuesOf = (panel: string) =>
    outcomes.filter((each) => each.panel === panel).map(({ followed }) => Number(followed));
  const first = experiment.panels[0]?.name ?? '';
  return {
    experiment: experiment.experiment,
    version: experiment.version,
    days,
    recomputed: exposures.length,
    sampleRatio,
    panels: experiment.panels.map(({ name: panel, recommender = '' }) => ({
      panel,
      recommender,
      exposed: usersOf(exposures, panel),
      users: valuesOf(panel).length,
      exposures: outcomes.reduce((sum, each) => sum + (each.panel === panel ? each.exposures : 0), 0),
      followed: bootstrap(valuesOf(panel), options),
      ...(panel !== first && { difference: unpairedDifference(valuesOf(panel), valuesOf(first), options) }),
    })),
  };
}

function refuseDisagreement(name: string, experiment: Experiment, exposures: readonly Exposure[]): void {
  const faults = exposures.map((each) => disagreement(experiment, each)).filter((fault) => fault !== undefined);
  if (faults.length === 0) return;
  throw new EvaluationError(
    'EVALUATION_EXPOSURES_DISAGREE',
    `${name}: ${faults.length} of ${exposures.length} exposures do not recompute; ${faults[0] as string}. Find out what assigned them.`,
  );
}

function refuseRatio(name: string, { panels }: Experiment, exposures: readonly Exposure[]): ChiSquare {
  const shares = panels.map(({ buckets }) => buckets.reduce((sum, [from, to]) => sum + to - from, 0));
  const counts = panels.map((panel) => usersOf(exposures, panel.name));
  const test = sampleRatio(counts, shares);
  if (test.p >= MIN_P) return test;
  const found = panels.map((panel, k) => `${panel.name} has ${counts[k]} users with ${shares[k]} buckets`).join(', ');
  throw new EvaluationError(
    'EVALUATION_SAMPLE_RATIO',
    `${name}: ${found}; chi-square ${test.statistic.toFixed(2)}, p ${test.p.toExponential(1)}, below ${MIN_P}. Some users of a panel are not logged, or logged twice under other ids; find out why.`,
  );
}

const usersOf = (exposures: readonly Exposure[], panel: string): number =>
  new Set(exposures.filter((each) => each.panel === panel).map(({ userId }) => userId)).size;
