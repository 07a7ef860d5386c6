/** Exposures and events in the forms that other programs take, written as they are read: one chunk of rows is in memory at a time. */
import { createWriteStream } from 'node:fs';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { eventChunks, events, exposureChunks, exposures } from '@attractions/contracts';
import type { Event, Exposure } from '@attractions/contracts';
import { duckDbEngine, sql } from '@attractions/etl';
import type { Sql } from '@attractions/etl';
import { FeedsError } from '@attractions/feeds';
import type { FeedContract, FeedStore } from '@attractions/feeds';

import { PipelineError } from '../errors.js';
import { filesOf, relationOf } from './report/feed-files.js';

/** What is written: `exposures` are lists shown in an experiment. */
export type ExportedFeed = 'exposures' | 'events';

/** `warehouse`: the columns `unit, time, experiment, variation`; `segment`: calls of `track`, a line each; `otel`: log records, lines of OTLP in JSON. */
export type ExportFormat = 'warehouse' | 'segment' | 'otel';

/** What was written. */
export interface ExportSummary {
  readonly feed: string;
  readonly format: ExportFormat;
  readonly file: string;
  readonly rows: number;
  /** Exposures of testers, who saw a panel because the experiment names them. */
  readonly forced: number;
  /** Lists in no experiment, or shown to nobody known. */
  readonly outside: number;
  /** Updates whose data are gone. */
  readonly expired: number;
}

/** One thing that happened, in the terms of all forms. */
interface Happening {
  readonly unit: string;
  readonly at: Date;
  readonly receivedAt: Date;
  /** Unique, so that what is sent twice counts once. */
  readonly id: string;
  readonly row: Exposure | Event;
}

/**
 * Writes a feed to a file, which appears when it is whole.
 * @param experiment of exposures: only those of this one
 * @throws PipelineError PIPELINE_USAGE where the name of the file does not fit the format
 */
