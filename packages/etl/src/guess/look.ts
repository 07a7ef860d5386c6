import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, relative, resolve, sep } from 'node:path';
import { parse } from 'csv-parse/sync';
import { duckDbEngine } from '../engine/duckdb.js';
import { EtlError } from '../errors.js';
import { findFiles } from '../files/find.js';
import { partitionsOf } from '../files/found.js';
import type { FoundFile } from '../files/found.js';
import { findObjects, isS3 } from '../files/s3.js';
import { copyQuery } from '../postgres/copy.js';
import { patternOf, varyingIn } from './names.js';
import { SAMPLE_ROWS, sampleOf } from './sample.js';
import type { FilesShape, Sample } from './sample.js';
import { lookAt } from './values.js';
import type { ColumnLook } from './values.js';

/** Files that are alike, as far as their beginnings show. */
export interface FilesLook extends FilesShape {
  /** As the option `files` has it. */
  readonly files: string | readonly string[];
  readonly count: number;
  readonly looks: readonly ColumnLook[];
}

/** What is in files and folders. */
export interface PathsLook {
  readonly found: readonly FilesLook[];
  /** What cannot be a source, each with the reason. */
  readonly leftOut: readonly { readonly path: string; readonly reason: string }[];
  /** The folder of the published data sets, which need no guess. */
  readonly sigir17?: string;
}

const MOST_FILES = 20_000;
/** Names that cannot be joined into a pattern are listed, up to so many. */
const MOST_LISTED = 50;

/**
 * Looks at the beginnings of files and of all files in folders. Nothing is written.
 * @throws EtlError ETL_NO_FILES for a path that is not there.
 */
export async function lookAtPaths(
  paths: readonly string[],
  baseFolder: string,
  signal?: AbortSignal,
): Promise<PathsLook> {
  const files: FoundFile[] = [];
  const tables: FilesLook[] = [];
  for (const path of paths) {
    const variable = /^postgres:(.+)$/i.exec(path)?.[1];
    if (variable === undefined) files.push(...(await filesBelow(path, baseFolder, signal)));
    else tables.push(...(await lookAtTables(variable, signal)));
  }
  const published = files.find(({ name }) => /^userVisits-.+[.]csv$/i.test(basename(name)));
  const [first = '.'] = paths;
  if (published !== undefined && paths.length === 1)
    return { found: [], leftOut: [], sigir17: nameIn(baseFolder, resolve(baseFolder, first)) };
  const shapes = new Map<string, FoundFile[]>();
  for (const file of files) {
    const shape = file.name.replace(/=[^/]+/g, '=').replace(/\d+/g, '#');
    shapes.set(shape, [...(shapes.get(shape) ?? []), file]);
  }
  const engine = duckDbEngine();
  const scratch = await mkdtemp(join(tmpdir(), 'attractions-init-'));
  const alike = new Map<string, { files: FoundFile[]; sample: Sample }>();
  const leftOut: { path: string; reason: string }[] = [];
  try {
    for (const members of shapes.values()) {
      signal?.throwIfAborted();
      const sample = await sampleOf(members, engine, scratch, signal);
      if (typeof sample === 'string') {
        leftOut.push({ path: members[0]?.name ?? '', reason: sample });
        continue;
      }
      const places = [...sample.values.keys()].sort();
      const key = JSON.stringify([sample.type, sample.delimiter, sample.encoding, sample.hasHeader, places]);
      const known = alike.get(key);
      if (!known) alike.set(key, { files: [...members], sample });
      else {
        known.files.push(...members);
        for (const [place, values] of sample.values) known.sample.values.get(place)?.push(...values);
      }
    }
  } finally {
    await engine.close();
    await rm(scratch, { recursive: true, force: true });
  }
  const found: FilesLook[] = [...tables];
  const query = /\?path-style=true$/.exec(first)?.[0] ?? '';
  for (const { files: members, sample } of alike.values()) found.push(await lookOf(members, sample, baseFolder, query));
  return { found, leftOut };
}

