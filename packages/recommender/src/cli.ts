#!/usr/bin/env node
import { runStage } from '@attractions/config';
import { modelsSection } from '@attractions/models/config-file';
import { recommenderSections } from './config-file.js';
import { runRecommend } from './driver.js';
import { summaryText } from './progress.js';
import { recommendSettings } from './settings.js';

process.exitCode = await runStage(
  {
    name: 'attractions-recommend',
    purpose: 'makes the list of every user that the model knows and commits them to the feed serving/lists/v1.0.',
    settings: recommendSettings,
    sections: { models: modelsSection, ...recommenderSections },
    async run(config, { logger, signal, configFile, progress }) {
      const summary = await runRecommend(config, { logger, signal, configFile, progress });
      return { document: summary, text: () => summaryText(summary) };
    },
  },
  process.argv.slice(2),
);
