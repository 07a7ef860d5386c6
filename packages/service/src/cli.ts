#!/usr/bin/env node
import { loadConfigFile, readSections, runStage } from '@attractions/config';
import type { SectionValues } from '@attractions/config';
import { BUILT_IN_KINDS, kindsNamed } from '@attractions/models';
import type { ScoringKind } from '@attractions/models';
import { modelsSection } from '@attractions/models/config-file';
import { recommenderSections } from '@attractions/recommender';
import { runServe, servingResult } from './driver.js';
import { serveSettings } from './settings.js';

const sections = { models: modelsSection, ...recommenderSections };

/** A configuration file as the service takes it. */
const partsIn = ({ models, ...own }: SectionValues<typeof sections>) => {
  const kinds = models && kindsNamed<ScoringKind>(models, BUILT_IN_KINDS);
  return { ...own, ...(kinds && { kinds }) };
};

process.exitCode = await runStage(
  {
    name: 'attractions-serve',
    purpose:
      'answers recommendations over HTTP from the latest model in the feed training/als/v1.0, or of each tenant of TENANTS_FILE, until a signal.',
    settings: serveSettings,
    sections,
    async run(config, { logger, signal, configFile, own }) {
      return servingResult(
        await runServe(config, {
          logger,
          signal,
          ...partsIn(own),
          ...(configFile && { configFile }),
          partsOf: async (path) => partsIn(await readSections(await loadConfigFile(path), sections, false)),
        }),
      );
    },
  },
  process.argv.slice(2),
);
