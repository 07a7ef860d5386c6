import { runEtl } from '@attractions/etl';
import type { EtlContext, EtlSummary } from '@attractions/etl';

import type { PipelineContext } from './commands/command.js';
import { isKeepOn, keepFeeds, keepText } from './keep/keep.js';
import type { KeepRule, KeepSummary } from './keep/keep.js';
import type { RunSummary } from './run-summary.js';

/** The pipeline as it runs in production: each driver reads the latest update of its input feeds and commits its own. */
export async function runThroughFeeds(
  context: Omit<PipelineContext, 'json'>,
  how: Pick<EtlContext, 'accept' | 'full' | 'runId'> = {},
): Promise<RunSummary> {
  const begin = performance.now();
  const { signal, own = {} } = context;
  const [etl, { trainAndAnswer }] = await Promise.all([extract(context, how), import('./train-and-answer.js')]);
  signal.throwIfAborted();
  const answered = await trainAndAnswer(context, how);
  const keep = own.keep && (await keepAfterRun(own.keep, context));
  return {
    ...etl,
    ...answered,
    feeds: [...etl.feeds, ...answered.feeds],
    ...(keep && { keep }),
    seconds: (performance.now() - begin) / 1000,
  };
}

/** The ETL by the configuration file. */
export function extract(
  { config, store, logger, signal, progress, own = {} }: Omit<PipelineContext, 'json'>,
  how: Pick<EtlContext, 'accept' | 'full' | 'runId'> = {},
): Promise<EtlSummary> {
  const { events, checks, pseudonymize } = own;
  return runEtl(config, {
    ...{ store, logger, signal, progress, events, checks, pseudonymize },
    eventVisits: own.experiments?.events?.visits,
    ...how,
    ...own.sources,
  });
}

/** The run stands whatever happens here; what could not be given up tonight is tomorrow. */
export async function keepAfterRun(
  rule: KeepRule,
  { store, logger, progress }: Pick<PipelineContext, 'store' | 'logger' | 'progress'>,
): Promise<KeepSummary | undefined> {
  try {
    const isOn = await isKeepOn(store);
    const summary = await keepFeeds(store, rule, !isOn, progress);
    if (summary.expired + summary.purged === 0) return summary;
    const { feeds, ...figures } = summary;
    const howTo = isOn ? '' : " Nothing was done: run 'attractions keep' once, and every run does it from then on.";
    logger.info({ ...figures, feeds: feeds.map(({ feed }) => feed) }, `${keepText(summary)}${howTo}`);
    return summary;
  } catch (error) {
    logger.warn({ reason: String(error) }, 'Old updates could not be given up.');
    return undefined;
  }
}
