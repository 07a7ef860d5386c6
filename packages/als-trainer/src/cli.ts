#!/usr/bin/env node
import { runStage } from '@attractions/config';
import { modelsSection } from '@attractions/models/config-file';

import { runTrain } from './driver.js';
import type { TrainSummary } from './driver.js';
import type { Iteration } from './model.js';
import { trainSettings } from './settings.js';

const BAR_WIDTH = 24;

/** One line of progress: a bar, the loss, the rate and the time left. */
function progressLine({ iteration, iterations, loss, pairsPerSecond, secondsLeft }: Iteration): string {
  const done = Math.round((BAR_WIDTH * iteration) / iterations);
  const bar = '#'.repeat(done) + '.'.repeat(BAR_WIDTH - done);
  const rate = `${(pairsPerSecond / 1e6).toFixed(2)} M pairs/s`;
  return `[${bar}] ${iteration}/${iterations}  loss ${loss.toPrecision(7)}  ${rate}  ${secondsLeft.toFixed(1)} s left`;
}

/** Draws the bar on a terminal, over itself; ends the line with the last iteration. */
function progressBar(terminal: { write(text: string): unknown }): (iteration: Iteration) => void {
  return (iteration) =>
    void terminal.write(
      `\r\x1b[2K${progressLine(iteration)}${iteration.iteration === iteration.iterations ? '\n' : ''}`,
    );
}

function summaryText({ visits, users, attractions, rank, loss, feeds, seconds }: TrainSummary): string {
  return [
    `Trained on ${visits} visits of ${users} users to ${attractions} attractions: rank ${rank}, ${seconds.toFixed(1)} s.`,
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
    async run(config, { logger, signal, json, own }) {
      const bar = process.stderr.isTTY && !json ? { onIteration: progressBar(process.stderr) } : {};
      const summary = await runTrain(config, { logger, signal, kinds: own.models, ...bar });
      return { document: summary, text: () => summaryText(summary) };
    },
  },
  process.argv.slice(2),
);
