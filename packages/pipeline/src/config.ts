/** `defineConfig` with the sections of all packages, for `attractions.config.ts`. It loads no more than the settings do. */
export { defineConfig } from '@attractions/config';

export type { ExperimentsSection, KeepRule, Metric } from './config-file.js';

// Each of these brings the sections of its package along.
export type { SourceEntry } from '@attractions/etl';
export type { Contender, ListMetric } from '@attractions/evaluation';
export type { ListedKind } from '@attractions/models/config-file';
export type { Rule } from '@attractions/recommender';
