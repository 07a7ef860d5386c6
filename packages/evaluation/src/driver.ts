import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger, ShowProgress } from '@attractions/config';
import { evaluationReport, guardOfForgotten } from '@attractions/contracts';
import type { EvaluationReport } from '@attractions/contracts';
import { openFeeds } from '@attractions/feeds';
import type { FeedStore, Producer, UpdateRecord } from '@attractions/feeds';
import type { ScoringKind } from '@attractions/models';
import type { Contender } from './judge/contender.js';
import type { MayShow } from './judge/judge.js';
import { reportPage } from './page/page.js';
import type { ListMetric } from './report/list-metric.js';
import { drawReport } from './report/report.js';
import { recordedSample, sampleText } from './sample.js';
import type { Sample } from './sample.js';
import type { EvaluationConfig } from './settings.js';
import { lastNewAttraction } from './splits/protocols.js';
import { latestSubject } from './subject.js';
import type { Subject } from './subject.js';
import { visitLogOf } from './visit-log.js';

/** What an evaluation is given besides its configuration. */
export interface EvaluateContext {
  /** The feeds of `config.feedsRoot` where absent. */
  readonly store?: FeedStore;
  readonly logger: Pick<Logger, 'info'>;
  /** A run with an id that is already in the feed commits nothing. */
  readonly runId?: string;
  /** Told of each recommender that is judged. */
  readonly progress?: ShowProgress | undefined;
  /** Nothing is committed once it aborts. */
  readonly signal?: AbortSignal;
  /** Kinds whose models are judged with the ALS model; default: those that are on by default. */
  readonly kinds?: readonly ScoringKind[] | undefined;
  /** What is judged beside the baselines; this package has no trainers. */
  contenders(subject: Subject): readonly Contender[];
  /** Metrics of your own. */
  readonly metrics?: readonly ListMetric[] | undefined;
  /** Which attractions the rules let be shown, given those of the subject; the others are not candidates. */
  mayShowOf?(subject: Subject): MayShow | undefined;
}

/** What an evaluation found. */
export interface EvaluateSummary {
  readonly report: EvaluationReport;
  /** Whom the report is by; absent: everybody. */
  readonly sample?: Sample;
  /** Names of the metrics of your own. */
  readonly ownMetrics: readonly string[];
  readonly feeds: readonly { readonly feed: string; readonly seq: number }[];
  /** Where the page and the JSON were written. */
  readonly files: readonly string[];
  /** Seconds to learn and answer, by recommender. */
  readonly secondsOf: Readonly<Record<string, number>>;
  /** Wall time of the whole run. */
  readonly seconds: number;
}

/**
 * Judges recommenders on the visits of the latest model by the fixed protocol, `lastNewAttraction`: commits the report to its feed, with the model, its
 * visits and its attractions as parents, and writes it as a page and as JSON.
 *
 * @throws EvaluationError, FeedsError; in each case no report was committed
 */
export async function runEvaluate(config: EvaluationConfig, context: EvaluateContext): Promise<EvaluateSummary> {
  const begin = performance.now();
  const { logger, signal, runId } = context;
  const store = context.store ?? openFeeds(config.feedsRoot);
  const subject = await latestSubject(store, { kinds: context.kinds, mostVisits: config.mostVisits });
  const guard = await guardOfForgotten(store, subject.parents);
  const { sample } = subject;
  if (sample) logger.info(sample, `${sampleText(sample)}.`);
  const split = lastNewAttraction(visitLogOf(subject.visits, subject.attractions));
  logger.info({ requests: split.requests.length }, `Judging on ${split.requests.length} requests.`);
  const contenders = context.contenders(subject);
  const { metrics = [] } = context;
  const { report, judgements } = await drawReport(split, contenders, {
    resamples: config.reportResamples,
    mayShow: context.mayShowOf?.(subject),
    attractions: subject.attractions,
    metrics,
    onContender: (name, done, total) =>
      context.progress?.({ what: 'judging', done, total, unit: 'recommenders', detail: name }),
  });
  signal?.throwIfAborted();
  const record = await store.feed(evaluationReport).put(report, {
    parents: subject.parents,
    producer: producerOf({ protocol: report.protocol }),
    checks: recordedSample(sample),
    guard,
    ...(runId !== undefined && { runId }),
  });
  return {
    report,
    ...(sample && { sample }),
    ownMetrics: metrics.map(({ name }) => name),
    feeds: [{ feed: record.feed, seq: record.seq }],
    files: await writeReport(config.reportFolder, report, footnote(record, sample)),
    secondsOf: Object.fromEntries(judgements.map(({ name, seconds }) => [name, seconds])),
    seconds: (performance.now() - begin) / 1000,
  };
}

/** Where the report is, and whom it is by. */
function footnote({ feed, seq }: UpdateRecord, sample: Sample | undefined): string {
  return [`Update ${seq} of ${feed}.`, ...(sample ? [`${sampleText(sample)}.`] : [])].join(' ');
}

/** Writes the page for people and the JSON it was made from. */
async function writeReport(folder: string, report: EvaluationReport, note: string): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const page = join(folder, 'report.html');
  const data = join(folder, 'report.json');
  await writeFile(page, reportPage(report, note));
  await writeFile(data, `${JSON.stringify(report, null, 2)}\n`);
  return [page, data];
}

/** This package as the producer of an update, with the configuration it ran with. */
export function producerOf(config: Readonly<Record<string, unknown>>): Producer {
  const { name, version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    name: string;
    version: string;
  };
  return { id: 'evaluation', package: name, version, config };
}
