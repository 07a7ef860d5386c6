import { createHash, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Source as SourceFile } from '@attractions/feeds';
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
import { becameOf, copyQuery, positionIn, versionOf } from './copy.js';
import type { Copied } from './copy.js';
import type { Position } from './relation.js';

/** Rows that a probe asks for. */
const SAMPLE_ROWS = 1_000;

/** The rows of a query of PostgreSQL. They are copied to a file in the temporary folder first, so memory does not grow with them. */
export const postgres = defineSource<PostgresOptions>({
  type: 'postgres',
  options: postgresOptions,
  probe: async (given, context) => probed(given, context),
  readsOnly: true,
  fingerprint: async (given, { role, signal }) => {
    const since = (known: SourceFile) => becameOf(queryOf(given), known, signal);
    return [{ path: nameOf(given, role), bytes: 0, version: '', since }];
  },
  visits: async (given, context) => {
    const copy = await copied('visits', given, context);
    return asRows(await visitsOfFiles(given, await read(visitPlaces(given), copy.file, context), context), copy);
  },
  attractions: async (given, context) => {
    const copy = await copied('attractions', given, { ...context, after: undefined });
    return asRows(
      await attractionsOfFiles(given, await read(attractionPlaces(given), copy.file, context), context),
      copy,
    );
  },
});

type Role = 'visits' | 'attractions';

const nameOf = ({ url }: PostgresOptions, role: Role): string => `${url}/${role}`;

function queryOf({ url, query, watermark }: PostgresOptions) {
  const mark = typeof watermark === 'string' ? { column: watermark } : watermark;
  return { variable: url, query, watermark: mark };
}

/** A copy of the rows that were not read before. */
interface Copy extends Copied {
  readonly file: FoundFile;
  /** What was read before, and how far that is. */
  readonly known?: SourceFile;
  readonly after?: Position;
}

async function copied(
  role: Role,
  given: PostgresOptions,
  {
    folder,
    signal,
    after: before,
  }: Pick<SourceContext, 'folder' | 'signal'> & { readonly after?: SourceContext['after'] | undefined },
): Promise<Copy> {
  const name = nameOf(given, role);
  const path = join(await folder(), `${role}-${randomUUID()}.csv`);
  const known = before?.get(name);
  const after = known && positionIn(known);
  const found = await copyQuery({ ...queryOf(given), after }, path, signal);
  return { ...found, file: { path, name, partitions: {} }, ...(known && { known }), ...(after && { after }) };
}

const read = (places: Parameters<typeof readCsv>[1], file: FoundFile, context: ReadContext) =>
  readCsv({ files: [], delimiter: ',', quote: '"' }, places, { ...context, found: [file] });

/** As rows of the query: lines count from the first row that was ever read, and the header of the copy is none. */
function asRows<D extends Delivered<unknown>>(delivered: D, { headerBytes, position, known, after }: Copy): D {
  const { faults, locate, files } = delivered;
  const numbered = shiftedBy((after?.rows ?? 0) - 1);
  const version = position && { version: versionOf(position) };
  return {
    ...delivered,
    faults: faults.map(numbered),
    files: files.map((file) => ({ ...(known ? joined(known, file, headerBytes) : file), ...version })),
    ...(locate && {
      locate: async (places: readonly LinePlace[]): Promise<readonly (LocatedLine | undefined)[]> =>
        (await locate(places)).map(numbered),
    }),
  };
}

const shiftedBy =
  (more: number) =>
  <Line extends { readonly line?: number } | undefined>(line: Line): Line =>
    line?.line === undefined ? line : { ...line, line: Math.max(1, line.line + more) };

/** What was read before and what was read now, as one; the hash is of both hashes, since the rows of before are not read again. */
function joined(known: SourceFile, { path, bytes, sha256 }: SourceFile, headerBytes: number): SourceFile {
  const both = createHash('sha256').update(known.sha256).update(sha256).digest('hex');
  return { path, bytes: known.bytes + bytes - headerBytes, sha256: both };
}

async function probed(given: PostgresOptions, { baseFolder, signal }: Pick<SourceContext, 'signal' | 'baseFolder'>) {
  const scratch = await mkdtemp(join(tmpdir(), 'attractions-probe-'));
  const engine = duckDbEngine();
  const context = { engine, baseFolder, folder: async () => scratch, ...(signal && { signal }) };
  try {
    const path = join(scratch, 'query.csv');
    await copyQuery({ ...queryOf(given), limit: SAMPLE_ROWS }, path, signal);
    const file = { path, name: `${given.url}/query`, partitions: {} };
    const sample = await firstRows(given, (places) => read(places, file, context), context);
    return { found: `The database of ${given.url} answers.`, sample: sample.map(shiftedBy(-1)) };
  } finally {
    await engine.close();
    await rm(scratch, { recursive: true, force: true });
  }
}
