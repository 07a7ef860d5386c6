import type { Logger, ShowProgress } from '@attractions/config';
import { CHAMPION, als, evaluationReport, guardOfForgotten } from '@attractions/contracts';
import { FeedsError, openFeeds } from '@attractions/feeds';
import type { FeedStore } from '@attractions/feeds';
import type { ScoringKind } from '@attractions/models';

import { producerOf } from '../driver.js';
import { EvaluationError } from '../errors.js';
import { recordedSample, sampleText } from '../sample.js';
import type { Sample } from '../sample.js';
import type { EvaluationConfig } from '../settings.js';
import { modelSubject } from '../subject.js';
import type { ModelSubject, SubjectOptions } from '../subject.js';
import type { Candidate, CheckResult } from './candidate.js';
import { judgeModel } from './gate.js';

/** What a validation is given besides its configuration. */
export interface ValidateContext {
  /** The feeds of `config.feedsRoot` where absent. */
  readonly store?: FeedStore;
  readonly logger: Pick<Logger, 'info'>;
  /** Told of each user whose lists are checked, and of each recommender that is judged. */
  readonly progress?: ShowProgress | undefined;
  /** Nothing is committed once it aborts. */
  readonly signal?: AbortSignal;
  /** Which model; the latest where absent. */
  readonly model?: number | undefined;
  /** Kinds whose models are judged with it; default: those that are on by default. */
  readonly kinds?: readonly ScoringKind[] | undefined;
  /** How the model answers and how it is trained again; this package knows neither. */
  candidateOf(subject: ModelSubject): Candidate;
}

/** The result of a validation that passed. */
export interface ValidateSummary {
  /** Sequence number of the model, the champion from now on. */
  readonly model: number;
  /** The champion before, if there was one. */
  readonly before: number | undefined;
  readonly checks: readonly CheckResult[];
  /** Whom the checks were made with; absent: everybody. */
  readonly sample?: Sample;
  /** The report that was put. */
  readonly feeds: readonly { readonly feed: string; readonly seq: number }[];
  readonly seconds: number;
}

/**
 * The gate between training and serving: makes the checks of `judgeModel`, puts the report, and moves the alias `champion` to the model.
 *
 * @throws EvaluationError EVALUATION_MODEL_REFUSED with every failed check and its figures; the alias stays where it is
 */
export async function runValidate(config: EvaluationConfig, context: ValidateContext): Promise<ValidateSummary> {
  const begin = performance.now();
  const { logger, signal } = context;
  const store = context.store ?? openFeeds(config.feedsRoot);
  const models = store.feed(als);
  const before = (await models.refs())[CHAMPION];
  const subject = await readable(store, context.model, { kinds: context.kinds, mostVisits: config.mostVisits });
  const guard = await guardOfForgotten(store, subject.parents);
  if (subject.sample) logger.info(subject.sample, `${sampleText(subject.sample)}.`);
  const limits = { margin: config.gateMargin, coverage: config.gateCoverage, resamples: config.reportResamples };
  const { passed, checks, report } = await judgeModel(subject, context.candidateOf, limits, {
    onUser: (done, total) => context.progress?.({ what: 'checking lists', done, total, unit: 'users' }),
    onContender: (name, done, total) =>
      context.progress?.({ what: 'judging', done, total, unit: 'recommenders', detail: name }),
  });
  for (const { check, passed, found } of checks)
    logger.info({ check, passed }, `${passed ? 'ok  ' : 'FAIL'} ${check}: ${found}.`);
  signal?.throwIfAborted();
  const producer = producerOf({ limits });
  const record =
    report &&
    (await store.feed(evaluationReport).put(report, {
      parents: subject.parents,
      producer,
      guard,
      checks: {
        passed,
        ...Object.fromEntries(checks.map((each) => [each.check, each.passed])),
        ...recordedSample(subject.sample),
      },
    }));
  if (!passed) throw refused(subject.seq, checks, before);
  await models.alias(CHAMPION, subject.seq, { producer, reason: `passed ${checks.length} checks`, from: before ?? 0 });
  return {
    model: subject.seq,
    before,
    checks,
    ...(subject.sample && { sample: subject.sample }),
    feeds: record ? [{ feed: record.feed, seq: record.seq }] : [],
    seconds: (performance.now() - begin) / 1000,
  };
}

/** A model that cannot be decoded is refused too. */
async function readable(store: FeedStore, model: number | undefined, options: SubjectOptions): Promise<ModelSubject> {
  try {
    return await modelSubject(store, model, options);
  } catch (cause) {
    if (!(cause instanceof FeedsError) || cause.code !== 'FEEDS_DATA_CORRUPT') throw cause;
    throw new EvaluationError('EVALUATION_MODEL_REFUSED', `The model cannot be read: ${cause.message}`);
  }
}

function refused(model: number, checks: readonly CheckResult[], before: number | undefined): EvaluationError {
  const failed = checks.filter(({ passed }) => !passed);
  const stays = before === undefined ? 'there is no champion yet' : `model ${before} stays the champion`;
  return new EvaluationError(
    'EVALUATION_MODEL_REFUSED',
    [
      `Model ${model} fails ${failed.length} of ${checks.length} checks; ${stays}.`,
      ...failed.map(({ check, found }) => `  ${check}: ${found}.`),
    ].join('\n'),
  );
}
