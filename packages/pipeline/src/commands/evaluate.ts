import type { Command } from 'commander';
import { runEvaluate } from '@attractions/evaluation';

import { contendersOf } from '../contenders/contenders.js';
import { evaluationText } from '../evaluation-text.js';
import { commandOf } from './command.js';
import type { Runner } from './command.js';

/** `attractions evaluate`: does it help? */
export function evaluateCommand(run: Runner): Command {
  return commandOf(
    'evaluate',
    'how well the latest model foretells held-out visits, beside popularity and other baselines',
  ).action(async () =>
    run(async ({ config, store, logger, signal }) => {
      const contenders = contendersOf(config, signal);
      const summary = await runEvaluate(config, { store, logger, signal, contenders });
      return { document: summary, text: () => evaluationText(summary) };
    }),
  );
}
