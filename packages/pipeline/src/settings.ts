import { trainSettings } from '@attractions/als-trainer/settings';
import { describeSettings } from '@attractions/config';
import type { Config } from '@attractions/config';
import { etlSettings } from '@attractions/etl/settings';
import { evaluationSettings } from '@attractions/evaluation/settings';
import { recommendSettings } from '@attractions/recommender/settings';
import { serveSettings } from '@attractions/service/settings';

/** Every setting of every stage: what `.env.example` lists, and what is checked at once before anything starts. */
export const pipelineSettings = {
  ...etlSettings,
  ...trainSettings,
  ...evaluationSettings,
  ...recommendSettings,
  ...serveSettings,
};

/** The values of {@link pipelineSettings}. */
export type PipelineConfig = Config<typeof pipelineSettings>;

/** The text of `.env.example`. */
export function environmentExample(): string {
  return `# Settings of attractions, with their defaults. Copy to .env and change what you need; the environment itself comes first.\n\n${describeSettings(pipelineSettings)}`;
}
