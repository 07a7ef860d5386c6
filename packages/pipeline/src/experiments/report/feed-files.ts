/** Parquet files of feeds as relations of an engine: no row passes through JavaScript. */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { frame, sql } from '@attractions/etl';
import type { Engine, Frame, Sql } from '@attractions/etl';
import { FeedsError } from '@attractions/feeds';
import type { FeedStore, UpdateRecord } from '@attractions/feeds';

import { rawContract } from '../../forget/scan.js';

/** The files of some updates of a feed. */
export interface FeedFiles {
  /** Files with the same columns: a later minor version has more. */
  readonly groups: readonly { readonly columns: ReadonlySet<string>; readonly paths: readonly string[] }[];
  readonly rows: number;
  /** Updates whose data are gone. */
  readonly expired: number;
}

/**
 * Finds the files of updates on this machine; those that are in a bucket are copied to a folder first.
 *
 * @param folder where to; asked for at the first copy
 */
export async function filesOf(
  store: FeedStore,
  records: AsyncIterable<UpdateRecord> | Iterable<UpdateRecord>,
  folder: () => Promise<string>,
  signal?: AbortSignal,
): Promise<FeedFiles> {
  const groups = new Map<string, { columns: ReadonlySet<string>; paths: string[] }>();
  const seen = new Set<string>();
  let [rows, expired, copies] = [0, 0, 0];
  for await (const record of records) {
    signal?.throwIfAborted();
    const files = await (await store.feed(rawContract(record)).at(record.seq)).read();
    try {
      const paths: string[] = [];
      for (const file of files) {
        // Updates may share files.
        if (seen.has(file.path)) continue;
        const isHere = existsSync(file.path);
        const path = isHere
          ? file.path
          : join(await folder(), `${record.feed.replaceAll('/', '-')}-${copies++}.parquet`);
        if (!isHere) await writeFile(path, await file.bytes());
        seen.add(file.path);
        paths.push(path);
        rows += file.rows;
      }
      const { fingerprint, fields } = record.schema;
      const group = groups.get(fingerprint) ?? { columns: new Set(fields.map(({ name }) => name)), paths: [] };
      group.paths.push(...paths);
      groups.set(fingerprint, group);
    } catch (error) {
      if (!(error instanceof FeedsError) || error.code !== 'FEEDS_EXPIRED') throw error;
      expired++;
    }
  }
  return { groups: [...groups.values()].filter(({ paths }) => paths.length > 0), rows, expired };
}

/**
 * The files as one frame.
 *
 * @param columns each as an expression over its column in the files, which is named as the key; its type is for files that do not have it yet
 */
export function relationOf(
  name: string,
  engine: Engine,
  { groups }: FeedFiles,
  columns: Readonly<
    Record<string, { readonly from: string; readonly as?: (column: Sql) => Sql; readonly type: Sql | 'texts' }>
  >,
): Frame {
  const selected = (there: (column: string) => boolean): Sql =>
    sql.join(
      Object.entries(columns).map(([key, { from, as = (column: Sql) => column, type }]) => {
        // A name in quotes: one of them is a word of SQL.
        const column: Sql = { ...sql``, text: `f."${from}"` };
        return sql`${there(from) ? as(column) : noneOf(type)} AS ${sql.identifier(key)}`;
      }),
      ', ',
    );
  const parts = groups.map(({ columns: present, paths }) => {
    const files = engine.scanTyped(paths.map((path, number) => ({ path, number })));
    return sql`SELECT ${selected((column) => present.has(column))} FROM ${files} f`;
  });
  const none = sql`SELECT ${selected(() => false)} FROM (SELECT 1 AS nothing) f WHERE false`;
  return frame(name)`${parts.length === 0 ? none : sql.join(parts, ' UNION ALL ')}`;
}

/** Engines have no name in common for a list of texts. */
function noneOf(type: Sql | 'texts'): Sql {
  return type === 'texts' ? sql`split(CAST(NULL AS STRING), ',')` : sql`CAST(NULL AS ${type})`;
}
