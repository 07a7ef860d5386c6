import { visitWeights } from '@attractions/contracts';
import type { AlsGeneration, VisitsTable } from '@attractions/contracts';
import type { IndexedVisits } from '@attractions/models';

import type { Orientations } from './csr.js';
import { fastestSpace } from './fastest-kernel.js';
import { fillInitial } from './initial.js';
import type { Interactions } from './interactions.js';
import type { AlsModel, AttractionsRecommenderTrainer, TrainRun, WarmStart } from './model.js';
import { resolveOptions } from './options.js';
import type { AlsOptions } from './options.js';
import { aged, preparePairs } from './prepare.js';
import { trainOriented } from './train.js';
import { historiesOf, indexVisits, visitAges } from './visits.js';

/** Copies the rows of the ids that `known` has too. */
function takeKnown(
  rank: number,
  ids: readonly string[],
  into: Float32Array,
  known: readonly string[],
  from: Float32Array,
) {
  const rows = new Map(known.map((id, row) => [id, row]));
  ids.forEach((id, row) => {
    const at = rows.get(id);
    if (at !== undefined) into.set(from.subarray(at * rank, (at + 1) * rank), row * rank);
  });
}

/** First factors by id: those of `previous` where it has the id, otherwise random ones. */
function continueFrom(previous: AlsGeneration, visits: IndexedVisits, { seed, nonNegative }: AlsOptions): WarmStart {
  const { rank } = previous;
  const { userKeys, itemKeys } = visits.interactions;
  const userFactors = new Float32Array(visits.userIds.length * rank);
  const itemFactors = new Float32Array(visits.attractionIds.length * rank);
  fillInitial(userFactors, 0, { seed, rank, nonNegative, side: 'users', keys: userKeys });
  fillInitial(itemFactors, 0, { seed, rank, nonNegative, side: 'items', keys: itemKeys });
  takeKnown(rank, visits.userIds, userFactors, previous.userIds, previous.userFactors);
  takeKnown(rank, visits.attractionIds, itemFactors, previous.attractionIds, previous.itemFactors);
  return { rank, userFactors, itemFactors };
}

/** The visits as ALS trains on them: each with its weight, and its age where the options need it. */
export function interactionsOf(visits: VisitsTable, { halfLifeDays }: AlsOptions): Interactions {
  const daysAgo = halfLifeDays > 0 ? { daysAgo: visitAges(visits) } : {};
  const weights = visitWeights(visits);
  return { ...indexVisits(visits).interactions, ...daysAgo, ...(weights && { weights }) };
}

/** Factors with all that serving them needs: the names of the rows, what each user has seen, and how many visitors each attraction has. */
export function generationOf(
  visits: VisitsTable,
  interactions: Interactions,
  { byUser, byItem }: Orientations,
  model: AlsModel,
): AlsGeneration {
  const { userIds, attractionIds } = indexVisits(visits);
  // A copy, so that the memory of the training can be freed.
  const seen = { offsets: byUser.offsets, items: byUser.columns.slice() };
  const { weights: each } = aged(interactions, model.options);
  const histories = historiesOf(visits, seen, each);
  return {
    rank: model.rank,
    userIds,
    attractionIds,
    userFactors: model.userFactors,
    itemFactors: model.itemFactors,
    seen,
    ...(histories && { histories }),
    visitors: byItem.offsets.slice(1).map((end, row) => end - (byItem.offsets[row] as number)),
    options: model.options,
    history: model.history,
  };
}

/**
 * Learns a factor model with its vocabulary, seen sets and visitor counts. A pair's weight is its number of visits, so with the default
 * preset its confidence is 1 + alpha * visits.
 */
export class AlsTrainer implements AttractionsRecommenderTrainer<AlsGeneration> {
  readonly name = 'als';
  readonly options: AlsOptions;

  /**
   * @param previous a model of the same rank to start from, matched by id. `run.warmStart`, which is matched by row, replaces it.
   * @throws AlsError `ALS_OPTIONS_INVALID`.
   */
  constructor(
    options: Partial<AlsOptions> = {},
    private readonly previous?: AlsGeneration,
  ) {
    this.options = resolveOptions(options);
  }

  async train(visits: VisitsTable, run: TrainRun = {}): Promise<AlsGeneration> {
    const interactions = interactionsOf(visits, this.options);
    const pairs = preparePairs(interactions, this.options, fastestSpace(this.options));
    const warmStart =
      run.warmStart ?? (this.previous && continueFrom(this.previous, indexVisits(visits), this.options));
    const model = await trainOriented(
      { ...interactions, pairs },
      this.options,
      warmStart ? { ...run, warmStart } : run,
    );
    return generationOf(visits, interactions, pairs, model);
  }
}
