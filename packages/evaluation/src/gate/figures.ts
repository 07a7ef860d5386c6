import type { EvaluationReport } from '@attractions/contracts';
import type { Contender } from '../judge/contender.js';
import { drawReport } from '../report/report.js';
import { decidingMetrics } from '../report/segments.js';
import { lastNewAttraction } from '../splits/protocols.js';
import { recommendationRequestOf } from '../splits/split.js';
import type { VisitLog } from '../visit-log.js';
import { LIST_LENGTH } from './candidate.js';
import type { Candidate, CheckResult, GateLimits, GateProgress } from './candidate.js';

/** The checks of the model's figures, and the report that holds them. */
export interface Figures {
  readonly checks: readonly CheckResult[];
  readonly report: EvaluationReport;
}

/** Longest list that is requested; attractions beyond it count as equal. */
const MAX_LENGTH = 100;

/**
 * Replays the fixed protocol on the model's own visits: the same training on what came before must beat popular-in-park, and so must the model
 * itself, as it would be served, though it has seen the answers. The first shows whether the method helps, the second whether this model is
 * what the method gives.
 */
export async function figuresOf(
  candidate: Candidate,
  log: VisitLog,
  { margin, resamples }: GateLimits,
  { onContender }: GateProgress = {},
): Promise<Figures> {
  const split = lastNewAttraction(log);
  const itself = servedContender(candidate);
  const { mayShow } = candidate;
  const { report } = await drawReport(split, [itself, candidate.replay], {
    k: LIST_LENGTH,
    resamples,
    mayShow,
    onContender,
  });
  const checkOf = (check: string, name: string): CheckResult => {
    const measures = report.recommenders.find((judged) => judged.name === name)?.overall.measures;
    const differences = decidingMetrics.map((metric) => [metric, measures?.[metric].difference] as const);
    return {
      check,
      passed: differences.every(([, difference]) => (difference?.low ?? -1) > margin),
      found: differences
        .map(
          ([metric, { mean, low, high } = { mean: 0, low: 0, high: 0 }]) =>
            `${metric}@${LIST_LENGTH} is ${signed(mean)} [${signed(low)}, ${signed(high)}] to ${report.baseline}`,
        )
        .join(', ')
        .concat(`; the interval must be above ${margin}`),
    };
  };
  return { report, checks: [checkOf('replay', candidate.replay.name), checkOf('itself', itself.name)] };
}

/** The candidate as it would be served: an attraction's score is its place in the answer, counted from the end. */
function servedContender(candidate: Candidate): Contender {
  return {
    name: 'the model itself',
    description:
      'The model as it would be served. It has seen the answers, so this only shows that the model is intact.',
    learn({ names }) {
      const { attractionIds } = names;
      const itemOf = new Map(attractionIds.map((id, item) => [id, item]));
      return (request) => {
        // Without the user: the model has seen the user's answer, and would leave it out as visited.
        const list = candidate.ask({ ...recommendationRequestOf(request, names, MAX_LENGTH), userId: undefined });
        const scores = new Float64Array(attractionIds.length);
        list.forEach(({ attractionId }, place) => (scores[itemOf.get(attractionId) ?? -1] = MAX_LENGTH - place));
        return scores;
      };
    },
  };
}

const signed = (value: number): string => `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(4)}`;
