import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { duckDbEngine } from './engine/duckdb.js';
import type { Engine, RunOptions } from './engine/engine.js';
import { EtlError } from './errors.js';
import { rowTexts } from './files/extract.js';
import type { AttractionColumn, FilesOptions, VisitColumn } from './files/options.js';
import { isS3 } from './files/s3.js';
import { ATTRACTION_PLACES, READERS, VISIT_PLACES } from './files/sources.js';
import { frame, sql } from './frame/frame.js';
import { chooseSources } from './source/choose.js';
import type { ChosenSettings, SourceSettings } from './source/choose.js';
import type { Source, SourceContext } from './source/source.js';

/** How raw data of many tenants are split. */
export interface SplitOptions {
  /** What relative paths of the sources are relative to. */
  readonly baseFolder: string;
  /** Sources of your own, which the settings may name too. */
  readonly sources?: readonly Source[];
  /** Where the parts are written: a folder for each tenant. */
  readonly folder: string;
  /** Whether a value may name a tenant, and with it a folder. */
  readonly isName: (value: string) => boolean;
  /** The share of the rows that may belong to no tenant. */
  readonly maxRejectShare: number;
  readonly memoryLimitMb: number;
  readonly signal?: AbortSignal;
}

/** The parts of raw data. */
export interface SplitData {
  /** Names of the tenants that have visits, sorted. */
  readonly tenants: readonly string[];
  /** The sources of each tenant, relative to its folder. */
  readonly from: SourceSettings;
  /** Rows of visits. */
  readonly rows: number;
  /** Those of them that belong to no tenant: their value cannot name one, or they cannot be read. */
  readonly rejectedRows: number;
  /** Values that cannot name a tenant, with their rows, the most frequent first; at most five. */
  readonly refused: readonly { readonly value: string; readonly rows: number }[];
}

type Column = VisitColumn | AttractionColumn;

/** Values shown of those that name no tenant. */
const SHOWN = 5;

/** Whether the visits of these sources say whose they are. */
export const hasTenants = ({ visits }: SourceSettings): boolean => columnsOf(visits)['tenant'] !== undefined;

/**
 * Splits the visits of many tenants by their column `tenant`, and attractions too where they have one: each tenant gets a folder with Parquet files of its rows, whose
 * values are texts as in the raw data. The source is read once, however many tenants there are. Equal rows give equal files, so that a run can tell that nothing is new.
 *
 * @throws EtlError ETL_SOURCES_INVALID, ETL_TOO_MANY_REJECTS, or the code of the source
 */
