import { optionsOf } from '@attractions/als-trainer';
import { ease, lastAttraction, latelyPopular } from '@attractions/evaluation';
import type { Contender, Subject } from '@attractions/evaluation';

import type { PipelineConfig } from '../settings.js';
import { alsContender } from './als.js';
import { nextAttractionContender, servedContender } from './asked.js';

/** What is judged beside the baselines; what visitors are answered with comes last, so that the page shows it in detail. */
export function contendersOf(config: PipelineConfig, signal: AbortSignal): (subject: Subject) => Contender[] {
  return ({ attractions, model }) => {
    const options = model?.options ?? optionsOf(config);
    const run = { signal, ...(config.threads && { threads: config.threads }) };
    return [
      latelyPopular,
      lastAttraction,
      ease,
      alsContender(options, run),
      nextAttractionContender(attractions),
      servedContender(attractions, options, run),
    ];
  };
}
