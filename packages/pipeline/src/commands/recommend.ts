import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import type { RecommendationRequest, Visited } from '@attractions/contracts';
import { DEFAULT_LIMIT, MAX_LIMIT, visitOf } from '@attractions/service/settings';

import { answerText } from '../run-summary.js';
import { commandOf } from './command.js';
import type { Runner } from './command.js';

/** `attractions recommend USER`: what the latest model says, without a server. */
export function recommendCommand(run: Runner): Command {
  return commandOf('recommend', 'what the latest model recommends to a visitor, by name')
    .argument('<user>', 'id of the visitor, as in the visits; a stranger gets what is popular')
    .option(
      '--park <park>',
      'only attractions of this park; else those of the park of a visit in the 8 hours before come first',
    )
    .option(
      '--at <time>',
      "when the visitor asks, on the park's clock (2014-08-05T14:30) or with an offset (…Z, …+02:00); else now",
    )
    .option(
      '--visits <visits>',
      'where the visitor went besides: attraction ids, or id@TIME, with commas between; may repeat',
      visitsOf,
      [],
    )
    .option('--limit <count>', `longest list, 1 to ${MAX_LIMIT}`, limitOf, DEFAULT_LIMIT)
    .action(async (userId: string, asked: Omit<RecommendationRequest, 'userId'>) =>
      run(async (context) => {
        const { recommendTo } = await import('../answering.js');
        const answer = await recommendTo({ userId, ...asked }, context);
        return { document: answer, text: () => answerText(answer) };
      }),
    );
}

/** The values of all `--visits` so far. */
function visitsOf(text: string, before: readonly Visited[]): Visited[] {
  return [...before, ...text.split(',').map((visit) => visitOf(visit.trim()))];
}

/** The value of a `--limit`. */
export function limitOf(text: string): number {
  const limit = Number(text);
  if (/^\d+$/.test(text) && limit >= 1 && limit <= MAX_LIMIT) return limit;
  throw new InvalidArgumentError(`'${text}' is not a whole number from 1 to ${MAX_LIMIT}.`);
}
