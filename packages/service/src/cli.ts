#!/usr/bin/env node
import { runStage } from '@attractions/config';
import { BUILT_IN_KINDS, kindsNamed } from '@attractions/models';
import type { ScoringKind } from '@attractions/models';
import { modelsSection } from '@attractions/models/config-file';
import { recommenderSections } from '@attractions/recommender';
import { runServe } from './driver.js';
import { serveSettings } from './settings.js';

process.exitCode = await runStage(
  {
    name: 'attractions-serve',
    purpose: 'answers recommendations over HTTP from the latest model in the feed training/als/v1.0, until a signal.',
    settings: serveSettings,
    sections: { models: modelsSection, ...recommenderSections },
    async run(config, { logger, signal, configFile, own: { models, ...own } }) {
      const kinds = models && kindsNamed<ScoringKind>(models, BUILT_IN_KINDS);
      const context = { logger, signal, ...own, ...(kinds && { kinds }), ...(configFile && { configFile }) };
      const { url, generation, experiment, closed } = await runServe(config, context);
      return {
        document: { url, generation, experiment: experiment ?? null },
        text: () => `Serving model ${generation.model} on ${url}; Ctrl-C stops it.`,
        until: closed,
      };
    },
  },
  process.argv.slice(2),
);
