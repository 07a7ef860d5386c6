import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { plural } from '@attractions/config';
import type { Logger, ShowProgress } from '@attractions/config';
import { guardOfForgotten, readForgotten, visits, writtenVisits } from '@attractions/contracts';
import { openFeeds, preloadParquet } from '@attractions/feeds';
import type { FeedStore, OpenedUpdate, UpdateRecord } from '@attractions/feeds';
import { DEFAULT_CHECKS, checkProblems, comparedWith, recordedChecks } from './checks/checks.js';
import type { CheckRules, RecordedChecks } from './checks/checks.js';
import { filesOf } from './checks/last-visits.js';
import { engineOf } from './engine/engine-of.js';
import { logFrames } from './engine/engine.js';
import type { Engine } from './engine/engine.js';
import { EtlError } from './errors.js';
import type { Profile } from './checks/profile.js';
import { addVisits } from './incremental/load.js';
import { labelsOf, planOf, rawFilesOf, settingsKey, withVersions } from './incremental/plan.js';
import type { Plan, RawFiles } from './incremental/plan.js';
import { loadVisits } from './loader.js';
import { examples, refuseBadLines, refuseUnlike } from './refusals.js';
import { commit, manifest, parentsOf } from './updates.js';
import { settingsOf } from './source/deliver.js';
import type { LoaderOptions } from './compose.js';
import type { LoadedVisits } from './loader.js';
import type { EtlConfig } from './settings.js';
import type { JudgedLoad } from './settle.js';
import { chooseSources } from './source/choose.js';
import { eventFiles } from './source/event-visits.js';
import type { SourceSettings } from './source/choose.js';
import { keyNameOf, pseudonymKeyOf } from './source/pseudonym.js';
import type { Source } from './source/source.js';
import type { Tally } from './tally.js';
import { writeVisits } from './write.js';
import type { WrittenLoad } from './write.js';

/** What a run is given besides its configuration. */
export interface EtlContext {
  /** Default: the feeds of `config.feedsRoot`. */
  readonly store?: FeedStore;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
  /** Which sources are read. Default: `sigir17` on `config.rawDataPath`. */
  readonly from?: SourceSettings;
  /** What relative paths in `from` are relative to: the folder of the config file. Default: the working folder. */
  readonly baseFolder?: string;
  /** What each event weighs, where visits have events. Default: events mean nothing. */
  readonly events?: Readonly<Record<string, number>>;
  /** Types of events of the feed `serving/events` that are visits too. Default: none. */
  readonly eventVisits?: readonly string[] | undefined;
  /** Sources of your own, which `from` names by their type. */
  readonly sources?: readonly Source[];
  /** How far the run may be from the updates before it. Default: {@link DEFAULT_CHECKS}. */
  readonly checks?: CheckRules | undefined;
  /** Whether a run that is unlike the updates before it is committed all the same; later runs are compared with it. Default: false. */
  readonly accept?: boolean | undefined;
  /** Whether user ids are replaced by pseudonyms, by the key in `config.pseudonymKey`. Default: false. */
  readonly pseudonymize?: boolean | undefined;
  /** Whether everything is read, also where only some of it is new; default: false. */
  readonly full?: boolean | undefined;
  /** What computes; it is not closed. Default: the engine that `config` names, for this run alone. */
  readonly engine?: Engine;
  /** The same run commits once. */
  readonly runId?: string;
  /** Told how far reading and writing are. */
  readonly progress?: ShowProgress | undefined;
  /** Stops the load when it aborts; nothing more is committed then. */
  readonly signal?: AbortSignal;
}

/** What a run did. */
export interface EtlSummary extends Tally {
  /** What was read: all of the raw data, only new files, or nothing, where all is as it was at the last run; then nothing was put. */
  readonly read: 'all' | 'new' | 'nothing';
  /** The update of visits that holds all there is, where nothing was new. */
  readonly unchanged?: { readonly feed: string; readonly seq: number };
  /** The updates that were put, in this order: path and sequence number. */
  readonly feeds: readonly { readonly feed: string; readonly seq: number }[];
  /** How the run is unlike the updates before it, where that was accepted; a sentence each. */
  readonly accepted?: readonly string[];
  /** Wall time of the whole run. */
  readonly seconds: number;
}

/**
 * Loads the raw data and puts attractions, rejects and, last, visits, whose record names the other two as its parents: it is the commit
 * of the run, and a reader that starts from the latest visits sees all of it or nothing.
 * @throws EtlError or FeedsError. Where too much was refused, ETL_TOO_MANY_REJECTS or ETL_NO_VISITS, nothing is put.
 */
