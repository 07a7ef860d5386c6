import { createHash } from 'node:crypto';
import { plural } from '@attractions/config';
import { latestSubject, search, visitLogOf } from '@attractions/evaluation';
import type { SearchPlan, SearchResult } from '@attractions/evaluation';
import { FeedsError } from '@attractions/feeds';
import { trials as trialsFeed } from '@attractions/contracts';
import type { FeedStore, Parent } from '@attractions/feeds';
import type { Trial } from '@attractions/contracts';

import type { PipelineContext } from '../commands/command.js';
import { packageVersion } from '../version.js';
import { listsQuestion, visitsQuestion } from './question.js';
import type { TuningQuestion } from './question.js';
import { openWorkers } from './workers.js';

/** What to search, and with how many threads. */
export interface TuneOptions {
  readonly points: number;
  readonly workers: number;
  /** Files of pairs. Default: the visits in the feeds. */
  readonly files?: { readonly train: string; readonly test: string; readonly k: number };
}

/** The result of a search. */
export interface TuneSummary extends SearchResult {
  readonly study: string;
  /** Trials of the study that have expired; those that the search needs were run again. */
  readonly expired: number;
  readonly seconds: number;
}

const plan: Omit<SearchPlan, 'study' | 'points' | 'metric'> = {
  space: {
    rank: { choices: [2, 4, 8, 16, 32, 64] },
    regularization: { from: 1e-3, to: 1 },
    unobservedWeight: { from: 1e-2, to: 1 },
    alpha: { from: 0.1, to: 10 },
  },
  budgets: [4, 8, 16],
  cut: 3,
  seed: 1,
  simplest: 'rank',
};

/**
 * Searches options for ALS. Each trial is an update of `evaluation/trials/v1.0`, so a killed search goes on where it stopped, and two searches with the same
 * data, split and plan are one study.
 */
export async function tune(options: TuneOptions, context: PipelineContext): Promise<TuneSummary> {
  const begin = performance.now();
  const { store, logger, signal, progress } = context;
  const { question, parents } = await questionOf(options, store);
  const metric = `ndcg@${question.k}`;
  const study = studyOf(question, { ...plan, points: options.points, metric });
  const { done, expired } = await trialsOf(store, study);
  if (done.length > 0)
    logger.info({ study }, `Study ${study} has ${done.length} ${plural(done.length, 'trial')} already.`);
  let kept = done.length;
  const total = trialsIn(options.points);
  const workers = openWorkers(question, options.workers, signal);
  try {
    const result = await search(
      { ...plan, points: options.points, metric, study },
      {
        done,
        workers: options.workers,
        signal,
        measure: (trial) => workers.measure(trial),
        keep: async (trial) => {
          await store.feed(trialsFeed).put(trial, {
            parents,
            producer: { id: 'tune', package: '@attractions/pipeline', version: packageVersion() },
            runId: newRunId(`${study} ${trial.key}`, expired),
            labels: { study },
          });
          const detail = `${metric} ${trial.value.toFixed(4)}`;
          progress?.({ what: 'trials', done: Math.min(++kept, total), total, unit: 'trials', detail });
          if (!progress?.isBar)
            logger.info({ key: trial.key, value: trial.value }, `${metric} ${trial.value.toFixed(4)}  ${trial.key}`);
        },
      },
    );
    return { study, ...result, expired: expired.size, seconds: (performance.now() - begin) / 1000 };
  } finally {
    await workers.close();
  }
}

/** How many trials a search of so many points runs, in all rounds. */
function trialsIn(points: number): number {
  const sizes = plan.budgets.map((_, round) => Math.max(1, Math.floor(points / plan.cut ** round)));
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function questionOf({ files }: TuneOptions, store: FeedStore) {
  if (files) return { question: await listsQuestion(files.train, files.test, files.k), parents: [] };
  const { visits, attractions, parents } = await latestSubject(store);
  return {
    question: visitsQuestion(visitLogOf(visits, attractions)),
    parents: parents.slice(0, 2) as readonly Parent[],
  };
}

/** The same data, split and plan make the same study. */
function studyOf({ training, users, heldOut }: TuningQuestion, searched: Omit<SearchPlan, 'study'>): string {
  const hash = createHash('sha256').update(JSON.stringify(searched));
  for (const part of [training.users, training.items, users, heldOut.users, heldOut.items])
    hash.update(part).update('|');
  return hash.digest('hex').slice(0, 16);
}

/** The stored trials of a study, and the runs whose trials have expired. */
async function trialsOf(store: FeedStore, study: string) {
  const feed = store.feed(trialsFeed);
  const done: Trial[] = [];
  const expired = new Set<string>();
  for await (const { seq, labels, runId } of feed.history()) {
    if (labels['study'] !== study) continue;
    try {
      done.push(await (await feed.at(seq)).read());
    } catch (error) {
      if (!(error instanceof FeedsError) || error.code !== 'FEEDS_EXPIRED') throw error;
      expired.add(runId ?? String(seq));
    }
  }
  return { done, expired };
}

/** A run id commits once, so a trial that is run again after it expired gets another id. */
function newRunId(runId: string, expired: ReadonlySet<string>): string {
  return expired.has(runId) ? newRunId(`${runId} again`, expired) : runId;
}
