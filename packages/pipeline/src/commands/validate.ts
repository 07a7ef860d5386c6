import type { Command } from 'commander';
import type { ValidateSummary } from '@attractions/evaluation';

import { commandOf } from './command.js';
import { countOf } from './count.js';
import type { Runner } from './command.js';

/** `attractions validate`: the gate before serving. */
export function validateCommand(run: Runner): Command {
  return commandOf(
    'validate',
    'the gate before serving: a model that passes becomes the champion, which the service uses; else exit code 3',
  )
    .argument('[model]', 'sequence number of the model; default: the latest', countOf)
    .action(async (model: number | undefined) =>
      run(async (context) => {
        const { recorded, validateModel } = await import('../judging.js');
        return recorded('validate', context, async () => {
          const summary = await validateModel(model, context);
          return { document: summary, text: () => validationText(summary) };
        });
      }),
    );
}

function validationText({ model, before, checks, feeds, seconds }: ValidateSummary): string {
  const moved =
    before === model ? 'It was the champion already' : `It is the champion now; before: ${before ?? 'none'}`;
  return [
    `Model ${model} passes all ${checks.length} checks. ${moved}.`,
    ...feeds.map(({ feed, seq }) => `Put ${feed}, update ${seq}.`),
    `Done in ${seconds.toFixed(1)} s.`,
  ].join('\n');
}
