/** One tenant through the whole pipeline, in this process. Imported by workers alone, since it takes a while. */
import { runTrain } from '@attractions/als-trainer';
import { CHAMPION, als } from '@attractions/contracts';
import { openFeeds } from '@attractions/feeds';
import { findConfigFile } from '@attractions/config';
import type { Logger } from '@attractions/config';

import type { PipelineContext } from '../commands/command.js';
import { PipelineError } from '../errors.js';
import { validateModel } from '../judging.js';
import type { OwnParts } from '../own-parts.js';
import { isRefusal, recorded } from '../recorded.js';
import { extract, keepAfterRun } from '../run-through-feeds.js';
import type { FleetBase, Turn, TurnResult } from './turn.js';

/** Runs one tenant; never throws. */
export type RunTenant = (turn: Turn, signal: AbortSignal) => Promise<TurnResult>;

/** Runs tenants one after the other; what they have in common is read once. */
export function openTenantRunner(base: FleetBase, logger: Logger): RunTenant {
  const ownIn = new Map<string, Promise<OwnParts>>();

  /** The configuration of all, or that of the tenant, which is read anew each time. */
  async function ownOf({ configFile, data, from, tenant }: Turn): Promise<OwnParts> {
    const own = await partsOf(configFile ?? base.configFile, configFile === undefined);
    if (data === undefined || own.sources === undefined) return own;
    if (/^[a-z][a-z0-9+.-]+:\/\//i.test(data))
      throw new PipelineError(
        'PIPELINE_TENANT_DATA',
        `The data of ${tenant} are '${data}', and its configuration file names sources, whose files can only be relative to a folder; write the address into \`files\`.`,
      );
    return { ...own, sources: { ...own.sources, ...(from && { from }), baseFolder: data } };
  }

  async function partsOf(path: string | undefined, isShared: boolean): Promise<OwnParts> {
    if (path === undefined) return {};
    const known = ownIn.get(path);
    if (known) return known;
    const { ownPartsIn } = await import('../own-parts.js');
    const parts = ownPartsIn(findConfigFile(path) ?? path);
    if (isShared) ownIn.set(path, parts);
    return parts;
  }

  return async (turn, signal) => {
    const begin = performance.now();
    const stages: Record<string, number> = {};
    const timed = async <T>(stage: string, work: () => Promise<T>): Promise<T> => {
      const began = performance.now();
      try {
        return await work();
      } finally {
        stages[stage] = secondsSince(began);
      }
    };
    const figures: { -readonly [K in keyof TurnResult]?: TurnResult[K] } = {};
    try {
      const { feedsRoot, tenant, data, full, accept } = turn;
      const own = await ownOf(turn);
      const store = openFeeds(feedsRoot);
      const config = {
        ...base.config,
        feedsRoot,
        rawDataPath: data ?? base.config.rawDataPath,
        threads: base.config.threads ?? 1,
      };
      const context: PipelineContext = {
        ...{ config, store, signal, own, json: base.json },
        logger: logger.child({ tenant }),
      };
      const how = { ...(full && { full }), ...(accept && { accept }) };
      await recorded('run', context, async () => {
        const read = await timed('read', () => extract(context, how));
        signal.throwIfAborted();
        const trained = await timed('train', () => runTrain(config, { ...context, ...how, kinds: own.models }));
        if (own.keep) await keepAfterRun(own.keep, context);
        const { visits, users, attractions } = read;
        const model = (trained.unchanged ? [trained.unchanged] : trained.feeds).find(({ feed }) => feed === als.path);
        Object.assign(figures, { visits, users, attractions, model: model?.seq, isTrained: !trained.unchanged });
        const document = { ...read, ...trained, feeds: [...read.feeds, ...trained.feeds] };
        return { document, text: () => '' };
      });
      signal.throwIfAborted();
      const { [CHAMPION]: champion } = await store.feed(als).refs();
      const isNew = figures.isTrained === true || champion !== figures.model;
      if (isNew)
        await timed('judge', () =>
          recorded('validate', context, async () => ({
            document: await validateModel(figures.model, context),
            text: () => '',
          })),
        );
      return { outcome: isNew ? 'done' : 'unchanged', ...figures, stages, seconds: secondsSince(begin) };
    } catch (thrown) {
      return { ...failureOf(thrown, signal), ...figures, stages, seconds: secondsSince(begin) };
    }
  };
}

/** An aborted turn fails for the reason it was aborted for, whatever that made go wrong. */
function failureOf(thrown: unknown, signal: AbortSignal) {
  const error = signal.aborted ? (signal.reason as unknown) : thrown;
  const { exitCode = 1, code = 'UNEXPECTED', message = String(error) } = Object(error) as Partial<TurnResult>;
  return { outcome: isRefusal(error) ? ('refused' as const) : ('failed' as const), exitCode, code, message };
}

const secondsSince = (time: number): number => (performance.now() - time) / 1_000;