export async function runEtl(config: EtlConfig, context: EtlContext): Promise<EtlSummary> {
  const begin = performance.now();
  const { store = openFeeds(config.feedsRoot), signal, checks: rules = DEFAULT_CHECKS, logger } = context;
  const from = sourceOf(config, context);
  const types = context.eventVisits ?? [];
  signal?.throwIfAborted();
  const list = await readForgotten(store);
  const guard = await guardOfForgotten(store, [], list?.seq ?? 0);
  const { latest: after = 0 } = await store.feed(visits).refs();
  const leftOut = list && { salt: list.salt, hashes: new Set(list.users.map(({ hash }) => hash)) };
  const { plan, settings, raw } = await planned(from, config, context, store, list?.seq);
  const took = () => (performance.now() - begin) / 1_000;
  if (plan.read === 'nothing') return { ...(await unchanged(plan.base, store)), seconds: took() };

  const preloaded = preloadParquet();
  let opened: OpenedUpdate | undefined;
  let scratch: string | undefined;
  const engine = context.engine ?? engineOf(config);
  try {
    const before = await comparedWith(store.feed(visits).history(), rules);
    const previous = await filesOf(store, before[0], logger, async () => {
      return (scratch ??= await mkdtemp(join(tmpdir(), 'attractions-last-')));
    });
    let accepted: readonly string[] = [];
    let checks: RecordedChecks = {};
    const target = (base?: UpdateRecord) => ({
      judge: (load: JudgedLoad, profile: Profile) => {
        judge(load, config, context);
        const checked = { ...load, profile };
        accepted = checkProblems(checked, before, rules);
        const said = refuseUnlike(accepted, before.length, context.accept);
        if (said !== undefined) logger.warn({ problems: accepted }, said);
        checks = { ...recordedChecks(checked), ...(accepted.length > 0 && { accepted: true }) };
      },
      open: async () => (opened = await store.feed(writtenVisits).open(base)),
    });
    const options = {
      ...loaderOptions(config, context, engine),
      ...(leftOut && { leftOut }),
      ...(types.length > 0 && { eventVisits: { store, types } }),
      ...(context.progress && { onProgress: context.progress }),
    };
    let because = plan.read === 'all' ? plan.because : 'the visits of the last update cannot be read';
    let added: WrittenLoad | undefined;
    if (plan.read === 'new' && previous.length > 0) {
      const old = { ...(await parentsOf(plan.base, store)), record: plan.base, paths: previous };
      const found = await addVisits(
        from,
        { ...options, only: plan.only, after: plan.after, shape: plan.base.labels['shape'] ?? '' },
        old,
        target(plan.base),
      ).catch(unlessUnclear);
      if (typeof found === 'string') because = found;
      else added = found;
    }
    if (!added) logger.info({ because }, `Everything is read: ${because}.`);
    const loaded = added ?? (await writeVisits(from, options, { ...target(), previous }));
    await preloaded;
    if (opened === undefined) throw new Error('What is not refused is written.');
    const labels = settings === undefined ? {} : labelsOf({ ...loaded, settings });
    const sources = await versioned(loaded, from, raw, context);
    const records = await commit({ ...loaded, sources }, opened, store, config, {
      ...context,
      recorded: checks,
      labels,
      guard,
      after,
    });
    const feeds = records.map(({ feed, seq }) => ({ feed, seq }));
    if ((records.at(-1)?.seq ?? 0) <= after)
      logger.info({ runId: context.runId }, 'This run has committed before; nothing new was committed.');
    const read = added ? 'new' : 'all';
    return { ...loaded.tally, read, feeds, ...(accepted.length > 0 && { accepted }), seconds: took() };
  } catch (error) {
    // Forgetting deletes files of old visits, which the new ones are compared with; then that is the reason.
    await guard();
    throw error;
  } finally {
    await Promise.all([opened?.discard(), context.engine === undefined && engine.close()]);
    if (scratch !== undefined) await rm(scratch, { recursive: true, force: true });
  }
}

/** New files whose lines do not say by themselves how times are written: together with the others, which do, they can be read. */
function unlessUnclear(error: unknown): string {
  if (error instanceof EtlError && error.code === 'ETL_HEADER_UNKNOWN')
    return 'the new files alone do not say how they are to be read';
  throw error;
}

