import type { FeedStore } from '@attractions/feeds';
import type { FastifyBaseLogger } from 'fastify';
import type { Composition } from '@attractions/recommender';
import { DEFAULT_KINDS } from '@attractions/models';
import type { Generation } from '@attractions/models';
import { every } from '../every.js';
import { serving } from '../served.js';
import type { ExperimentFault, Served } from '../served.js';
import { experimentLog, experimentsIn } from './experiment.js';
import { generationsFrom } from './generations.js';
import type { Generations, SwapResult } from './generations.js';
import { loaderOf } from './loader.js';
import { checkAnswers } from './smoke.js';
import { modelBefore, wantedIn } from './wanted.js';
import type { Wanted } from './wanted.js';

/** The feeds to follow, and what is called at changes. */
export interface Following {
  readonly store: FeedStore;
  readonly pollMs: number;
  readonly logger: FastifyBaseLogger;
  /** What recommenders use in addition to the generation; its experiment counts only while the feed of experiments is empty. */
  readonly composition: Composition;
  /** The configuration file with your own kinds of model, for the thread that loads models. */
  readonly configFile?: string | undefined;
  onSwap(result: SwapResult): void;
}

/**
 * Loads and tests the generation that the feeds want, and follows the feeds from then on.
 * @throws ServiceError, FeedsError where there is no usable generation to start with
 */
export async function followFeeds(following: Following): Promise<Generations & { stop(): Promise<void> }> {
  const { store, logger, pollMs, composition } = following;
  const load = loaderOf(store, composition.kinds ?? DEFAULT_KINDS, following.configFile);
  const experimentFor = experimentsIn(store, composition);
  const tell = experimentLog(logger);
  const compose = async (next: Wanted | undefined, generation: Generation, present?: Served): Promise<Served> => {
    const { experiment, fault } = await experimentFor(next, generation);
    tell(fault);
    if (present?.generation === generation && fault !== undefined && isAsBefore(fault, present)) return present;
    const served = serving(generation, { ...composition, experiment }, fault);
    // Also warms it up.
    await checkAnswers(served);
    return served;
  };
  const generation = await load({ model: undefined, behindAnswers: false });
  const wanted = await wantedIn(store);
  const first = await compose(wanted, generation);
  const generations = generationsFrom(first, wanted?.experiment, {
    wanted: () => wantedIn(store),
    modelBefore: (model) => modelBefore(store, model),
    load: async (next, present) => {
      const { generation } = present;
      const same = next.model === generation.seqs.model;
      return compose(next, same ? generation : await load({ model: next.model, behindAnswers: true }), present);
    },
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

function isAsBefore({ update, code }: ExperimentFault, { experimentFault: before }: Served): boolean {
  return before !== undefined && before.update === update && before.code === code;
}
