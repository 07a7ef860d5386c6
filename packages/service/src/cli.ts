#!/usr/bin/env node
import { runStage } from '@attractions/config';
import { runServe } from './driver.js';
import { serveSettings } from './settings.js';

process.exitCode = await runStage(
  {
    name: 'attractions-serve',
    purpose: 'answers recommendations over HTTP from the latest model in the feed training/als/v1.0, until a signal.',
    settings: serveSettings,
    async run(config, context) {
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
