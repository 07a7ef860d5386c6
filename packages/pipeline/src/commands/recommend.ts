import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import { DEFAULT_LIMIT, MAX_LIMIT } from '@attractions/recommender/settings';

import { answerText } from '../run-summary.js';
import { commandOf } from './command.js';
import type { Runner } from './command.js';

/** `attractions recommend USER`: what the latest model says, without a server. */
export function recommendCommand(run: Runner): Command {
  return commandOf('recommend', 'what the latest model recommends to a visitor, by name')
    .argument('<user>', 'id of the visitor, as in the visits; a stranger gets what is popular')
    .option('--park <park>', 'only attractions of this park')
    .option('--limit <count>', `longest list, 1 to ${MAX_LIMIT}`, limitOf, DEFAULT_LIMIT)
    .action(async (userId: string, { park, limit }: { park?: string; limit: number }) =>
      run(async ({ store }) => {
        const { recommendTo } = await import('../answering.js');
        const answer = await recommendTo(userId, { park, limit }, store);
        return { document: answer, text: () => answerText(answer) };
      }),
    );
}

/** The value of a `--limit`. */
export function limitOf(text: string): number {
  const limit = Number(text);
  if (/^\d+$/.test(text) && limit >= 1 && limit <= MAX_LIMIT) return limit;
  throw new InvalidArgumentError(`'${text}' is not a whole number from 1 to ${MAX_LIMIT}.`);
}
