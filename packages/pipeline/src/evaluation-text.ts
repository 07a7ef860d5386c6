import { sampleText } from '@attractions/evaluation';
import type { EvaluateSummary } from '@attractions/evaluation';
import type { JudgedRecommender, Measure, Segment } from '@attractions/contracts';

import { grouped, signed, table } from './text.js';

/** An evaluation as text: all requests, then each park. */
export function evaluationText({ report, sample, ownMetrics, feeds, files, seconds }: EvaluateSummary): string {
  const { protocol, data, recommenders, baseline } = report;
  const parks = recommenders[0]?.parks ?? [];
  const partOf = (name: string) => (recommender: JudgedRecommender) =>
    recommender.parks.find(({ segment }) => segment === name) as Segment;
  return [
    `${grouped(data.requests)} requests: in each park, the attraction that a visitor of at least ${protocol.minAttractions} went to last, among those not yet visited.`,
    ...(sample ? [`${sampleText(sample)}.`] : []),
    `In brackets: ${Math.round(protocol.intervals.confidence * 100)} % interval of the difference to "${baseline}", on the same requests.`,
    '',
    measures(recommenders, ({ overall }) => overall, protocol.k, ownMetrics),
    ...parks.flatMap(({ segment, requests }) => [
      '',
      `${segment}, ${grouped(requests)} requests`,
      measures(recommenders, partOf(segment), protocol.k),
    ]),
    '',
    ...feeds.map(({ feed, seq }) => `Put ${feed}, update ${seq}.`),
    ...files.map((file) => `Wrote ${file}`),
    `Done in ${seconds.toFixed(1)} s.`,
  ].join('\n');
}

function measures(
  recommenders: readonly JudgedRecommender[],
  segmentOf: (recommender: JudgedRecommender) => Segment,
  k: number,
  ownMetrics: readonly string[] = [],
): string {
  const rows = recommenders.map((recommender) => {
    const { hitRate, ndcg } = segmentOf(recommender).measures;
    return [
      recommender.name,
      hitRate.mean.toFixed(4),
      difference(hitRate),
      ndcg.mean.toFixed(4),
      difference(ndcg),
      ...ownMetrics.map((name) => (recommender.metrics[name] ?? 0).toFixed(4)),
    ];
  });
  const own = ownMetrics.map((name) => `${name}@${k}`);
  return table([['', `HR@${k}`, 'difference', `NDCG@${k}`, 'difference', ...own], ...rows]);
}

function difference({ difference: { mean, low, high } }: Measure): string {
  return low === 0 && high === 0 ? '' : `${signed(mean)} [${signed(low)}, ${signed(high)}]`;
}
