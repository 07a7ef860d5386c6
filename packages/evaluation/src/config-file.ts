import { functionFault, namedList, shown } from '@attractions/config';
import type { Fault, Section } from '@attractions/config';
import { ease, lastAttraction, latelyPopular } from './baselines.js';
import { metricNames } from './evaluate.js';
import type { Contender } from './judge/contender.js';
import type { ListMetric } from './report/list-metric.js';
import { baselines } from './report/report.js';

declare module '@attractions/config' {
  interface AttractionsConfig {
    /** Recommenders that `evaluate` judges beside its own. */
    readonly baselines?: readonly Contender[];
    /** What `evaluate` measures beside its own metrics. */
    readonly metrics?: readonly ListMetric[];
  }
}

const BASELINE_NAMES = [...baselines, latelyPopular, lastAttraction, ease].map(({ name }) => name);

/** The sections of evaluations. */
export const evaluationSections: {
  readonly baselines: Section<readonly Contender[]>;
  readonly metrics: Section<readonly ListMetric[]>;
} = {
  baselines: () =>
    namedList<Contender>('baselines', (entry) => [
      ...takenFault(entry, BASELINE_NAMES, 'baseline'),
      ...textFault(entry, 'description'),
      ...functionFault(entry, 'learn'),
    ]),
  metrics: () =>
    namedList<ListMetric>('metrics', (entry) => [
      ...takenFault(entry, metricNames, 'metric'),
      ...functionFault(entry, 'of'),
    ]),
};

const takenFault = ({ name }: Readonly<Record<string, unknown>>, taken: readonly string[], what: string): Fault[] =>
  taken.some((each) => each === name) ? [['name', `is ${shown(name)}, a ${what} that there is already; rename yours.`]] : []; // prettier-ignore

const textFault = (entry: Readonly<Record<string, unknown>>, key: string): Fault[] =>
  typeof entry[key] === 'string' ? [] : [[key, `is ${shown(entry[key])}; give a sentence for the report.`]];