export async function splitByTenant(settings: SourceSettings, options: SplitOptions): Promise<SplitData> {
  const { baseFolder, folder, maxRejectShare, memoryLimitMb, signal } = options;
  await chooseSources(settings, options.sources);
  const engine = duckDbEngine({ memoryLimitMb });
  const scratch = await mkdtemp(join(tmpdir(), 'attractions-split-'));
  const context: SourceContext = {
    engine,
    baseFolder: resolve(baseFolder),
    folder: async () => scratch,
    ...(signal && { signal }),
  };
  try {
    const visits = await splitOne('visits', settings.visits, context, options);
    const { rows, refused, names } = visits;
    const rejectedRows = rows - visits.splitRows;
    if (rejectedRows > maxRejectShare * rows || names.length === 0)
      throw new EtlError(
        'ETL_TOO_MANY_REJECTS',
        `${rejectedRows} of ${rows} rows belong to no tenant${shownValues(refused)}; the share allowed is ${maxRejectShare}, MAX_REJECT_SHARE. Names of tenants have 1 to 63 of a to z, 0 to 9, _ and -, with a letter or a digit first.`,
      );
    const { attractions } = settings;
    const isSplit = attractions !== undefined && columnsOf(attractions)['tenant'] !== undefined;
    const places = isSplit ? await splitOne('attractions', attractions, context, options, names) : undefined;
    const given = places?.settings ?? (attractions && absolute(attractions, context.baseFolder));
    const from = { visits: visits.settings, ...(given && { attractions: given }) };
    return { tenants: names, from, rows, rejectedRows, refused };
  } finally {
    await engine.close();
    await rm(scratch, { recursive: true, force: true });
  }

  /** Writes a file for each tenant; those that are `wanted`, also where they have no rows. */
  async function splitOne(
    role: 'visits' | 'attractions',
    { type, ...given }: ChosenSettings,
    context: SourceContext,
    { isName }: SplitOptions,
    wanted?: readonly string[],
  ) {
    const { engine } = context as { engine: Engine };
    const how: RunOptions = signal ? { signal } : {};
    const read = READERS[type];
    if (read === undefined)
      throw new EtlError(
        'ETL_SOURCES_INVALID',
        `sources.${role}.columns.tenant: The source '${type}' cannot be split; give files of csv, jsonl or parquet.`,
      );
    const source = given as unknown as FilesOptions;
    const places = { ...(role === 'visits' ? VISIT_PLACES : ATTRACTION_PLACES), ...source.columns };
    const groups = await read(source, places, context);
    const columns = (Object.keys(places) as Column[]).filter((column) => column !== 'tenant');
    const { lines, rows, confirm } = await rowTexts(groups, [...columns, 'tenant'], source, context);
    const names = columns.map((column) => sql.identifier(nameOf(column)));
    const all = sql.join(names, ', ');
    // Sorted, so that a tenant's rows lie together: each file is then written from a small part of the table.
    const kept = frame(`tenant_${role}`)`SELECT tenant, ${all} FROM ${lines} ORDER BY tenant, ${all}`;
    await engine.keep(kept, how);
    const counts = (await engine.rows(sql`SELECT tenant, count(*) AS n FROM ${kept} GROUP BY tenant`, how)).map(
      (row) => ({
        value: String(row['tenant'] ?? ''),
        rows: Number(row['n']),
      }),
    );
    const named = counts.filter(({ value }) => isName(value));
    for (const tenant of wanted ?? named.map(({ value }) => value)) {
      signal?.throwIfAborted();
      await mkdir(join(folder, tenant), { recursive: true });
      const own = sql`SELECT ${all} FROM ${kept} WHERE tenant = ${tenant} ORDER BY ${all}`;
      await engine.write(own, join(folder, tenant, `${role}.parquet`), how);
    }
    await confirm?.();
    const { ids, timeFormat } = source;
    return {
      rows,
      splitRows: named.reduce((sum, each) => sum + each.rows, 0),
      refused: counts
        .filter(({ value }) => !isName(value))
        .sort((a, b) => b.rows - a.rows)
        .slice(0, SHOWN),
      names: named.map(({ value }) => value).sort(),
      settings: {
        type: 'parquet',
        files: `${role}.parquet`,
        columns: Object.fromEntries(columns.map((column) => [column, nameOf(column)])),
        ...(ids !== undefined && { ids }),
        ...((role === 'visits' || timeFormat !== undefined) && { timeFormat: 'unix-millis' }),
      },
    };
  }
}

const nameOf = (column: Column): string => column.toLowerCase();

function columnsOf({ columns }: ChosenSettings): Readonly<Record<string, unknown>> {
  return Object(columns) as Readonly<Record<string, unknown>>;
}

/** What all tenants share is not in their folders. */
function absolute(settings: ChosenSettings, baseFolder: string): ChosenSettings {
  const { files } = settings;
  if (!READERS[settings.type] || files === undefined) return settings;
  const paths = [files].flat().map((file) => (isS3(String(file)) ? file : resolve(baseFolder, String(file))));
  return { ...settings, files: paths };
}

function shownValues(refused: SplitData['refused']): string {
  if (refused.length === 0) return '';
  const shown = refused.map(
    ({ value, rows }) => `${value === '' ? 'no value' : JSON.stringify(value.slice(0, 80))} (${rows})`,
  );
  return `, the most by the values ${shown.join(', ')}`;
}
