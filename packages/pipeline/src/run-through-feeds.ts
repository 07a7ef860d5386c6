import { runEtl } from '@attractions/etl';

import type { PipelineContext } from './commands/command.js';
import type { RunSummary } from './run-summary.js';

/** The pipeline as it runs in production: each driver takes the latest update of its input feeds and puts its own. */
export async function runThroughFeeds(context: Omit<PipelineContext, 'json'>, accept = false): Promise<RunSummary> {
  const begin = performance.now();
  const { config, store, logger, signal, own = {} } = context;
  const [etl, { trainAndAnswer }] = await Promise.all([
    runEtl(config, { store, logger, signal, events: own.events, checks: own.checks, accept, ...own.sources }),
    import('./train-and-answer.js'),
  ]);
  signal.throwIfAborted();
  const answered = await trainAndAnswer(context);
  return {
    ...etl,
    ...answered,
    feeds: [...etl.feeds, ...answered.feeds],
    seconds: (performance.now() - begin) / 1000,
  };
}
