#!/usr/bin/env node
import { plural, runStage } from '@attractions/config';
import { modelsSection } from '@attractions/models/config-file';

import { runTrain } from './driver.js';
import type { TrainSummary } from './driver.js';
import { trainSettings } from './settings.js';

function summaryText({
  visits,
  users,
  attractions,
  rank,
  loss,
  feeds,
  unchanged,
  sparkVersion,
  seconds,
}: TrainSummary): string {
  if (unchanged)
    return `Nothing is new since model ${unchanged.seq}: visits, settings and release are the same, so nothing was trained; --full trains again.`;
  return [
    `Trained${sparkVersion === undefined ? '' : ` by Spark ${sparkVersion}`} on ${visits} ${plural(visits, 'visit')} of ${users} ${plural(users, 'user')} to ${attractions} ${plural(attractions, 'attraction')}: rank ${rank}, ${seconds.toFixed(1)} s.`,
    `Loss by iteration: ${loss.map((entry) => entry.loss.toPrecision(6)).join(', ')}.`,
    ...feeds.map(({ feed, seq }) => `Put ${feed}, update ${seq}.`),
  ].join('\n');
}

process.exitCode = await runStage(
  {
    name: 'attractions-train',
    purpose: 'trains an ALS model on the latest visits and puts it into the feed training/als/v1.0.',
    settings: trainSettings,
    sections: { models: modelsSection },
    flags: { full: 'train also where nothing is new since the latest model' },
    async run(config, { logger, signal, own, progress, flags }) {
      const summary = await runTrain(config, { logger, signal, kinds: own.models, progress, full: flags.has('full') });
      return { document: summary, text: () => summaryText(summary) };
    },
  },
  process.argv.slice(2),
);
