import { join, resolve } from 'node:path';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { fingerprintOf } from '../files/open.js';
import { defineSource } from '../source/source.js';
import type { Delivered, Probe, SourceContext, VisitRow } from '../source/source.js';
import { findRawFiles } from './find.js';
import type { RawFile } from './find.js';
import { LAYOUTS, mapAttractions, mapVisits } from './layout.js';
import type { AttractionsColumn, Layout, MappedFile, VisitsColumn } from './layout.js';
import { judgeLine, splitLine } from './line.js';
import { eachLine, readBlocks } from './lines.js';
import { readAttractions, readVisits } from './reader.js';
import type { ReadableFile } from './reader.js';
import { readHeader, surveyFile, writeRegularCopy } from './survey.js';
import type { Survey } from './survey.js';

/** Options of the source `sigir17`. */
export interface Sigir17Options {
  /** The folder of the raw files; they may lie at any depth in it. */
  readonly folder: string;
  /** How files name their columns, in the order tried. Default: {@link LAYOUTS}. */
  readonly layouts?: readonly Layout[];
}

/** How many rows a probe shows. */
const SAMPLE_ROWS = 3;

/**
 * The folders that the theme park and city data sets are published as: `userVisits-<park>-allPOI.csv` and `POI-<park>.csv` at any depth.
 * As a source of visits it has the attractions of the same folder too.
 */
export const sigir17 = defineSource<Sigir17Options>({
  type: 'sigir17',
  options: optionsSchema(),
  probe,
  async fingerprint({ folder }, { baseFolder }) {
    return Promise.all((await findRawFiles(resolve(baseFolder, folder))).map(fingerprintOf));
  },
  async visits(options, context) {
    const { visits, attractions } = await deliver(options, context);
    return { ...visits, attractions };
  },
  async attractions(options, context) {
    return (await deliver(options, context)).attractions;
  },
});

/** Surveys the raw files in order of their names, copies the irregular ones to the temporary folder, and composes their frames. */
async function deliver({ folder, layouts = LAYOUTS }: Sigir17Options, context: SourceContext) {
  const surveys: Survey[] = [];
  const visits: ReadableFile<VisitsColumn>[] = [];
  const attractions: ReadableFile<AttractionsColumn>[] = [];
  for (const file of await findRawFiles(resolve(context.baseFolder, folder))) {
    context.signal?.throwIfAborted();
    const survey = await surveyFile(file);
    surveys.push(survey);
    if (file.kind === 'visits') visits.push(await readable(mapVisits(survey, layouts), surveys.length, context));
    else attractions.push(await readable(mapAttractions(survey, layouts), surveys.length, context));
  }
  return {
    visits: delivered(visits, readVisits(context.engine, visits)),
    attractions: delivered(attractions, readAttractions(context.engine, attractions)),
  };
}

/** The file as a CSV reader takes it: itself where it is regular, or else a copy. */
async function readable<C extends string>(
  file: MappedFile<C>,
  number: number,
  context: SourceContext,
): Promise<ReadableFile<C>> {
  if (file.survey.regular) return { ...file, path: file.survey.file.path };
  const path = join(await context.folder(), `${number}.csv`);
  await writeRegularCopy(file.survey, path);
  return { ...file, path };
}

function delivered<Extract>(files: readonly MappedFile<string>[], extract: Extract): Delivered<Extract> {
  const surveys = files.map(({ survey }) => survey);
  const faults = surveys.flatMap((survey) => survey.faults);
  return {
    extract,
    rows: surveys.reduce((sum, { rows }) => sum + rows, -faults.length),
    faults,
    files: surveys.map(({ file, bytes, sha256 }) => ({ path: file.name, bytes, sha256 })),
  };
}

/** Lists the folder, and reads the first block of its first visits file. */
async function probe(
  { folder, layouts = LAYOUTS }: Sigir17Options,
  { baseFolder }: Pick<SourceContext, 'baseFolder'>,
): Promise<Probe> {
  const files = await findRawFiles(resolve(baseFolder, folder));
  const visits = files.filter(({ kind }) => kind === 'visits');
  const sample = visits[0] ? await sampleOf(visits[0], layouts) : [];
  const parks = new Set(visits.map(({ park }) => park)).size;
  const found = `Found in '${folder}': ${visits.length} of userVisits-*.csv, ${files.length - visits.length} of POI-*.csv; parks with visits: ${parks}.`;
  return { found, sample };
}

/** The first regular lines of a visits file. */
async function sampleOf(file: RawFile, layouts: readonly Layout[]): Promise<readonly VisitRow[]> {
  const rows: VisitRow[] = [];
  for await (const block of readBlocks(file.path)) {
    let line = 0;
    let header: readonly string[] = [];
    let columns: MappedFile<VisitsColumn>['columns'] | undefined;
    eachLine(block, true, (start, end) => {
      line++;
      if (rows.length === SAMPLE_ROWS) return;
      if (columns === undefined) {
        header = readHeader(file, block.subarray(start, end));
        columns = mapVisits({ file, header }, layouts).columns;
        return;
      }
      const verdict = judgeLine(block, start, end, header.length);
      if (verdict !== 'regular' && verdict !== 'padded') return;
      const text = block.toString('utf8', start, end);
      rows.push({ ...rowOf(splitLine(text), columns), park: file.park, file: file.name, line, text });
    });
    break;
  }
  return rows;
}

function rowOf(fields: readonly string[], columns: MappedFile<VisitsColumn>['columns']): VisitRow {
  const value = (column: VisitsColumn): string => fields[columns[column][0] ?? -1] ?? '';
  const seconds = Number(value('taken'));
  const time = Number.isSafeInteger(seconds) && seconds > 0 ? new Date(seconds * 1_000) : value('taken');
  return { user: value('user'), attraction: value('poi'), time, photo: value('photo'), sequence: value('sequence') };
}

/** A folder, and layouts of the user's own, whose inside is trusted to their type. */
function optionsSchema(): StandardSchemaV1<unknown, Sigir17Options> {
  return {
    '~standard': {
      version: 1,
      vendor: 'attractions',
      validate(value) {
        const issues: StandardSchemaV1.Issue[] = [];
        const { folder, layouts, ...others } = value as Partial<Sigir17Options>;
        if (typeof folder !== 'string' || folder === '')
          issues.push({
            path: ['folder'],
            message: `Is ${JSON.stringify(folder) ?? 'missing'}; give the folder of the raw files.`,
          });
        if (layouts !== undefined && !(Array.isArray(layouts) && layouts.length > 0))
          issues.push({ path: ['layouts'], message: 'Expected a list of layouts.' });
        for (const key of Object.keys(others))
          issues.push({ path: [key], message: 'Unknown; the options are `folder` and `layouts`.' });
        if (issues.length > 0) return { issues };
        return { value: value as Sigir17Options };
      },
    },
  };
}
