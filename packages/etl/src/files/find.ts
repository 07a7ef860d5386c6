import { stat } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { glob, isDynamicPattern } from 'tinyglobby';
import { EtlError } from '../errors.js';
import { partitionsOf } from './found.js';
import type { FoundFile } from './found.js';
import { findObjects, isS3 } from './s3.js';

/**
 * The files of paths and patterns (`*`, `**`, `{a,b}`), also of `s3://bucket/key`, each once, in order of their names by code unit. Names that begin with `.` or `_` are
 * left out by patterns, as Spark does: they are of programs that write.
 * @throws EtlError ETL_NO_FILES with the pattern that nothing matches, or ETL_FILE_UNREADABLE for a folder or a missing file.
 */
export async function findFiles(
  patterns: readonly string[],
  baseFolder: string,
  signal?: AbortSignal,
): Promise<readonly FoundFile[]> {
  const found = new Map<string, FoundFile>();
  for (const pattern of patterns) {
    if (isS3(pattern)) for (const file of await findObjects(pattern, signal)) found.set(file.name, file);
    else for (const path of await expand(pattern, baseFolder)) found.set(path, { path, ...named(path, baseFolder) });
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
  return { name: inside.startsWith('../') ? path : inside, partitions: partitionsOf(path) };
}
