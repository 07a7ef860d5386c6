import type { FeedStore } from '@attractions/feeds';
import type { FastifyBaseLogger } from 'fastify';
import type { Composition } from '@attractions/recommender';
import { DEFAULT_KINDS } from '@attractions/models';
import type { Generation } from '@attractions/models';
import { serving } from '../served.js';
import type { Served } from '../served.js';
import { areAsBefore, experimentLog, experimentsIn } from './experiments.js';
import { generationsFrom } from './generations.js';
import type { Generations, SwapResult } from './generations.js';
import { loaderOf } from './loader.js';
import type { Loaders } from './loader.js';
import { checkAnswers } from './smoke.js';
import { modelBefore, wantInstead, wantedIn } from './wanted.js';
import type { Wanted } from './wanted.js';

/** The feeds to follow, and what is called at changes. */
export interface Following {
  readonly store: FeedStore;
  readonly loaders: Loaders;
  readonly logger: FastifyBaseLogger;
  /** What recommenders use in addition to the generation; its experiments count only while the feed of experiments is empty. */
  readonly composition: Composition;
  /** The configuration file with your own kinds of model, for the thread that loads models. */
  readonly configFile?: string | undefined;
  onSwap(result: SwapResult): void;
}

/**
 * Loads and tests the generation that the feeds want. It follows them at each `check`.
 * @throws ServiceError, FeedsError where there is no usable generation to start with
 */
export async function followFeeds(following: Following): Promise<Generations> {
  const { store, logger, loaders, composition } = following;
  const load = loaderOf(loaders, store, composition.kinds ?? DEFAULT_KINDS, following.configFile);
  const experimentsFor = experimentsIn(store, composition);
  const tell = experimentLog(logger);
  /** What the feeds wanted when `served` was composed. */
  let composed: Wanted | undefined;
  const compose = async (next: Wanted | undefined, generation: Generation, present?: Served): Promise<Served> => {
    const { experiments, usual, faults, stopped } = await experimentsFor(next, generation);
    tell(faults);
    const isRetry = present?.generation === generation && next !== undefined && isSame(next, composed);
    if (isRetry && faults.length > 0 && areAsBefore(faults, present)) return present;
    const served = serving(generation, { ...composition, experiments, usual }, { faults, stopped });
    // Also warms it up.
    await checkAnswers(served);
    composed = next;
    return served;
  };
  const [generation, wanted] = await Promise.all([load({ model: undefined, behindAnswers: false }), wantedIn(store)]);
  const first = await compose(wanted, generation);
  return generationsFrom(
    first,
    { experiment: wanted?.experiment, winner: wanted?.winner },
    {
      wanted: () => wantedIn(store),
      modelBefore: (model, served) => modelBefore(store, model, served),
      want: (model) => wantInstead(store, model),
      load: async (next, present) => {
        const { generation } = present;
        const same = next.model === generation.seqs.model;
        return compose(next, same ? generation : await load({ model: next.model, behindAnswers: true }), present);
      },
      onSwap: (result, served, error) => {
        following.onSwap(result);
        const generation = served.generation.seqs;
        if (result === 'refused')
          logger.error({ generation, err: error }, 'a generation was refused; the old one stays');
        else {
          const experiments = served.experiments.map(({ experiment, version }) => `${experiment} version ${version}`);
          logger.info({ generation, experiments }, `generation ${result}`);
        }
      },
      onUnshared: (error) =>
        logger.error({ err: error }, 'the rollback is of this service alone, since the champion cannot be changed'),
      onReach: (error) =>
        error === undefined
          ? logger.info('the feeds can be read again')
          : logger.warn({ err: error }, 'the feeds cannot be read; the generation in use stays'),
    },
  );
}

function isSame(next: Wanted, before: Wanted | undefined): boolean {
  return next.experiment === before?.experiment && next.winner === before?.winner;
}
