import { EtlError } from '../errors.js';
import type { AttractionsColumn, ColumnRule, Layout, VisitsColumn } from './layouts.js';
import type { Survey } from './survey.js';

/** 0-based positions in a file's header by logical column: one, none for an absent optional column, or any number of themes. */
export type Mapping<C extends string> = Readonly<Record<C, readonly number[]>>;

/** A surveyed file whose columns are known. */
export interface MappedFile<C extends string> {
  readonly survey: Survey;
  readonly columns: Mapping<C>;
  readonly names: Layout['names'];
}

/** A mapped file that a CSV reader takes. */
export interface ReadableFile<C extends string> extends MappedFile<C> {
  /** Of the raw file itself, or of a regular copy with the same line numbers. */
  readonly path: string;
}

/** Finds the columns of a visits file. Throws ETL_HEADER_UNKNOWN with what each layout misses. */
export function mapVisits(survey: Survey, layouts: readonly Layout[]): MappedFile<VisitsColumn> {
  return mapColumns(survey, layouts, (layout) => layout.visits);
}

/** Finds the columns of an attractions file. Throws ETL_HEADER_UNKNOWN with what each layout misses. */
export function mapAttractions(survey: Survey, layouts: readonly Layout[]): MappedFile<AttractionsColumn> {
  return mapColumns(survey, layouts, (layout) => layout.attractions);
}

function mapColumns<C extends string>(
  survey: Survey,
  layouts: readonly Layout[],
  rulesOf: (layout: Layout) => Readonly<Record<C, ColumnRule>>,
): MappedFile<C> {
  const header = survey.header.map((name) => name.toLowerCase());
  const misfits: string[] = [];
  for (const layout of layouts) {
    const rules = rulesOf(layout);
    const misfit: string[] = [];
    const columns = mapRecord(rules, (rule) => {
      const positions = positionsOf(rule, header);
      if (rule.count === 'one' && positions.length === 0) misfit.push(`no ${rule.names.join(' or ')}`);
      if (rule.count !== 'any' && positions.length > 1) misfit.push(`${rule.names.join(' or ')} more than once`);
      return positions;
    });
    if (misfit.length === 0) return { survey, columns, names: layout.names };
    misfits.push(`read as '${layout.name}' it has ${misfit.join(', ')}`);
  }
  throw new EtlError(
    'ETL_HEADER_UNKNOWN',
    `'${survey.file.name}' has the columns ${survey.header.join(';')}; ${misfits.join('; ')}. ` +
      'Correct line 1, or give the loader a layout of your own.',
  );
}

function positionsOf(rule: ColumnRule, header: readonly string[]): readonly number[] {
  const names = rule.names.map((name) => name.toLowerCase());
  return header.flatMap((name, position) => (names.includes(name) ? [position] : []));
}

function mapRecord<C extends string, A, B>(record: Readonly<Record<C, A>>, f: (value: A) => B): Record<C, B> {
  const mapped: Partial<Record<C, B>> = {};
  for (const key in record) mapped[key] = f(record[key]);
  return mapped as Record<C, B>;
}
