import { runs } from '@attractions/contracts';
import type { Run } from '@attractions/contracts';
import type { FeedStore } from '@attractions/feeds';

import type { PipelineContext, PipelineResult } from './commands/command.js';
import { packageVersion } from './version.js';

/** Figures of a summary that the table of runs shows, in its order. */
const COUNTS = [
  'rows',
  'kept',
  'rejected',
  'visits',
  'users',
  'attractions',
  'rank',
  'model',
  'lists',
  'expired',
  'purged',
  'files',
  'bytes',
] as const;

/** What is refused since raw data are not there: the configuration may be right, and a mount or a server be missing. */
const MISSING: readonly unknown[] = ['ETL_NO_FOLDER', 'ETL_NO_FILES', 'ETL_DATABASE_DENIED'];

/** Whether what was thrown says that the data or the model was not good enough, or not there. */
export function isRefusal(error: unknown): boolean {
  const { exitCode, code } = Object(error) as Partial<Record<string, unknown>>;
  return exitCode === 3 || MISSING.includes(code);
}

/**
 * Does the work of a command and commits its result to the feed of runs, also for refused and failed runs. Wrong usage or configuration is not a run, with the
 * exception of raw data that are not there. If the run cannot be recorded, that is only logged: the work itself is valid.
 */
export async function recorded(
  command: string,
  context: Pick<PipelineContext, 'store' | 'logger'>,
  act: () => Promise<PipelineResult>,
): Promise<PipelineResult> {
  const [startedAt, begin] = [new Date().toISOString(), performance.now()];
  const put = async (how: Pick<Run, 'outcome' | 'code' | 'message'>, summary: unknown): Promise<void> => {
    const seconds = Number(((performance.now() - begin) / 1000).toFixed(3));
    const run: Run = { command, startedAt, seconds, ...how, counts: countsIn(summary), feeds: feedsIn(summary) };
    const producer = { id: 'attractions', package: '@attractions/pipeline', version: packageVersion() };
    await context.store
      .feed(runs)
      .put(run, { producer })
      .catch((error: unknown) => context.logger.warn({ reason: String(error) }, 'The run could not be recorded.'));
  };
  try {
    const result = await act();
    const refused = result.exitCode === 3;
    await put({ outcome: refused ? 'refused' : 'done' }, 'document' in result ? result.document : undefined);
    return result;
  } catch (error) {
    const { exitCode = 1, code, message = String(error) } = Object(error) as Partial<Record<string, unknown>>;
    const refused = isRefusal(error);
    if (exitCode !== 2 || refused)
      await put(
        {
          outcome: refused ? 'refused' : 'failed',
          ...(typeof code === 'string' && { code }),
          message: withoutExamples(String(message)),
        },
        undefined,
      );
    throw error;
  }
}

/**
 * Messages may end with examples from the raw data, after `The first ones:`. These are left out, since the feed of runs is kept for long and must not have
 * data of visitors.
 */
export function withoutExamples(message: string): string {
  return message.replace(/\s*The first ones:[\s\S]*$/, '');
}

function countsIn(summary: unknown): Run['counts'] {
  const found = Object(summary) as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    COUNTS.flatMap((name) => {
      const value = found[name];
      return typeof value === 'number' && Number.isFinite(value) ? [[name, value]] : [];
    }),
  );
}

function feedsIn(summary: unknown): Run['feeds'] {
  const { feeds } = Object(summary) as { feeds?: unknown };
  if (!Array.isArray(feeds)) return [];
  return (feeds as Run['feeds']).flatMap(({ feed, seq }) => (typeof seq === 'number' ? [{ feed, seq }] : []));
}

/** A run with its place in the feed. */
export type ListedRun = Run & { readonly seq: number };

/** The last runs that have not expired, newest first. */
export async function lastRuns(store: FeedStore, limit: number): Promise<ListedRun[]> {
  const feed = store.feed(runs);
  const listed: ListedRun[] = [];
  for await (const { seq } of feed.history()) {
    if (listed.length >= limit) break;
    const found = await (await feed.at(seq)).read().catch(goneOrThrow);
    // All earlier ones have expired too.
    if (found === undefined) break;
    listed.push({ seq, ...found });
  }
  return listed;
}

function goneOrThrow(error: unknown): undefined {
  if ((error as { code?: string }).code === 'FEEDS_EXPIRED') return undefined;
  throw error;
}
