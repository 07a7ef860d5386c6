import type { Attraction, Reject, Source, VisitsTable } from '@attractions/feeds';
import { AttractionsReader } from './attractions/reader.js';
import { AttractionsTransformer } from './attractions/transformer.js';
import { EtlError } from './errors.js';
import { silentDescriptor } from './frame/descriptor.js';
import type { FrameDescriptor } from './frame/descriptor.js';
import type { Frame } from './frame/frame.js';
import { DuckDbSession } from './frame/session.js';
import type { Row } from './frame/session.js';
import { LAYOUTS } from './raw/layouts.js';
import type { Layout } from './raw/layouts.js';
import { Scratch } from './raw/scratch.js';
import { surveyFolder } from './raw/survey-folder.js';
import type { RawData } from './raw/survey-folder.js';
import { byPlace, toAttraction, toReject } from './rows.js';
import { photosOf, rowsOf, tally } from './tally.js';
import type { Tally } from './tally.js';
import { VisitsReader } from './visits/reader.js';
import { numberedVisits, VISITS_SELECT, visitsTable } from './visits/table.js';
import { VisitsTransformer } from './visits/transformer.js';

/** How raw files are loaded. */
export interface LoaderOptions {
  /** Where a file has no travel sequences: so many hours or more between a user's photos in a park start a new one. Above 0; default: 8. */
  readonly sequenceGapHours?: number;
  /** How files name their columns, in the order tried; default: {@link LAYOUTS}. */
  readonly layouts?: readonly Layout[];
  /** What is done with each frame; default: nothing. */
  readonly descriptor?: FrameDescriptor;
  /** Photos taken more than a day after this are refused; default: the time of the load. */
  readonly now?: Date;
}

/** What a folder of raw files comes to. */
export interface LoadedVisits {
  /** Ordered by user, time, attraction. */
  readonly visits: VisitsTable;
  /** In order of files and lines. */
  readonly attractions: readonly Attraction[];
  /** In order of files and lines. */
  readonly rejects: readonly Reject[];
  /** The files read. */
  readonly sources: readonly Source[];
  readonly tally: Tally;
}

/** The frames of a load, composed and not yet run. */
interface Composed {
  readonly attractionChecks: Frame;
  readonly attractions: Frame;
  readonly attractionRejects: Frame;
  readonly visits: Frame;
  readonly visitExceptions: Frame;
}

/** The gap that the published sequences were made with. */
const SEQUENCE_GAP_HOURS = 8;

/** Times are taken as UTC, and a camera's clock may be set to a zone up to 14 hours ahead of it. */
const CLOCK_LEEWAY_MS = 86_400_000;

/** Composes readers and transformers, and runs them in a session: a folder of raw files to visits, attractions and rejects. */
export class VisitsLoader {
  readonly #session: DuckDbSession;
  readonly #options: LoaderOptions;

  /** Throws ETL_OPTIONS_INVALID. */
  constructor(session: DuckDbSession, options: LoaderOptions = {}) {
    const { sequenceGapHours = SEQUENCE_GAP_HOURS } = options;
    if (!(sequenceGapHours > 0 && Number.isFinite(sequenceGapHours))) {
      throw new EtlError('ETL_OPTIONS_INVALID', `sequenceGapHours is ${sequenceGapHours}; give a number above 0.`);
    }
    this.#session = session;
    this.#options = options;
  }

  /**
   * Loads a folder. Bad lines are no error here, however many: they are in the rejects. Throws ETL_NO_FOLDER, ETL_NO_FILES,
   * ETL_FILE_UNREADABLE, ETL_HEADER_UNKNOWN, ETL_ENGINE_FAILED, ETL_LINES_LOST.
   */
  async load(folder: string): Promise<LoadedVisits> {
    const { layouts = LAYOUTS } = this.#options;
    const scratch = new Scratch();
    try {
      const [raw] = await Promise.all([surveyFolder(folder, layouts, scratch), this.#session.open()]);
      return await this.#run(raw, this.#compose(raw));
    } finally {
      await scratch.remove();
    }
  }

  #compose(raw: RawData): Composed {
    const { sequenceGapHours = SEQUENCE_GAP_HOURS, now = new Date() } = this.#options;
    const latest = new Date(now.getTime() + CLOCK_LEEWAY_MS);
    const known = new AttractionsTransformer().transform(new AttractionsReader().read(raw.attractions));
    const transformer = new VisitsTransformer({ sequenceGapHours, latest });
    const { visits, exceptions } = transformer.transform(new VisitsReader().read(raw.visits), known);
    return {
      attractionChecks: known.checks,
      attractions: known.attractions,
      attractionRejects: known.rejects,
      visits,
      visitExceptions: exceptions,
    };
  }

  async #run(raw: RawData, frames: Composed): Promise<LoadedVisits> {
    const session = this.#session;
    // While the engine works, so that it is there when the table is made; whoever needs it says if it cannot be loaded.
    void import('apache-arrow').catch(() => undefined);
    await this.#describe(frames);
    await session.keep(frames.attractionChecks);
    const [visitRows, attractionRows, attractionRejects] = await Promise.all([
      session.collect(numberedVisits(frames.visits, frames.attractions), VISITS_SELECT),
      session.rows(frames.attractions, 'SELECT * FROM attractions ORDER BY file_number, line'),
      session.rows(frames.attractionRejects),
    ]);
    const attractions = attractionRows.map(toAttraction);
    const attractionIds = attractions.map(({ attractionId }) => attractionId);
    const visits = await visitsTable(visitRows, attractionIds);
    const { refused, repeated } = await this.#exceptions(raw, frames, visits);

    const faults = raw.surveys.flatMap((survey) => survey.faults);
    return {
      visits,
      attractions,
      rejects: [...faults, ...[...attractionRejects, ...refused].map(toReject)].sort(byPlace),
      sources: raw.surveys.map(({ file, bytes, sha256 }) => ({ path: file.name, bytes, sha256 })),
      tally: tally(raw.surveys, visits, attractions, {
        refused: refused.length,
        repeated: repeated.length,
        refusedAttractions: attractionRejects.filter((row) => row['is_cell'] === false).length,
      }),
    };
  }

  /** The lines that are in no visit. Where every line is in one, which is the usual case, nobody asks. */
  async #exceptions(
    raw: RawData,
    frames: Composed,
    visits: VisitsTable,
  ): Promise<Record<'refused' | 'repeated', Row[]>> {
    const isComplete = photosOf(visits) === rowsOf(raw.surveys, 'visits').regular;
    const exceptions = isComplete ? [] : await this.#session.rows(frames.visitExceptions);
    const refused: Row[] = [];
    const repeated: Row[] = [];
    for (const row of exceptions) (row['reason'] === null ? repeated : refused).push(row);
    return { refused, repeated };
  }

  async #describe(frames: Composed): Promise<void> {
    const { descriptor = silentDescriptor } = this.#options;
    for (const frame of Object.values<Frame>({ ...frames })) await descriptor.describe(frame, this.#session);
  }
}

/** Loads a folder of raw files in a session of its own. Throws as {@link VisitsLoader} does. */
export async function loadVisits(folder: string, options: LoaderOptions = {}): Promise<LoadedVisits> {
  const session = new DuckDbSession();
  try {
    return await new VisitsLoader(session, options).load(folder);
  } finally {
    await session.close();
  }
}
