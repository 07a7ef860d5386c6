import { EtlError } from '../errors.js';
import type { FoundFile } from './found.js';
import type { ColumnPlace } from './options.js';

/** Where a value is, as far as it is the same for all files of one header: a field of each row, or one text for a whole file. */
export type Value =
  | { readonly kind: 'field'; readonly position: number; readonly name: string }
  | { readonly kind: 'text'; readonly of: (file: FoundFile) => string; readonly name: string };

export type Mapping = Readonly<Record<string, Value>>;

/** What a header is called in messages, and what it has. */
export interface Header {
  readonly file: FoundFile;
  /** Undefined where columns have no names. */
  readonly names: readonly string[] | undefined;
  readonly width: number;
}

/**
 * Finds the columns in a header. A name is first looked for as it is, then in any case, then among the folders above the file.
 * @throws EtlError ETL_HEADER_UNKNOWN with every column that is missing, or there twice.
 */
export function mapColumns(header: Header, places: Readonly<Record<string, ColumnPlace>>, hint = ''): Mapping {
  const mapping: Record<string, Value> = {};
  const problems: string[] = [];
  for (const [column, place] of Object.entries(places)) {
    const found = valueAt(place, header);
    if (typeof found === 'string') problems.push(`${column} is ${found}`);
    else mapping[column] = found;
  }
  if (problems.length === 0) return mapping;
  const has = header.names
    ? `the columns ${header.names.map((name) => `'${name.slice(0, 80)}'`).join(', ')}`
    : `${header.width} columns`;
  throw new EtlError(
    'ETL_HEADER_UNKNOWN',
    `'${header.file.name}' has ${has}, but ${problems.join('; ')}. Correct \`columns\`${hint}, or the file.`,
  );
}

/** A value, or why there is none. */
function valueAt(place: ColumnPlace, { file, names, width }: Header): Value | string {
  if (typeof place === 'number') {
    if (place > width) return `number ${place}`;
    return { kind: 'field', position: place - 1, name: String(place) };
  }
  if (typeof place === 'string') {
    const positions = positionsOf(place, names ?? []);
    const [position] = positions;
    if (positions.length > 1) return `'${place}', which is there ${positions.length} times`;
    if (position !== undefined) return { kind: 'field', position, name: names?.[position] ?? place };
    if (place in file.partitions) return { kind: 'text', name: place, of: ({ partitions }) => partitions[place] ?? '' };
    return `'${place}', which is not among them`;
  }
  if ('constant' in place) return { kind: 'text', name: 'constant', of: () => String(place.constant) };
  const pattern = new RegExp(place.fileName);
  if (!pattern.test(file.name)) return `of the file's name, which does not match '${place.fileName}'`;
  return { kind: 'text', name: 'fileName', of: ({ name }) => pattern.exec(name)?.[1] ?? '' };
}

function positionsOf(name: string, names: readonly string[]): readonly number[] {
  const exact = names.flatMap((each, i) => (each === name ? [i] : []));
  if (exact.length > 0) return exact;
  return names.flatMap((each, i) => (each.toLowerCase() === name.toLowerCase() ? [i] : []));
}
