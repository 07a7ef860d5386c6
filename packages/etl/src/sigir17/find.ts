import { readdir, stat } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { EtlError } from '../errors.js';

/** What a raw file holds. */
export type RawKind = 'visits' | 'attractions';

/** A raw file, found but not yet opened. */
export interface RawFile {
  readonly kind: RawKind;
  /** From the file's name: `userVisits-MagicK-allPOI.csv` and `POI-MagicK.csv` are both of park `MagicK`. NFC. */
  readonly park: string;
  /** Absolute. */
  readonly path: string;
  /** Relative to the raw data folder, with `/`; the file's name in rejects and lineage. */
  readonly name: string;
}

const KINDS: readonly (readonly [RawKind, RegExp])[] = [
  ['visits', /^userVisits-(.+)\.csv$/i],
  ['attractions', /^POI-(.+)\.csv$/i],
];

/**
 * The raw files of a folder, at any depth, in order of their names (by code unit, so the order is the same everywhere).
 * Files with other names are ignored; links to files are followed, links to folders are not.
 * @throws EtlError ETL_NO_FOLDER, or ETL_NO_FILES where there is no visits file.
 */
export async function findRawFiles(folder: string): Promise<readonly RawFile[]> {
  const root = resolve(folder);
  const entries = await listFolder(root);
  const files: RawFile[] = [];
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    const found = classify(entry.name);
    if (found === undefined || entry.isDirectory()) continue;
    if (entry.isSymbolicLink() && !(await stat(path).catch(() => undefined))?.isFile()) continue;
    files.push({ ...found, path, name: relative(root, path).split(sep).join('/') });
  }
  if (!files.some((file) => file.kind === 'visits')) {
    throw new EtlError(
      'ETL_NO_FILES',
      `'${root}' has no userVisits-<park>.csv; point RAW_DATA_PATH at the folder of the raw files.`,
    );
  }
  return files.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function classify(name: string): { kind: RawKind; park: string } | undefined {
  for (const [kind, pattern] of KINDS) {
    const stem = pattern.exec(name)?.[1];
    if (stem !== undefined) return { kind, park: stem.replace(/-allPOI$/i, '').normalize('NFC') };
  }
  return undefined;
}

async function listFolder(root: string) {
  try {
    return await readdir(root, { recursive: true, withFileTypes: true });
  } catch (cause) {
    throw new EtlError(
      'ETL_NO_FOLDER',
      `'${root}' is not a folder that can be read; point RAW_DATA_PATH at the folder of the raw files.`,
      { cause },
    );
  }
}
