import type { EvaluationReport } from '@attractions/contracts';

import type { Contender } from '../judge/contender.js';
import { decidingMetrics } from '../report/deciding-metrics.js';
import { drawReport } from '../report/report.js';
import { askedIn } from '../splits/asked.js';
import { lastNewAttraction } from '../splits/last-new-attraction.js';
import type { VisitLog } from '../visit-log.js';
import { listLength } from './candidate.js';
import type { Candidate, CheckResult, GateLimits } from './candidate.js';

/** What the model's figures say, and the report they stand in. */
export interface Figures {
  readonly checks: readonly CheckResult[];
  readonly report: EvaluationReport;
}

/** Longest list that is asked for; attractions beyond it are taken as equal. */
const longest = 100;

/**
 * Replays the fixed protocol on the model's own visits: the same training on what came before must beat popular-in-park, and so must the model
 * itself, as it would be served, though it has seen the answers. The first tells whether the method helps, the second whether this model is
 * what the method makes.
 */
export async function figuresOf(
  candidate: Candidate,
  log: VisitLog,
  { margin, resamples }: GateLimits,
): Promise<Figures> {
  const split = lastNewAttraction(log);
  const itself = servedContender(candidate);
  const { report } = await drawReport(split, [itself, candidate.replay], { k: listLength, resamples });
  const checkOf = (check: string, name: string): CheckResult => {
    const { measures } = report.recommenders.find((judged) => judged.name === name)?.overall ?? { measures: undefined };
    const differences = decidingMetrics.map((metric) => ({ metric, ...measures?.[metric].difference }));
    return {
      check,
      passed: differences.every(({ low }) => (low ?? -1) > margin),
      found: differences
        .map(
          ({ metric, mean = 0, low = 0, high = 0 }) =>
            `${metric}@${listLength} is ${signed(mean)} [${signed(low)}, ${signed(high)}] to ${report.baseline}`,
        )
        .join(', ')
        .concat(`; the interval must be above ${margin}`),
    };
  };
  return { report, checks: [checkOf('replay', candidate.replay.name), checkOf('itself', itself.name)] };
}

/** The candidate as it would be served: an attraction's score is how far up it stands in the answer. */
function servedContender(candidate: Candidate): Contender {
  return {
    name: 'the model itself',
    description: 'The model as it would be served. It has seen the answers, so it only shows that it is whole.',
    learn({ names }) {
      const { attractionIds } = names;
      const itemOf = new Map(attractionIds.map((id, item) => [id, item]));
      return (request) => {
        // Anonymous: of the user the model knows the answer, which it would hide.
        const list = candidate.ask({ ...askedIn(request, names, longest), userId: undefined });
        const scores = new Float64Array(attractionIds.length);
        list.forEach(({ attractionId }, place) => (scores[itemOf.get(attractionId) ?? -1] = longest - place));
        return scores;
      };
    },
  };
}

const signed = (value: number): string => `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(4)}`;
