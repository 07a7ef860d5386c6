import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { duckDbEngine } from '../engine/duckdb.js';
import { attractionsOfFiles, visitsOfFiles } from '../files/extract.js';
import type { FoundFile } from '../files/found.js';
import { postgresOptions } from '../files/options.js';
import type { PostgresOptions } from '../files/options.js';
import { readCsv } from '../files/read.js';
import type { ReadContext } from '../files/read.js';
import { attractionPlaces, firstRows, visitPlaces } from '../files/sources.js';
import { defineSource } from '../source/source.js';
import type { Delivered, LinePlace, LocatedLine, SourceContext } from '../source/source.js';
import { copyQuery } from './copy.js';

/** Rows that a probe asks for. */
const SAMPLE_ROWS = 1_000;

/** The rows of a query of PostgreSQL. They are copied to a file in the temporary folder first, so memory does not grow with them. */
export const postgres = defineSource<PostgresOptions>({
  type: 'postgres',
  options: postgresOptions,
  probe: async (given, context) => probed(given, context),
  visits: async (given, context) => {
    const file = await copied('visits', given, context);
    return withoutHeader(await visitsOfFiles(given, await read(visitPlaces(given), file, context), context));
  },
  attractions: async (given, context) => {
    const file = await copied('attractions', given, context);
    return withoutHeader(await attractionsOfFiles(given, await read(attractionPlaces(given), file, context), context));
  },
});

async function copied(
  what: string,
  { url, query }: PostgresOptions,
  { folder, signal }: Pick<SourceContext, 'folder' | 'signal'>,
  limit?: number,
): Promise<FoundFile> {
  const path = join(await folder(), `${what}-${randomUUID()}.csv`);
  await copyQuery({ variable: url, query, ...(limit !== undefined && { limit }) }, path, signal);
  return { path, name: `${url}/${what}`, partitions: {} };
}

const read = (places: Parameters<typeof readCsv>[1], file: FoundFile, context: ReadContext) =>
  readCsv({ files: [], delimiter: ',', quote: '"' }, places, { ...context, found: [file] });

/** Lines count the header of the copy, which nobody sees. */
const shifted = <Line extends { readonly line?: number } | undefined>(line: Line): Line =>
  line?.line === undefined ? line : { ...line, line: Math.max(1, line.line - 1) };

function withoutHeader<D extends Delivered<unknown>>(delivered: D): D {
  const { faults, locate } = delivered;
  return {
    ...delivered,
    faults: faults.map(shifted),
    ...(locate && {
      locate: async (places: readonly LinePlace[]): Promise<readonly (LocatedLine | undefined)[]> =>
        (await locate(places)).map(shifted),
    }),
  };
}

async function probed(given: PostgresOptions, { baseFolder, signal }: Pick<SourceContext, 'signal' | 'baseFolder'>) {
  const scratch = await mkdtemp(join(tmpdir(), 'attractions-probe-'));
  const engine = duckDbEngine();
  const context = { engine, baseFolder, folder: async () => scratch, ...(signal && { signal }) };
  try {
    const file = await copied('query', given, context, SAMPLE_ROWS);
    const sample = await firstRows(given, (places) => read(places, file, context), context);
    return { found: `The database of ${given.url} answers.`, sample: sample.map(shifted) };
  } finally {
    await engine.close();
    await rm(scratch, { recursive: true, force: true });
  }
}
