import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import type { Visited } from '@attractions/contracts';
import { DEFAULT_LIMIT, MAX_LIMIT, visitOf } from '@attractions/recommender/settings';

import { PipelineError } from '../errors.js';
import { answerText } from '../run-summary.js';
import { commandOf } from './command.js';
import type { PipelineContext, PipelineResult, Runner } from './command.js';
import { countOf } from './count.js';

/** What both ways of the command may be asked. */
interface Asked {
  readonly all?: true;
  readonly park?: string;
  readonly at?: string;
  readonly visits: readonly Visited[];
  readonly limit?: number;
  readonly threads?: number;
}

/** `attractions recommend USER`: what the latest model says, without a server; `--all`: to every user, into a feed. */
export function recommendCommand(run: Runner): Command {
  return commandOf(
    'recommend',
    'what the latest model recommends to a visitor, by name; or to all of them, into a feed',
  )
    .argument('[user]', 'id of the visitor, as in the visits; a stranger gets what is popular')
    .option('--all', 'the list of every user that the model knows, into the feed serving/lists/v1.0')
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
    .option('--limit <count>', `longest list, 1 to ${MAX_LIMIT}; ${DEFAULT_LIMIT} where not given`, limitOf)
    .option('--threads <count>', 'with --all: threads that make the lists; else as many as there are cores', countOf)
    .action(async (userId: string | undefined, { all, threads, ...asked }: Asked) =>
      run(async (context) => {
        if (all) return everybody(userId, { threads, ...asked }, context);
        if (userId === undefined)
          throw usage('Whom for? Give the id of a visitor, or --all for the lists of all users.');
        if (threads !== undefined) throw usage('--threads is for --all; one list is made on one thread.');
        const { recommendTo } = await import('../answering.js');
        const answer = await recommendTo({ userId, ...asked, limit: asked.limit ?? DEFAULT_LIMIT }, context);
        return { document: answer, text: () => answerText(answer) };
      }),
    );
}

async function everybody(
  userId: string | undefined,
  { park, at, visits, limit, threads }: Omit<Asked, 'all' | 'threads'> & { threads: number | undefined },
  context: PipelineContext,
): Promise<PipelineResult> {
  if (userId !== undefined) throw usage(`Give --all or the visitor '${userId}', not both.`);
  if (visits.length > 0) throw usage('--visits is what one visitor did; it cannot go with --all.');
  const { recommendToAll, summaryText } = await import('../answering.js');
  const asked = {
    ...(park !== undefined && { listsPark: park }),
    ...(at !== undefined && { listsAt: at }),
    ...(limit !== undefined && { listsLimit: limit }),
    ...(threads !== undefined && { listsThreads: threads }),
  };
  const summary = await recommendToAll(asked, context);
  return { document: summary, text: () => summaryText(summary) };
}

const usage = (message: string) => new PipelineError('PIPELINE_USAGE', message);

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
