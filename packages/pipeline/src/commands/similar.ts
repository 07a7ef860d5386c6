import type { Command } from 'commander';
import { DEFAULT_LIMIT, MAX_LIMIT } from '@attractions/recommender/settings';

import { recommendationsText } from '../run-summary.js';
import { commandOf } from './command.js';
import type { Runner } from './command.js';
import { limitOf, withFilters } from './recommend.js';
import type { FilterOptions } from './recommend.js';

/** The options of the command. */
interface SimilarOptions extends FilterOptions {
  readonly park?: string;
  readonly limit: number;
}

/** `attractions similar ATTRACTION`: what the same people visit, by the latest model, without a server. */
export function similarCommand(run: Runner): Command {
  const command = commandOf('similar', 'the attractions that the same people visit, by name')
    .argument('<attraction>', 'id of the attraction, park:poi, as in the attractions')
    .option('--park <park>', 'only attractions of this park');
  return withFilters(command)
    .option('--limit <count>', `longest list, 1 to ${MAX_LIMIT}`, limitOf, DEFAULT_LIMIT)
    .action(async (attractionId: string, { park, limit, themes, allow, exclude }: SimilarOptions) =>
      run(async (context) => {
        const { similarTo } = await import('../answering.js');
        const request = { park, limit, themes, allow, exclude };
        const answer = { attractionId, ...(await similarTo(attractionId, request, context)) };
        return {
          document: answer,
          text: () => `Like ${attractionId}, answered by ${answer.source}:\n${recommendationsText(answer)}`,
        };
      }),
    );
}