/** What the run has to read, and what tells it from the next one. */
async function planned(
  from: SourceSettings | string,
  config: EtlConfig,
  { full = false, events, eventVisits = [], pseudonymize, sources, baseFolder = '.', signal }: EtlContext,
  store: FeedStore,
  forgottenSeq: number | undefined,
): Promise<{ readonly plan: Plan; readonly settings: string | undefined; readonly raw: RawFiles | undefined }> {
  const { maxRejectShare, sequenceGapHours } = config;
  const { version } = manifest();
  const key = pseudonymKeyOf(config, pseudonymize);
  const pseudonyms = key === undefined ? undefined : keyNameOf(key);
  const read = { from, events, maxRejectShare, sequenceGapHours, ...(eventVisits.length > 0 && { eventVisits }) };
  const settings = settingsKey({ version, ...read, forgottenSeq, pseudonyms });
  const chosen = await chooseSources(settingsOf(from), sources);
  const found = await rawFilesOf(chosen, { baseFolder: resolve(baseFolder), ...(signal && { signal }) });
  const raw =
    typeof found === 'string' || eventVisits.length === 0
      ? found
      : { ...found, visits: [...found.visits, ...(await eventFiles({ store }))] };
  const all = (because: string): Plan => ({ read: 'all', because });
  if (typeof raw === 'string')
    return { plan: all(`the source '${raw}' cannot tell what is new`), settings: undefined, raw: undefined };
  if (settings === undefined) return { plan: all('the settings hold more than JSON'), settings, raw };
  if (full) return { plan: all('that was asked for'), settings, raw };
  const { readsOnly = false } = chosen.visits.source;
  const base = await store.feed(visits).head();
  return { plan: await planOf(base, raw, { settings, readsOnly, now: new Date() }), settings, raw };
}

/** What a run comes to that finds all as it was: the last update again. */
async function unchanged(base: UpdateRecord, store: FeedStore): Promise<Omit<EtlSummary, 'seconds'>> {
  const count = (name: string): number => Number(base.checks[name] ?? 0);
  const { attractions: known } = await parentsOf(base, store);
  return {
    files: base.sources.length,
    rows: count('rows'),
    kept: count('kept'),
    duplicates: count('duplicates'),
    rejected: count('rejected'),
    visits: base.totals.rows,
    users: count('users'),
    attractions: known.length,
    parks: new Set(known.map(({ park }) => park)).size,
    read: 'nothing',
    unchanged: { feed: base.feed, seq: base.seq },
    feeds: [],
  };
}

/** The files that were read, as the next run tells whether they have changed. */
async function versioned(
  { sources: read }: JudgedLoad,
  from: SourceSettings | string,
  before: RawFiles | undefined,
  { sources, baseFolder = '.' }: EtlContext,
) {
  if (before === undefined) return read;
  const chosen = await chooseSources(settingsOf(from), sources);
  const after = await rawFilesOf(chosen, { baseFolder: resolve(baseFolder) }).catch(() => undefined);
  return typeof after === 'object' ? withVersions(read, before, after) : read;
}

/**
 * The same without feeds: loads the raw data as configured, and refuses it where too many lines were bad.
 * @throws EtlError
 */
export async function loadJudged(config: EtlConfig, context: LoadContext): Promise<LoadedVisits> {
  context.signal?.throwIfAborted();
  const engine = engineOf(config);
  try {
    const loaded = await loadVisits(sourceOf(config, context), loaderOptions(config, context, engine));
    judge(loaded, config, context);
    context.signal?.throwIfAborted();
    return loaded;
  } finally {
    await engine.close();
  }
}

type LoadContext = Pick<
  EtlContext,
  'logger' | 'signal' | 'from' | 'sources' | 'baseFolder' | 'events' | 'pseudonymize'
>;

function sourceOf({ rawDataPath }: EtlConfig, { from }: LoadContext): SourceSettings | string {
  const source = from ?? rawDataPath;
  if (source !== undefined) return source;
  throw new EtlError(
    'ETL_NO_SOURCE',
    'There is nothing to read: set RAW_DATA_PATH to the folder of your raw files (userVisits-<park>.csv, POI-<park>.csv) or name sources in a configuration file; or try it on generated visits with: attractions run --sample.',
  );
}

function loaderOptions(config: EtlConfig, context: LoadContext, engine: Engine): LoaderOptions {
  const { logger, signal, sources, baseFolder, events } = context;
  const pseudonymKey = pseudonymKeyOf(config, context.pseudonymize);
  return {
    ...(pseudonymKey !== undefined && { pseudonymKey }),
    sequenceGapHours: config.sequenceGapHours,
    engine,
    ...(sources && { sources }),
    ...(events && { events }),
    ...(baseFolder !== undefined && { baseFolder }),
    ...(config.describeFrames && { describe: logFrames(logger) }),
    ...(signal && { signal }),
  };
}

/** Tells what was read, and throws where too much of it was refused. */
function judge(loaded: JudgedLoad, { maxRejectShare, rawDataPath }: EtlConfig, { logger, from }: LoadContext): void {
  const { tally, forgotten: lines, rejects } = loaded;
  if (lines > 0) logger.info({ lines }, `Left out ${lines} ${plural(lines, 'line')} of users who were forgotten.`);
  logger.info(
    { ...tally },
    `Read ${tally.rows} ${plural(tally.rows, 'row')} of ${tally.files} ${plural(tally.files, 'file')}.`,
  );
  if (rejects.length > 0) logger.warn({ rejects: rejects.length, first: examples(loaded) }, 'Some lines were refused.');
  refuseBadLines(loaded, maxRejectShare, from ? `the source '${from.visits.type}'` : `'${rawDataPath}'`);
}
