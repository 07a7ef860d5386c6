import type { VisitsTable } from '@attractions/contracts';
import { withSources } from './compose.js';
import type { Composed, LoaderOptions } from './compose.js';
import type { Engine } from './engine/engine.js';
import { attractionsOf, begin, settled } from './settle.js';
import type { JudgedLoad } from './settle.js';
import type { RawData } from './source/deliver.js';
import type { SourceSettings } from './source/choose.js';
import { photosOf } from './tally.js';
import { orderedVisits, visitsTable } from './visits/table.js';

/** What raw data comes to. */
export interface LoadedVisits extends JudgedLoad {
  /** Ordered by user, time, attraction. */
  readonly visits: VisitsTable;
}

/**
 * Loads visits, attractions and rejects from sources; a text is the folder of the source `sigir17`. Bad lines do not fail the load, however
 * many there are: they are in the rejects.
 * @throws EtlError ETL_OPTIONS_INVALID, ETL_SOURCES_INVALID, ETL_SOURCE_FAILED, ETL_NO_FOLDER, ETL_NO_FILES, ETL_FILE_UNREADABLE,
 * ETL_HEADER_UNKNOWN, ETL_ENGINE_FAILED, ETL_LINES_LOST.
 */
export async function loadVisits(from: string | SourceSettings, options: LoaderOptions = {}): Promise<LoadedVisits> {
  return withSources(from, options, (raw, frames, engine) => loadInMemory(raw, frames, engine, options));
}

async function loadInMemory(
  raw: RawData,
  frames: Composed,
  engine: Engine,
  options: LoaderOptions,
): Promise<LoadedVisits> {
  // While the engine works, so that it is there when the table is made; where it cannot be loaded, the table says so.
  void import('apache-arrow').catch(() => undefined);
  const how = await begin(frames, engine, options);
  const left = await attractionsOf(raw, frames, engine, how);
  const columns = await engine.collect(orderedVisits(frames.visits, frames.attractions, frames.hasWeights), how);
  const visits = await visitsTable(
    columns,
    left.attractions.map(({ attractionId }) => attractionId),
    frames.hasWeights,
  );
  const photos = photosOf(visits);
  const users = new Set(visits.getChild('user_id') ?? []).size;
  const { load } = await settled(raw, frames, engine, left, { visits: visits.numRows, photos, users }, how);
  return { visits, ...load };
}
