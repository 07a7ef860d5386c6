import { integer, number, sharedSettings, text } from '@attractions/config';
import type { Config } from '@attractions/config';

/** Visits that a judgement is by at most, unless the settings say otherwise. */
export const MOST_VISITS = 1_000_000;

/** The settings of evaluate and validate. */
export const evaluationSettings = {
  ...sharedSettings,
  reportFolder: text({
    variable: 'REPORT_FOLDER',
    description: 'Where evaluate writes its page and its JSON: report.html and report.json.',
    default: './reports',
  }),
  mostVisits: integer({
    variable: 'EVALUATION_MOST_VISITS',
    description: 'Most visits to judge by. Of more, users are drawn, with all their visits, and it is said how many.',
    default: MOST_VISITS,
    min: 1,
    max: 1_000_000_000,
    unit: 'visits',
  }),
  reportResamples: integer({
    variable: 'REPORT_RESAMPLES',
    description: 'Resamples of the bootstrap that gives the intervals.',
    default: 2000,
    min: 100,
    max: 1_000_000,
    unit: 'resamples',
  }),
  gateMargin: number({
    variable: 'GATE_MARGIN',
    description:
      'How far a model must be above popular-in-park, in HR@5 and NDCG@5: the lower end of the paired interval.',
    default: 0,
    min: -1,
    max: 1,
  }),
  gateCoverage: number({
    variable: 'GATE_COVERAGE',
    description: 'Least share of the attractions that must be in the list of at least one visitor.',
    default: 0.2,
    min: 0,
    max: 1,
  }),
};

/** What `runEvaluate` and `runValidate` are configured with. */
export type EvaluationConfig = Config<typeof evaluationSettings>;
