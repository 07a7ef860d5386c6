import { optionsOf } from '@attractions/als-trainer/settings';
import { EASE_MOST_ITEMS, ease, lastAttraction, latelyPopular } from '@attractions/evaluation';
import type { Contender, Subject } from '@attractions/evaluation';

import type { PipelineContext } from '../commands/command.js';
import type { PipelineConfig } from '../settings.js';
import { alsContender } from './als.js';
import { nextAttractionContender, servedContender } from './asked.js';

/**
 * What is judged beside the baselines; what visitors are answered with comes last, so that the page shows it in detail. EASE is left out, and that is
 * logged, where a park has more attractions than it takes.
 */
export function contendersOf(
  config: PipelineConfig,
  { signal, logger }: Pick<PipelineContext, 'signal' | 'logger'>,
): (subject: Subject) => Contender[] {
  return ({ attractions, model }) => {
    const largest = largestPark(attractions);
    if (largest > EASE_MOST_ITEMS)
      logger.info(`EASE is left out: a park has ${largest} attractions, and it takes ${EASE_MOST_ITEMS} at most.`);
    const options = model?.options ?? optionsOf(config);
    const run = { signal, ...(config.threads && { threads: config.threads }) };
    return [
      latelyPopular,
      lastAttraction,
      ...(largest > EASE_MOST_ITEMS ? [] : [ease]),
      alsContender(options, run),
      nextAttractionContender(attractions),
      servedContender(attractions, options, run),
    ];
  };
}

function largestPark(attractions: Subject['attractions']): number {
  const sizes = new Map<string, number>();
  for (const { park } of attractions) sizes.set(park, (sizes.get(park) ?? 0) + 1);
  return Math.max(0, ...sizes.values());
}
