import type { Reject } from '@attractions/contracts';
import type { Engine, RowCount } from '../engine/engine.js';
import { sql } from '../frame/frame.js';
import type { LinePlace, LocatedLine } from '../source/source.js';
import type { FileGroup, MappedFile } from './read.js';
import { findRecords } from './records.js';

/** Finds where the rows of files stand, and what is written there. */
export interface Locator {
  /** Undefined for a row behind more faults of its file than are named: its place is not known. */
  locate(places: readonly LinePlace[]): Promise<readonly (LocatedLine | undefined)[]>;
  /** The rows that could not be read. */
  faultsOf(): Promise<readonly Reject[]>;
}

/** What is known of one file. */
interface Entry {
  readonly file: MappedFile;
  readonly group: FileGroup;
  readonly count: RowCount;
  /** The number of a numbered scan that comes before the file's first. */
  readonly before: number;
}

/** A row by the number of a numbered scan; `key` tells it apart among the rows of its file. */
interface Asked {
  readonly key: number;
  readonly line: number;
}

/** Reads a file again only as far as the last row that is asked for. */
export function locator(groups: readonly FileGroup[], counts: readonly RowCount[], engine: Engine): Locator {
  const entries = new Map<number, Entry>();
  for (const group of groups) {
    let before = 0;
    for (const file of group.files) {
      const count = counts.find(({ number }) => number === file.number) ?? EMPTY(file.number);
      entries.set(file.number, { file, group, count, before });
      before += count.lines;
    }
  }

  async function found(entry: Entry, asked: readonly Asked[], offsets: readonly number[]) {
    const { group, count, before } = entry;
    if (group.shape === undefined) return { lines: await parquetRows(entry, asked, engine), offsets: new Map() };
    // The header is the record before the first.
    const isHeaded = group.rows.format === 'delimited' && group.rows.hasHeader !== false;
    const shift = before + (isHeaded ? 0 : 1);
    const faults = count.faults.flatMap(({ offset }) => (offset === undefined ? [] : [offset]));
    const isCut = count.faultCount > count.faults.length;
    const records = await findRecords(entry.file.readable, group.shape, {
      places: new Set(asked.map(({ line }) => line - shift)),
      faults: new Set(isCut || asked.length > 0 ? faults : offsets),
      ...(isCut && { limit: faults.at(-1) ?? -1 }),
    });
    const lines = new Map(asked.map(({ key, line }) => [key, records.places.get(line - shift)] as const));
    return { lines, offsets: records.faults };
  }

  return {
    async locate(places) {
      const byFile = new Map<number, Asked[]>();
      for (const [key, { fileNumber, line }] of places.entries()) {
        byFile.set(fileNumber, [...(byFile.get(fileNumber) ?? []), { key, line }]);
      }
      const located: (LocatedLine | undefined)[] = places.map(() => undefined);
      for (const [fileNumber, asked] of byFile) {
        const entry = entries.get(fileNumber);
        if (!entry) continue;
        const { lines } = await found(entry, asked, []);
        for (const [key, record] of lines) if (record) located[key] = { file: entry.file.name, ...record };
      }
      return located;
    },
    async faultsOf() {
      const rejects: Reject[] = [];
      for (const entry of entries.values()) {
        const { file, group, count } = entry;
        if (count.faults.length === 0) continue;
        const asked = count.faults.flatMap(({ line }, key) => (line === undefined ? [] : [{ key, line }]));
        const offsets = count.faults.flatMap(({ offset }) => (offset === undefined ? [] : [offset]));
        const { lines, offsets: atOffsets } = await found(entry, asked, offsets);
        for (const [key, { offset, field, reason }] of count.faults.entries()) {
          const record = offset === undefined ? lines.get(key) : atOffsets.get(offset);
          const column = field === undefined ? '' : (group.rows.columns[field]?.name ?? '');
          rejects.push({ file: file.name, line: record?.line ?? 1, column, reason, text: record?.text ?? '' });
        }
      }
      return rejects;
    },
  };
}

const EMPTY = (number: number): RowCount => ({ number, lines: 0, rows: 0, faultCount: 0, faults: [] });

/** Rows of a Parquet file as JSON. */
async function parquetRows({ file, group, before }: Entry, asked: readonly Asked[], engine: Engine) {
  const one = { ...group.rows, files: [{ path: file.readable, number: file.number }] };
  const keys = new Map(asked.map(({ key, line }) => [line - before, key]));
  const columns = group.rows.used ?? [];
  const values = columns.map((i) => sql`${sql.identifier(`f${i}`)}`);
  const lines = sql.join(
    [...keys.keys()].map((line) => sql`${line}`),
    ', ',
  );
  const rows = await engine.rows(
    sql`SELECT line, ${sql.join(values, ', ')} FROM ${engine.scanRows(one, { numbered: true })} r WHERE line IN (${lines})`,
  );
  return new Map(
    rows.map((row) => {
      const named = columns.map((i) => [group.rows.columns[i]?.name ?? '', row[`f${i}`]] as const);
      const line = Number(row['line']);
      return [keys.get(line) ?? -1, { line, text: JSON.stringify(Object.fromEntries(named)) }] as const;
    }),
  );
}
