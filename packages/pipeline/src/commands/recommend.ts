import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import type { Visited } from '@attractions/contracts';
import { DEFAULT_LIMIT, MAX_LIMIT, visitOf } from '@attractions/recommender/settings';

import { PipelineError } from '../errors.js';
import { answerText } from '../run-summary.js';
import { commandOf, runIdOption } from './command.js';
import type { PipelineContext, PipelineResult, Runner } from './command.js';
import { countOf } from './count.js';
import { attributeOf } from './experiment/options.js';

/** The options that choose among attractions, of `recommend` and `similar`. */
export interface FilterOptions {
  readonly themes?: readonly string[];
  readonly allow?: readonly string[];
  readonly exclude?: readonly string[];
}

/** The options of both forms of the command. */
interface RecommendOptions extends FilterOptions {
  readonly all?: true;
  readonly park?: string;
  readonly at?: string;
  readonly visits: readonly Visited[];
  readonly includeVisited?: true;
  readonly limit?: number;
  readonly attribute?: Readonly<Record<string, string>>;
  readonly threads?: number;
  readonly runId?: string;
}

/** `attractions recommend USER`: what the latest model says, without a server; `--all`: to every user, into a feed. */
export function recommendCommand(run: Runner): Command {
  const command = commandOf(
    'recommend',
    'the recommendations of the latest model for one visitor, by name; or for all of them, into a feed',
  )
    .argument('[user]', 'id of the visitor, as in the visits; an unknown visitor gets popular attractions')
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
      'visits to add to the known ones: attraction ids, or id@TIME, separated by commas; may be repeated',
      visitsOf,
      [],
    );
  return withFilters(command)
    .option('--include-visited', 'recommend visited attractions again')
    .option('--limit <count>', `longest list, 1 to ${MAX_LIMIT}; default ${DEFAULT_LIMIT}`, limitOf)
    .option(
      '--attribute <name=value>',
      'what else is known of the request, such as platform=ios, for experiments that are for some requests only; may be repeated',
      attributeOf,
    )
    .option('--threads <count>', 'with --all: threads that make the lists; default: one for each core', countOf)
    .addOption(runIdOption())
    .action(async (userId: string | undefined, { all, threads, runId, ...options }: RecommendOptions) =>
      run(async (context) => {
        if (all) {
          const { recorded } = await import('../answering.js');
          return recorded('recommend --all', context, () => everybody(userId, { threads, runId, ...options }, context));
        }
        if (userId === undefined) throw usage('Give the id of a visitor, or --all for the lists of all users.');
        if (runId !== undefined) throw usage('--run-id needs --all: one list is not committed.');
        if (threads !== undefined) throw usage('--threads needs --all: one list is made on one thread.');
        const { recommendTo } = await import('../answering.js');
        const { park, at, visits, themes, allow, exclude, includeVisited, limit = DEFAULT_LIMIT, attribute } = options;
        const asked = { userId, park, at, visits, themes, allow, exclude, includeVisited, limit };
        const request = { ...asked, ...(attribute && { attributes: attribute }) };
        const answer = await recommendTo(request, context);
        return { document: answer, text: () => answerText(answer) };
      }),
    );
}

/** Adds the options of {@link FilterOptions}. */
export function withFilters(command: Command): Command {
  return command
    .option('--themes <themes>', 'only attractions with one of these themes, separated by commas', namesOf)
    .option('--allow <ids>', 'only these attractions, separated by commas', namesOf)
    .option('--exclude <ids>', 'without these attractions, separated by commas; overrides --allow', namesOf);
}

type ListsOptions = Omit<RecommendOptions, 'all' | 'threads' | 'runId'> & {
  readonly threads: number | undefined;
  readonly runId: string | undefined;
};

async function everybody(
  userId: string | undefined,
  { park, at, limit, threads, runId, ...ofOne }: ListsOptions,
  context: PipelineContext,
): Promise<PipelineResult> {
  if (userId !== undefined) throw usage(`Give --all or the visitor '${userId}', not both.`);
  const [flag] =
    Object.entries({
      '--visits': ofOne.visits.length > 0 || undefined,
      '--themes': ofOne.themes,
      '--allow': ofOne.allow,
      '--exclude': ofOne.exclude,
      '--include-visited': ofOne.includeVisited,
      '--attribute': ofOne.attribute,
    }).find(([, value]) => value !== undefined) ?? [];
  if (flag !== undefined)
    throw usage(
      `${flag} is for one visitor; the options that go with --all are --park, --at, --limit, --threads and --run-id.`,
    );
  const { recommendToAll, summaryText } = await import('../answering.js');
  const settings = {
    ...(park !== undefined && { listsPark: park }),
    ...(at !== undefined && { listsAt: at }),
    ...(limit !== undefined && { listsLimit: limit }),
    ...(threads !== undefined && { listsThreads: threads }),
  };
  const summary = await recommendToAll(settings, context, runId);
  return { document: summary, text: () => summaryText(summary) };
}

const usage = (message: string) => new PipelineError('PIPELINE_USAGE', message);

/** The values of all `--visits` so far. */
function visitsOf(text: string, before: readonly Visited[]): Visited[] {
  return [...before, ...text.split(',').map((visit) => visitOf(visit.trim()))];
}

/** The values of an option that takes a list, so far: it may be repeated. */
function namesOf(text: string, before: readonly string[] = []): string[] {
  return [...before, ...text.split(',').map((name) => name.trim())];
}

/** The value of a `--limit`. */
export function limitOf(text: string): number {
  const limit = Number(text);
  if (/^\d+$/.test(text) && limit >= 1 && limit <= MAX_LIMIT) return limit;
  throw new InvalidArgumentError(`'${text}' is not a whole number from 1 to ${MAX_LIMIT}.`);
}
