import { experiments } from '@attractions/feeds';
import type { Experiment, FeedStore } from '@attractions/feeds';
import type { FastifyBaseLogger } from 'fastify';
import type { Composition } from '../../answers/compose.js';
import { loadGeneration } from '../../generation/load.js';
import { every } from '../every.js';
import { serving } from '../served.js';
import type { Served } from '../served.js';
import { generationsFrom } from './generations.js';
import type { Generations, SwapResult } from './generations.js';
import { loaderOf } from './loader.js';
import { checkAnswers } from './smoke.js';
import { modelBefore, wantedIn } from './wanted.js';
import type { Wanted } from './wanted.js';

/** What is followed, and who hears of it. */
export interface Following {
  readonly store: FeedStore;
  readonly pollMs: number;
  readonly logger: FastifyBaseLogger;
  /** What stands beside every generation; the experiment only while the feed of experiments is empty. */
  readonly composition: Composition;
  onSwap(result: SwapResult): void;
}

/**
 * Loads what the feeds want served, tries it, and follows them from then on.
 * @throws RecommenderError, FeedsError where there is nothing fit to start with
 */
export async function followFeeds(following: Following): Promise<Generations & { stop(): Promise<void> }> {
  const { store, logger, pollMs } = following;
  const load = loaderOf(store);
  const wanted = await wantedIn(store);
  const first = await prepare(following, wanted, await loadGeneration(store, wanted?.model));
  const generations = generationsFrom(first, wanted?.experiment, {
    wanted: () => wantedIn(store),
    modelBefore: (model) => modelBefore(store, model),
    load: async (next, { generation }) =>
      prepare(following, next, next.model === generation.seqs.model ? generation : await load(next.model)),
    onSwap: (result, served, error) => {
      following.onSwap(result);
      const generation = served.generation.seqs;
      if (result === 'refused') logger.error({ generation, err: error }, 'a generation was refused; the old one stays');
      else logger.info({ generation, experiment: served.experiment?.experiment }, `generation ${result}`);
    },
    onReach: (error) =>
      error === undefined
        ? logger.info('the feeds can be read again')
        : logger.warn({ err: error }, 'the feeds cannot be read; the generation in use stays'),
  });
  return { ...generations, ...every(pollMs, generations.check) };
}

/** Composes a generation and tries it, which warms it up too. */
async function prepare(
  { store, composition }: Following,
  wanted: Wanted | undefined,
  generation: Awaited<ReturnType<typeof loadGeneration>>,
): Promise<Served> {
  const experiment = await experimentOf(store, wanted?.experiment);
  const served = serving(generation, { ...composition, experiment: experiment ?? composition.experiment });
  checkAnswers(served);
  return served;
}

async function experimentOf(store: FeedStore, seq: number | undefined): Promise<Experiment | undefined> {
  return seq === undefined ? undefined : (await store.feed(experiments).at(seq)).read();
}
