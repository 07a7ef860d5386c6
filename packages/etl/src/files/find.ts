import { stat } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { glob, isDynamicPattern } from 'tinyglobby';
import { EtlError } from '../errors.js';

/** A raw file that was found. */
export interface FoundFile {
  /** Absolute. */
  readonly path: string;
  /** Relative to the folder that patterns are relative to, with `/`; the file's name in rejects and lineage. */
  readonly name: string;
  /** Of the folders above it, as Hive names them: `day=2026-11-27/part-0.csv` is of `day` `2026-11-27`. */
  readonly partitions: Readonly<Record<string, string>>;
}

/**
 * The files of paths and patterns (`*`, `**`, `{a,b}`), each once, in order of their names by code unit. Names that begin with `.` or `_` are
 * left out by patterns, as Spark does: they are of programs that write.
 * @throws EtlError ETL_NO_FILES with the pattern that nothing matches, or ETL_FILE_UNREADABLE for a folder or a missing file.
 */
export async function findFiles(patterns: readonly string[], baseFolder: string): Promise<readonly FoundFile[]> {
  const found = new Map<string, FoundFile>();
  for (const pattern of patterns) {
    for (const path of await expand(pattern, baseFolder)) found.set(path, { path, ...named(path, baseFolder) });
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function expand(pattern: string, baseFolder: string): Promise<readonly string[]> {
  const path = resolve(baseFolder, pattern);
  const there = await stat(path).catch(() => undefined);
  if (there?.isFile()) return [path];
  if (there?.isDirectory())
    throw new EtlError(
      'ETL_FILE_UNREADABLE',
      `'${path}' is a folder; name its files: '${pattern.replace(/[/\\]$/, '')}/**/*'.`,
    );
  if (there) throw new EtlError('ETL_FILE_UNREADABLE', `'${path}' is neither a file nor a folder.`);
  if (!isDynamicPattern(pattern))
    throw new EtlError(
      'ETL_NO_FILES',
      `There is no file '${path}'; correct \`files\`, which is relative to '${baseFolder}'.`,
    );
  const [cwd, relativePattern] = isAbsolute(pattern) ? rooted(pattern) : [baseFolder, pattern];
  const paths = await glob(relativePattern.split(sep).join('/'), {
    cwd,
    absolute: true,
    ignore: ['**/_*', '**/_*/**'],
    expandDirectories: false,
  });
  if (paths.length === 0)
    throw new EtlError('ETL_NO_FILES', `No file matches '${pattern}' in '${cwd}'; correct \`files\`.`);
  return paths.map((each) => resolve(each));
}

/** The folder that an absolute pattern begins with, and the rest. */
function rooted(pattern: string): readonly [string, string] {
  const parts = pattern.split(/[/\\]/);
  const first = parts.findIndex((part) => isDynamicPattern(part));
  return [join(parts.slice(0, first).join('/'), '/'), parts.slice(first).join('/')];
}

function named(path: string, baseFolder: string): Pick<FoundFile, 'name' | 'partitions'> {
  const inside = relative(baseFolder, path).split(sep).join('/');
  const folders = path.split(sep).slice(0, -1);
  const pairs = folders.flatMap((folder) => {
    const [, key, value] = /^([^=]+)=(.*)$/.exec(folder) ?? [];
    return key === undefined || value === undefined ? [] : [[key, decoded(value)] as const];
  });
  return { name: inside.startsWith('../') ? path : inside, partitions: Object.fromEntries(pairs) };
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
