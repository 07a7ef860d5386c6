import { optionsOf } from '@attractions/als-trainer/settings';
import { ease, lastAttraction, latelyPopular } from '@attractions/evaluation';
import type { Contender, Subject } from '@attractions/evaluation';
import { BUILT_IN_KINDS, EASE_MOST_ITEMS } from '@attractions/models';

import type { PipelineContext } from '../commands/command.js';
import type { PipelineConfig } from '../settings.js';
import { trainedKindsIn } from '../training.js';
import { alsContender } from './als.js';
import { kindContender, nextAttractionContender, servedContender } from './asked.js';

/**
 * The recommenders that are compared with the baselines. The served one comes last, so that the page shows it in detail. EASE is left out, with a line in the
 * log, if a park has more attractions than it can take.
 */
export function contendersOf(
  config: PipelineConfig,
  { signal, logger, own }: Pick<PipelineContext, 'signal' | 'logger' | 'own'>,
): (subject: Subject) => Contender[] {
  return ({ attractions, model }) => {
    const largest = largestPark(attractions);
    if (largest > EASE_MOST_ITEMS)
      logger.info(`EASE is left out: a park has ${largest} attractions, and it takes ${EASE_MOST_ITEMS} at most.`);
    const options = model?.options ?? optionsOf(config);
    const run = { signal, ...(config.threads && { threads: config.threads }) };
    const kinds = trainedKindsIn(config, own, options);
    return [
      latelyPopular,
      lastAttraction,
      ...(largest > EASE_MOST_ITEMS ? [] : [ease]),
      ...(own?.baselines ?? []),
      alsContender(options, run),
      nextAttractionContender(attractions),
      ...kinds
        .filter(({ name }) => !BUILT_IN_KINDS.some((kind) => kind.name === name))
        .map((kind) => kindContender(kind, attractions, run)),
      servedContender({ ...own, kinds }, attractions, run),
    ];
  };
}

function largestPark(attractions: Subject['attractions']): number {
  const sizes = new Map<string, number>();
  for (const { park } of attractions) sizes.set(park, (sizes.get(park) ?? 0) + 1);
  return Math.max(0, ...sizes.values());
}
