import { findRawFiles } from './find.js';
import type { AttractionsColumn, Layout, VisitsColumn } from './layouts.js';
import { mapAttractions, mapVisits } from './map-columns.js';
import type { ReadableFile } from './map-columns.js';
import type { Scratch } from './scratch.js';
import { surveyFile } from './survey.js';
import type { Survey } from './survey.js';

/** The raw files of a folder, each readable and with its columns known. */
export interface RawData {
  /** Of all files, in order of their names. */
  readonly surveys: readonly Survey[];
  readonly visits: readonly ReadableFile<VisitsColumn>[];
  readonly attractions: readonly ReadableFile<AttractionsColumn>[];
}

/**
 * Finds and surveys the raw files of a folder, and copies the irregular ones to `scratch`. Throws ETL_NO_FOLDER, ETL_NO_FILES,
 * ETL_FILE_UNREADABLE, ETL_HEADER_UNKNOWN.
 */
export async function surveyFolder(folder: string, layouts: readonly Layout[], scratch: Scratch): Promise<RawData> {
  const surveys: Survey[] = [];
  const visits: ReadableFile<VisitsColumn>[] = [];
  const attractions: ReadableFile<AttractionsColumn>[] = [];
  for (const file of await findRawFiles(folder)) {
    const survey = await surveyFile(file);
    surveys.push(survey);
    if (file.kind === 'visits') visits.push(await scratch.readable(mapVisits(survey, layouts)));
    else attractions.push(await scratch.readable(mapAttractions(survey, layouts)));
  }
  return { surveys, visits, attractions };
}
