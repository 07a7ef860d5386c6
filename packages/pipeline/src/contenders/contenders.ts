import { optionsOf } from '@attractions/als-trainer';
import { ease, lastAttraction, latelyPopular } from '@attractions/evaluation';
import type { Contender, Subject } from '@attractions/evaluation';

import type { PipelineConfig } from '../settings.js';
import { alsContender } from './als.js';
import { nextAttractionContender } from './next-attraction.js';

/** What is judged beside the baselines; the one that visitors in a park are answered with comes last, so that the page shows it in detail. */
export function contendersOf(config: PipelineConfig, signal: AbortSignal): (subject: Subject) => Contender[] {
  return ({ attractions, model }) => [
    latelyPopular,
    lastAttraction,
    ease,
    alsContender(model?.options ?? optionsOf(config), { signal, ...(config.threads && { threads: config.threads }) }),
    nextAttractionContender(attractions),
  ];
}