export async function exportFeed(
  store: FeedStore,
  feed: ExportedFeed,
  { format, file, experiment }: { readonly format: ExportFormat; readonly file: string; readonly experiment?: string },
  signal?: AbortSignal,
): Promise<ExportSummary> {
  const extension = extname(file).slice(1);
  const fit = format === 'warehouse' ? ['csv', 'parquet'] : ['jsonl', 'ndjson'];
  if (!fit.includes(extension))
    throw new PipelineError(
      'PIPELINE_USAGE',
      `'${file}' does not end with .${fit.join(' or .')}; the format ${format} is written as that.`,
    );
  const part = `${file}.part`;
  try {
    const counts =
      extension === 'parquet'
        ? await writeParquet(store, feed, part, experiment, signal)
        : await writeText(store, feed, part, { format, ...(experiment !== undefined && { experiment }) }, signal);
    await rename(part, file);
    return { feed: (feed === 'exposures' ? exposures : events).path, format, file, ...counts };
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

async function writeText(
  store: FeedStore,
  feed: ExportedFeed,
  file: string,
  { format, experiment }: { readonly format: ExportFormat; readonly experiment?: string },
  signal: AbortSignal | undefined,
): Promise<Counts> {
  const counts = { rows: 0, forced: 0, outside: 0, expired: 0 };
  const chunks = feed === 'exposures' ? exposuresOf(store, experiment, counts) : eventsOf(store, counts);
  const texts = async function* (): AsyncGenerator<string> {
    if (format === 'warehouse') yield `${COLUMNS[feed].join(',')}\n`;
    for await (const chunk of chunks) {
      signal?.throwIfAborted();
      counts.rows += chunk.length;
      if (chunk.length === 0) continue;
      if (format === 'otel') yield `${JSON.stringify(otelOf(chunk))}\n`;
      else if (format === 'segment') yield chunk.map((one) => `${JSON.stringify(segmentOf(one))}\n`).join('');
      else yield chunk.map((one) => `${warehouseOf(one).map(csvCell).join(',')}\n`).join('');
    }
  };
  await pipeline(Readable.from(texts()), createWriteStream(file));
  return counts;
}

/** The columns of the warehouse form. */
const COLUMNS: Readonly<Record<ExportedFeed, readonly string[]>> = {
  exposures: ['unit', 'time', 'experiment', 'variation'],
  events: ['unit', 'time', 'event', 'value'],
};

function warehouseOf({ unit, at, row }: Happening): readonly (string | Date | undefined)[] {
  if ('eventId' in row) return [unit, at, row.type, row.value === undefined ? undefined : String(row.value)];
  return [unit, at, row.experiment, row.panel];
}

function csvCell(value: string | Date | undefined): string {
  const cell = value instanceof Date ? value.toISOString() : (value ?? '');
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/** Writes the warehouse form as Parquet, by the engine: no row passes through JavaScript. */
async function writeParquet(
  store: FeedStore,
  feed: ExportedFeed,
  file: string,
  experiment: string | undefined,
  signal: AbortSignal | undefined,
): Promise<Counts> {
  const how = signal ? { signal } : {};
  const engine = duckDbEngine();
  const scratch = await mkdtemp(join(tmpdir(), 'attractions-export-'));
  try {
    const contract = feed === 'exposures' ? exposures : events;
    const found = await filesOf(store, store.log(contract.path).since(0), async () => scratch, signal);
    const of = (from: string, type: Sql) => ({ from, type });
    const [string, bool] = [sql`STRING`, sql`BOOLEAN`];
    const common = { unit: of('user_id', string) };
    const rows =
      feed === 'exposures'
        ? relationOf('exported_exposures', engine, found, {
            ...common,
            time: of('shown_at', sql`TIMESTAMP`),
            experiment: of('experiment', string),
            variation: of('panel', string),
            forced: of('forced', bool),
          })
        : relationOf('exported_events', engine, found, {
            ...common,
            time: of('at', sql`TIMESTAMP`),
            event: of('type', string),
            value: of('value', sql`DOUBLE`),
          });
    const columns = sql.join(COLUMNS[feed].map(sql.identifier), ', ');
    const wanted = experiment === undefined ? sql`true` : sql`experiment = ${experiment}`;
    const inside = sql`unit IS NOT NULL AND experiment IS NOT NULL`;
    const isForced = sql`coalesce(forced, false)`;
    const chosen = feed === 'events' ? sql`true` : sql`${wanted} AND ${inside} AND NOT ${isForced}`;
    await engine.write(sql`SELECT ${columns} FROM ${rows} r WHERE ${chosen}`, file, how);
    const counted =
      feed === 'events'
        ? sql`SELECT count(*) AS n, 0 AS forced, 0 AS outside FROM ${rows} r`
        : sql`SELECT count(*) FILTER (WHERE ${chosen}) AS n, count(*) FILTER (WHERE ${inside} AND ${isForced}) AS forced,
  count(*) FILTER (WHERE NOT (${inside})) AS outside FROM ${rows} r WHERE ${wanted}`;
    const [counts] = await engine.rows(counted, how);
    const numberOf = (name: string) => Number(counts?.[name] ?? 0);
    return { rows: numberOf('n'), forced: numberOf('forced'), outside: numberOf('outside'), expired: found.expired };
  } finally {
    await engine.close();
    await rm(scratch, { recursive: true, force: true });
  }
}

type Counts = Pick<ExportSummary, 'rows' | 'forced' | 'outside' | 'expired'>;

/** https://segment.com/docs/connections/spec/track/ and its event for A/B tests. */
function segmentOf({ unit, at, receivedAt, id, row }: Happening): object {
  const call = { type: 'track', messageId: id, userId: unit, timestamp: at, receivedAt };
  if ('eventId' in row) {
    const { type, attractionId, value, requestId } = row;
    return { ...call, event: type, properties: { attraction_id: attractionId, value, request_id: requestId } };
  }
  const { experiment, version, panel, requestId } = row;
  const named = { experiment_id: experiment, experiment_name: experiment, variation_id: panel, variation_name: panel };
  return { ...call, event: 'Experiment Viewed', properties: { ...named, version, request_id: requestId } };
}

/** An `ExportLogsServiceRequest` (OTLP 1.5, JSON) with the names of the semantic conventions for evaluations of feature flags. */
function otelOf(chunk: readonly Happening[]): object {
  const logRecords = chunk.map(({ unit, at, receivedAt, id, row }) => {
    const attributes =
      'eventId' in row
        ? {
            'user.id': unit,
            'attractions.event_id': id,
            'attractions.attraction_id': row.attractionId,
            'attractions.value': row.value,
            'attractions.request_id': row.requestId,
          }
        : {
            'feature_flag.key': row.experiment,
            'feature_flag.result.variant': row.panel,
            'feature_flag.context.id': unit,
            'feature_flag.version': row.version === undefined ? undefined : String(row.version),
            'feature_flag.provider.name': 'attractions',
            'attractions.request_id': row.requestId,
          };
    return {
      timeUnixNano: nanos(at),
      observedTimeUnixNano: nanos(receivedAt),
      severityNumber: 9,
      eventName: 'eventId' in row ? row.type : 'feature_flag.evaluation',
      attributes: Object.entries(attributes).flatMap(([key, value]) =>
        value === undefined
          ? []
          : [{ key, value: typeof value === 'number' ? { doubleValue: value } : { stringValue: value } }],
      ),
    };
  });
  const service = { key: 'service.name', value: { stringValue: 'attractions' } };
  const scopeLogs = [{ scope: { name: '@attractions/pipeline' }, logRecords }];
  return { resourceLogs: [{ resource: { attributes: [service] }, scopeLogs }] };
}

const nanos = (time: Date): string => `${time.getTime()}000000`;

async function* exposuresOf(
  store: FeedStore,
  only: string | undefined,
  counts: { forced: number; outside: number; expired: number },
): AsyncGenerator<readonly Happening[]> {
  for await (const chunk of chunksOf(store, exposureChunks, counts)) {
    const happened: Happening[] = [];
    for (const row of chunk) {
      const { userId, experiment, shownAt, requestId, forced } = row;
      if (only !== undefined && experiment !== only) continue;
      if (userId === undefined || experiment === undefined) counts.outside++;
      else if (forced === true) counts.forced++;
      else {
        const id = `${requestId}/${experiment}/${userId}`;
        happened.push({ unit: userId, at: shownAt, receivedAt: shownAt, id, row });
      }
    }
    yield happened;
  }
}

async function* eventsOf(store: FeedStore, counts: { expired: number }): AsyncGenerator<readonly Happening[]> {
  for await (const chunk of chunksOf(store, eventChunks, counts))
    yield chunk.map((row) => ({ unit: row.userId, at: row.at, receivedAt: row.receivedAt, id: row.eventId, row }));
}

/** The rows of all updates, oldest first, in chunks. */
async function* chunksOf<R>(
  store: FeedStore,
  contract: FeedContract<AsyncIterable<readonly R[]>>,
  counts: { expired: number },
): AsyncGenerator<readonly R[]> {
  const feed = store.feed(contract);
  for await (const { seq } of feed.since(0)) {
    try {
      yield* await (await feed.at(seq)).read();
    } catch (error) {
      if (!(error instanceof FeedsError) || error.code !== 'FEEDS_EXPIRED') throw error;
      counts.expired++;
    }
  }
}