async function filesBelow(
  given: string,
  baseFolder: string,
  signal: AbortSignal | undefined,
): Promise<readonly FoundFile[]> {
  if (isS3(given))
    return findObjects(/[*?[{(!]|[.]\w+$/.test(given.replace(/\?.*$/, '')) ? given : everythingBelow(given), signal);
  const path = resolve(baseFolder, given);
  const there = await stat(path).catch(() => undefined);
  if (!there) throw new EtlError('ETL_NO_FILES', `There is no file or folder '${path}'; give the path of your data.`);
  const paths: string[] = there.isDirectory() ? [] : [path];
  const folders = there.isDirectory() ? [path] : [];
  for (let folder = folders.pop(); folder !== undefined && paths.length < MOST_FILES; folder = folders.pop()) {
    const entries = await readdir(folder, { withFileTypes: true });
    // A feed: what we wrote ourselves.
    if (entries.some(({ name }) => name === '_log')) continue;
    for (const entry of entries) {
      if (/^[._]/.test(entry.name) || entry.name === 'node_modules') continue;
      if (entry.isDirectory()) folders.push(join(folder, entry.name));
      else if (/^attractions[.]config[.]|^package(-lock)?[.]json$/.test(entry.name)) continue;
      else paths.push(join(folder, entry.name));
    }
  }
  return paths.sort().map((each) => ({ path: each, name: nameIn(baseFolder, each), partitions: partitionsOf(each) }));
}

/** `s3://bucket/logs?path-style=true` is `s3://bucket/logs/**?path-style=true`. */
const everythingBelow = (prefix: string): string => prefix.replace(/\/?(\?.*)?$/, '/**$1');

/** The first rows of each table of the database whose address a variable holds. */
async function lookAtTables(url: string, signal: AbortSignal | undefined): Promise<readonly FilesLook[]> {
  const folder = await mkdtemp(join(tmpdir(), 'attractions-init-'));
  const rowsOf = async (query: string, limit: number) => {
    const path = join(folder, 'rows.csv');
    await copyQuery({ variable: url, query, limit }, path, signal);
    const [names = [], ...rows] = parse(await readFile(path, 'utf8')) as string[][];
    return { names, rows };
  };
  try {
    const found: FilesLook[] = [];
    for (const [schema = '', name = ''] of (await rowsOf(TABLES, MOST_LISTED)).rows) {
      const table = [...(schema === 'public' ? [] : [schema]), name].map(identifier).join('.');
      const query = `SELECT * FROM ${table}`;
      const { names, rows } = await rowsOf(query, SAMPLE_ROWS);
      const looks = names.map((column, i) => lookAt(column, rows.map((row) => row[i] ?? ''))); // prettier-ignore
      found.push({ type: 'postgres', files: table, database: { url, query }, count: 1, looks });
    }
    return found;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const TABLES = `SELECT table_schema, table_name FROM information_schema.tables
WHERE table_schema NOT IN ('pg_catalog', 'information_schema') AND has_table_privilege(format('%I.%I', table_schema, table_name), 'SELECT')
ORDER BY 1, 2`;

const identifier = (name: string): string =>
  /^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;

async function lookOf(
  members: readonly FoundFile[],
  { values, typed, ...sample }: Sample,
  baseFolder: string,
  query: string,
): Promise<FilesLook> {
  const looks = [...values].map(([place, column]) => lookAt(place, column, typed.has(place)));
  const names = members.map(({ name }) => name);
  const [first = ''] = names;
  if (names.length === 1) return { ...sample, files: first + query, count: 1, looks };
  const pattern = patternOf(names);
  const wanted = pattern === undefined ? [] : await findFiles([pattern + query], baseFolder).catch(() => []);
  const given = new Set(members.map(({ path, name }) => path || name));
  const isExact = wanted.length === members.length && wanted.every(({ path, name }) => given.has(path || name));
  const listed = names.slice(0, MOST_LISTED).map((name) => name + query);
  const files = isExact && pattern !== undefined ? pattern + query : listed;
  return { ...sample, files, count: members.length, looks, ...varyingIn(names) };
}

/** As the configuration writes it: relative where it is near. */
function nameIn(baseFolder: string, path: string): string {
  const name = relative(baseFolder, path).split(sep).join('/');
  return name.startsWith('../../../') ? path : name || '.';
}
