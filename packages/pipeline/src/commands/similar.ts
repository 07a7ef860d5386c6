import type { Command } from 'commander';
import { DEFAULT_LIMIT, MAX_LIMIT } from '@attractions/recommender/settings';

import { recommendationsText } from '../run-summary.js';
import { commandOf } from './command.js';
import type { Runner } from './command.js';
import { limitOf } from './recommend.js';

/** `attractions similar ATTRACTION`: what the same people visit, by the latest model, without a server. */
export function similarCommand(run: Runner): Command {
  return commandOf('similar', 'the attractions that the same people visit, by name')
    .argument('<attraction>', 'id of the attraction, park:poi, as in the attractions')
    .option('--park <park>', 'only attractions of this park')
    .option('--limit <count>', `longest list, 1 to ${MAX_LIMIT}`, limitOf, DEFAULT_LIMIT)
    .action(async (attractionId: string, { park, limit }: { park?: string; limit: number }) =>
      run(async (context) => {
        const { similarTo } = await import('../answering.js');
        const answer = { attractionId, ...(await similarTo(attractionId, { park, limit }, context)) };
        return {
          document: answer,
          text: () => `Like ${attractionId}, answered by ${answer.source}:\n${recommendationsText(answer)}`,
        };
      }),
    );
}
