import { mkdirSync, mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from '@jest/globals';
import { createLogger, forceConfig, readConfig } from '@attractions/config';
import { attractions, rejects, writtenVisits } from '@attractions/contracts';
import type { FeedStore } from '@attractions/feeds';
import { runEtl } from '../../src/driver.js';
import type { EtlContext, EtlSummary } from '../../src/driver.js';
import { etlSettings } from '../../src/settings.js';

const logger = createLogger({ level: 'silent' });
const made: string[] = [];

afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

/** Rules that refuse no run. */
export const NO_RULES: NonNullable<EtlContext['checks']> = {
  compareWith: 1,
  minVolume: 0,
  maxVolume: Infinity,
  maxNewUsers: 1,
  maxNewAttractions: 1,
  maxDaysBack: Infinity,
  maxAgeDays: Infinity,
  maxRejectRise: 1,
  maxEmptyRise: 1,
};

/** What of the sources is not as in every project. */
export interface ProjectOptions {
  /** Columns besides `user`, `item` and `ts`. */
  readonly columns?: Readonly<Record<string, string>>;
  /** Whether `items.csv` has the attractions. */
  readonly attractions?: boolean;
  readonly events?: NonNullable<EtlContext['events']>;
}

/** How a project is run, besides what any run may be given. */
interface ProjectRun {
  readonly gapHours?: number;
  /** The address of a server, where that computes. */
  readonly spark?: string | undefined;
}

/** Settings of the engine. */
export const engineAt = (spark: string | undefined) =>
  spark === undefined ? {} : ({ engine: 'spark', sparkRemote: spark } as const);

/** Runs on `events/*.csv` of a new folder, of which none is refused as a whole. */
export function csvProject(options: ProjectOptions = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'etl-new-'));
  made.push(folder);
  const columns = { user: 'user', attraction: 'item', time: 'ts', ...options.columns };
  const items = { type: 'csv', files: 'items.csv', columns: { attraction: 'id', name: 'name' } };
  const from = {
    visits: { type: 'csv', files: 'events/*.csv', columns },
    ...(options.attractions && { attractions: items }),
  };
  const at = (name: string): string => join(folder, name);
  return {
    write: (name: string, text: string) => {
      mkdirSync(dirname(at(name)), { recursive: true });
      writeFileSync(at(name), text);
    },
    remove: (name: string) => rmSync(at(name)),
    rename: (name: string, to: string) => renameSync(at(name), at(to)),
    touch: (name: string, time = new Date()) => utimesSync(at(name), time, time),
    run: (store: FeedStore, more: Partial<EtlContext> & ProjectRun = {}): Promise<EtlSummary> => {
      const { gapHours = 8, spark, ...context } = more;
      const values = { maxRejectShare: 1, sequenceGapHours: gapHours, ...engineAt(spark) };
      const config = forceConfig(etlSettings, values, () => readConfig(etlSettings));
      const events = options.events && { events: options.events };
      return runEtl(config, { store, logger, from, baseFolder: folder, checks: NO_RULES, ...events, ...context });
    },
  };
}

/** All that the last update says, in an order that its files do not show, without what is said of the update before it. */
export async function contentOf(store: FeedStore) {
  const update = await store.feed(writtenVisits).latest();
  const rows = (await update.read()).toArray().map((row) => {
    const { ended_at: ended = null, ...others }: Record<string, unknown> = row.toJSON();
    return JSON.stringify({ ...others, ended }, (_, value) => (typeof value === 'bigint' ? Number(value) : value));
  });
  const { checks, labels, sources } = update.record;
  return {
    visits: rows.sort(),
    attractions: await (await store.feed(attractions).latest()).read(),
    rejects: await (await store.feed(rejects).latest()).read(),
    sources: sources.map(({ path, bytes, sha256 }) => ({ path, bytes, sha256 })),
    checks: { ...checks, newUsers: undefined, newAttractions: undefined },
    labels,
  };
}

export interface Line {
  readonly user: string;
  readonly item: string;
  /** Since the beginning of 2026; below 0 is not a time. */
  readonly hours: number;
  readonly more?: readonly string[];
}

const START = Date.UTC(2026, 0, 1);

/** A CSV file of these lines. */
export function csvOf(lines: readonly Line[], header = 'user,item,ts'): string {
  const texts = lines.map(({ user, item, hours, more = [] }) => {
    const time = hours < 0 ? 'never' : new Date(START + hours * 3_600_000).toISOString();
    return [user, item, time, ...more].join(',');
  });
  return [header, ...texts, ''].join('\n');
}
