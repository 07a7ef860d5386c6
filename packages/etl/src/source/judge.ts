import type { StandardSchemaV1 } from '@standard-schema/spec';
import { loadVisits } from '../loader.js';
import type { LoaderOptions } from '../compose.js';
import type { ChosenSettings, SourceSettings } from './choose.js';
import { pseudonymOf } from './pseudonym.js';
import { defineSource } from './source.js';
import type { AttractionRow, Probe, RefusedRow, RowPlace, Source, VisitRow } from './source.js';

/** The first rows of a source, as a load would take them. */
export interface JudgedRows {
  readonly rows: number;
  readonly refused: number;
  /** In their order; those that would be refused say why. */
  readonly sample: Probe['sample'];
  /** Values that a row would be kept without, such as a bad latitude. */
  readonly cells: readonly RefusedRow[];
}

const NAME = 'sample';

/** Values that an attraction may be kept without. */
const CELLS = ['latitude', 'longitude', 'durationMinutes'];

/**
 * Judges rows of visits as a load would: by the attractions and what events weigh. The source of attractions is read whole.
 * @throws EtlError as `loadVisits` does.
 */
export async function judgeVisits(
  sample: Probe['sample'],
  attractions: ChosenSettings | undefined,
  options: LoaderOptions,
): Promise<JudgedRows> {
  const from = { visits: { type: NAME }, ...(attractions && { attractions }) };
  const sources = [...(options.sources ?? []), sourceOf({ visits: sample })];
  const rows = await judged(sample, from, { ...options, sources });
  const { pseudonymKey } = options;
  if (pseudonymKey === undefined) return rows;
  // The text of a row has the id in it.
  const hidden = (row: Probe['sample'][number]) => ({
    ...row,
    ...('user' in row && { user: pseudonymOf(pseudonymKey, String(row.user)) }),
    text: undefined,
  });
  return { ...rows, sample: rows.sample.map(hidden) as Probe['sample'] };
}

/** The same of attractions. */
export async function judgeAttractions(sample: Probe['sample'], options: LoaderOptions): Promise<JudgedRows> {
  const visit = { user: NAME, attraction: '', time: 0 };
  const source = sourceOf({ visits: [visit], attractions: sample });
  return judged(sample, { visits: { type: NAME }, attractions: { type: NAME } }, { ...options, sources: [source] });
}

async function judged(sample: Probe['sample'], from: SourceSettings, options: LoaderOptions): Promise<JudgedRows> {
  const { rejects } = await loadVisits(from, options);
  const faults = rejects.filter(({ file }) => file === NAME);
  const shown = ({ reason, column, line }: (typeof faults)[number]): RefusedRow => {
    const { file, line: fileLine, text } = sample[line - 1] ?? {};
    const place = { ...(file !== undefined && { file }), ...(fileLine !== undefined && { line: fileLine }) };
    return { refused: reason, column, ...place, ...(text !== undefined && { text }) };
  };
  const cells = faults.filter(({ column }) => CELLS.includes(column));
  const refused = new Map(faults.filter((each) => !cells.includes(each)).map((each) => [each.line, shown(each)]));
  return {
    rows: sample.length,
    refused: refused.size,
    sample: sample.map((row, i) => refused.get(i + 1) ?? row),
    cells: cells.map(shown),
  };
}

/** A source of rows that are in memory; each has its number as its line. */
function sourceOf(given: { readonly visits: Probe['sample']; readonly attractions?: Probe['sample'] }): Source {
  const { visits, attractions = [] } = given;
  return defineSource({
    type: NAME,
    options: ANYTHING,
    probe: () => Promise.resolve({ found: '', sample: [] }),
    visits: () => numbered(visits as readonly (VisitRow | RefusedRow)[], attractions.length > 0),
    attractions: () => numbered(attractions as readonly (AttractionRow | RefusedRow)[], false),
  });
}

const ANYTHING: StandardSchemaV1 = {
  '~standard': { version: 1, vendor: 'attractions', validate: (value) => ({ value }) },
};

async function* numbered<Row extends VisitRow | AttractionRow | RefusedRow>(
  rows: readonly Row[],
  isElsewhere: boolean,
): AsyncGenerator<Row & RowPlace> {
  for (const [i, row] of rows.entries())
    yield Object.assign({ ...row }, { file: isElsewhere ? '' : NAME, line: i + 1 });
}
