import type { EvaluationReport, JudgedRecommender, Measure, Segment } from '@attractions/contracts';
import { decidingMetrics } from '../report/segments.js';
import type { DecidingMetric } from '../report/segments.js';
import { escaped, htmlPage, signed, table } from './markup.js';
import { calibrationPlot, intervalPlot } from './plots.js';

/** Of metrics whose name is not what people call them. */
const HEADINGS: Readonly<Record<string, string>> = {
  hitRate: 'HR',
  precision: 'Precision',
  recall: 'Recall',
  ndcg: 'NDCG',
  mrr: 'MRR',
  map: 'MAP',
  coverage: 'Coverage',
  novelty: 'Novelty (bits)',
  popularityBias: 'Popularity bias',
};

const headingOf = (metric: string): string => HEADINGS[metric] ?? metric;

/**
 * A report as one HTML page for people: no script, no other file. The last recommender is shown in detail.
 * @param origin where the report is kept, as a sentence for the footer.
 */
export function reportPage(report: EvaluationReport, origin?: string): string {
  const { protocol, recommenders, baseline } = report;
  const ours = recommenders.at(-1);
  const title = 'Does it help?';
  const sections = [
    `<h1>${title}</h1>`,
    `<p>${escaped(introduction(report))}</p>`,
    '<h2>All recommenders</h2>',
    overview(report),
    ...decidingMetrics.map((metric) => differencePlot(report, metric)),
    '<h2>By park</h2>',
    segmentTable(recommenders, ({ parks }) => parks, protocol.k),
    '<h2>By how much the visitor had seen</h2>',
    segmentTable(recommenders, ({ activity }) => activity, protocol.k),
    ...(ours ? detail(ours, baseline) : []),
    ...(origin === undefined ? [] : [`<footer>${escaped(origin)}</footer>`]),
  ];
  return htmlPage(title, sections);
}

function introduction({ protocol, data, baseline }: EvaluationReport): string {
  const share = Math.round(protocol.intervals.confidence * 100);
  return (
    `${count(data.requests)} requests of visitors with at least ${protocol.minAttractions} attractions in a park; split: ${protocol.split}; ` +
    `trained on ${count(data.trainingVisits)} visits of ${count(data.visitors)} visitors to ${count(data.attractions)} attractions. ` +
    `Candidates: ${protocol.candidates === 'park' ? 'the attractions of the park' : 'all attractions'} not yet visited, all of them ranked. ` +
    `Lists of ${protocol.k}. Differences are to “${baseline}” on the same requests, with ${share} % bootstrap intervals.`
  );
}

function overview({ recommenders, protocol }: EvaluationReport): string {
  const names = Object.keys(recommenders[0]?.metrics ?? {});
  return table(
    ['Recommender', ...names.map((name) => `${headingOf(name)}@${protocol.k}`)],
    recommenders.map(({ name, metrics }) => [name, ...names.map((metric) => metrics[metric] ?? 0)]),
  );
}

function differencePlot({ recommenders, baseline, protocol }: EvaluationReport, metric: DecidingMetric): string {
  const title = `${headingOf(metric)}@${protocol.k} above “${baseline}”`;
  const lines = recommenders
    .filter(({ name }) => name !== baseline)
    .map(({ name, overall }) => ({ label: name, interval: overall.measures[metric].difference }));
  const caption =
    'The difference on the same requests. A bar wholly to the right of zero is a win; one that crosses zero is undecided.';
  return `<figure>${intervalPlot(title, lines, { zero: true })}<figcaption>${escaped(caption)}</figcaption></figure>`;
}

function segmentTable(
  recommenders: readonly JudgedRecommender[],
  segmentsOf: (recommender: JudgedRecommender) => readonly Segment[],
  k: number,
): string {
  const [first] = recommenders;
  const rows = (first ? segmentsOf(first) : []).flatMap(({ segment, requests }, n) =>
    recommenders.map((recommender, place) => {
      const { measures } = segmentsOf(recommender)[n] as Segment;
      return [
        place === 0 ? `${segment} (${count(requests)})` : '',
        recommender.name,
        ...decidingMetrics.flatMap((metric) => [measures[metric].mean, differenceOf(measures[metric])]),
      ];
    }),
  );
  return table(
    ['Requests', 'Recommender', ...decidingMetrics.flatMap((m) => [`${headingOf(m)}@${k}`, 'Difference'])],
    rows,
  );
}

function detail({ name, description, calibration, worst }: JudgedRecommender, baseline: string): string[] {
  const scores = calibration.map(({ meanScore }) => meanScore);
  const probabilities = Math.min(...scores) >= 0 && Math.max(...scores) <= 1;
  const caption = probabilities
    ? 'How often a candidate was the answer, against its score, for each tenth of the candidates. On the dashed line the score is the probability.'
    : 'How often a candidate was the answer, against its score, for each tenth of the candidates.';
  return [
    `<h2>${escaped(name)}</h2>`,
    `<p>${escaped(description)} The other recommenders are in the JSON; all are compared with “${escaped(baseline)}”.</p>`,
    `<figure>${calibrationPlot(`Calibration of ${name}`, calibration, probabilities)}<figcaption>${caption}</figcaption></figure>`,
    '<h3>Where it was furthest off</h3>',
    table(
      ['Visitor', 'Park', 'Time', 'Went to', 'Place', 'Recommended'],
      worst.map(({ userId, park, time, answer, place, candidates, listed }) => [
        userId,
        park,
        time.slice(0, 16).replace('T', ' '),
        answer,
        `${place} of ${candidates}`,
        listed.join(', '),
      ]),
    ),
  ];
}

const differenceOf = ({ difference: { mean, low, high } }: Measure): string =>
  low === 0 && high === 0 && mean === 0 ? '–' : `${signed(mean)} (${signed(low)} to ${signed(high)})`;

const count = (value: number): string => value.toLocaleString('en-GB');
