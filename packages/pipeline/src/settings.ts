import { trainSettings } from '@attractions/als-trainer/settings';
import { describeSettings } from '@attractions/config';
import type { Config } from '@attractions/config';
import { etlSettings } from '@attractions/etl/settings';
import { evaluationSettings } from '@attractions/evaluation/settings';
import { recommendSettings } from '@attractions/recommender/settings';
import { serveSettings } from '@attractions/service/settings';

import { fleetSettings } from './fleet/settings.js';

/** Every setting of every stage: `.env.example` lists them, and all are checked before anything starts. */
export const pipelineSettings = {
  ...etlSettings,
  ...trainSettings,
  ...evaluationSettings,
  ...recommendSettings,
  ...serveSettings,
  ...fleetSettings,
};

/** The values of {@link pipelineSettings}. */
export type PipelineConfig = Config<typeof pipelineSettings>;

/** The text of `.env.example`. */
export function environmentExample(): string {
  return `# Settings of attractions, with their defaults. Copy to .env and change what you need; variables of the environment have priority.\n\n${describeSettings(pipelineSettings)}`;
}
