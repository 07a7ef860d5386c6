import type { Attraction, Reject } from '@attractions/contracts';
import type { Source as SourceFile } from '@attractions/feeds';
import { toAttraction } from './attractions.js';
import { CLOCK_LEEWAY_MS } from './compose.js';
import type { Composed, LoaderOptions } from './compose.js';
import type { Profile } from './checks/profile.js';
import type { Engine, RunOptions } from './engine/engine.js';
import { NO_EXCEPTIONS, exceptionsOf, withFaults } from './exceptions.js';
import type { Exceptions } from './exceptions.js';
import { sql } from './frame/frame.js';
import type { RawData } from './source/deliver.js';
import { counted } from './source/source.js';
import { byPlace, tally } from './tally.js';
import type { Tally, VisitCounts } from './tally.js';

/** All that a load comes to but the visits themselves. */
export interface JudgedLoad {
  /** In order of files and lines. */
  readonly attractions: readonly Attraction[];
  /** In order of files and lines. */
  readonly rejects: readonly Reject[];
  /** The files read, in order of their paths. */
  readonly sources: readonly SourceFile[];
  /** Lines that were left out, as `leftOut` says; they are not in the tally. */
  readonly forgotten: number;
  readonly tally: Tally;
}

/** What is always done first. */
export async function begin(frames: Composed, engine: Engine, options: LoaderOptions): Promise<RunOptions> {
  const { attractionChecks, attractions, attractionRejects, visits, visitExceptions } = frames;
  if (options.describe)
    for (const each of [attractionChecks, attractions, attractionRejects, visits, visitExceptions])
      await options.describe(each, engine);
  return options.signal ? { signal: options.signal } : {};
}

/** The attractions, and what became of their lines. */
export interface SettledAttractions {
  readonly attractions: readonly Attraction[];
  readonly rejected: Exceptions;
}

/** Reads the attractions; from then on, frames that lead to them read nothing. */
export async function attractionsOf(
  raw: RawData,
  frames: Composed,
  engine: Engine,
  how: RunOptions,
): Promise<SettledAttractions> {
  await engine.keep(frames.attractionChecks, how);
  const [rows, rejected] = await Promise.all([
    engine.rows(sql`SELECT * FROM ${frames.attractions} ORDER BY file_number, line`, how),
    exceptionsOf(frames.attractionRejects, raw.attractions, engine, how),
  ]);
  return { attractions: rows.map(toAttraction), rejected };
}

/** Finds what became of the lines that are in no visit, and adds up. */
export async function settled(
  raw: RawData,
  frames: Composed,
  engine: Engine,
  { attractions, rejected }: SettledAttractions,
  counts: VisitCounts,
  how: RunOptions,
): Promise<{ readonly load: JudgedLoad; readonly refusedBy: Profile['rejects']; readonly due?: number }> {
  // Where every line is in a visit, which is the usual case, neither the lines that cannot be read are looked for nor the exceptions.
  const isWhole = (rows: number): boolean => counts.photos === rows;
  const visits = isWhole(raw.visits.rows) ? raw.visits : await counted(raw.visits);
  const { faultCount = visits.faults.length } = visits;
  const exceptions = isWhole(visits.rows)
    ? NO_EXCEPTIONS
    : await exceptionsOf(frames.visitExceptions, visits, engine, how);
  await visits.confirm?.();
  await raw.attractions?.confirm?.();

  const faults = [...visits.faults, ...(raw.attractions?.faults ?? [])];
  const files = [...visits.files, ...(raw.attractions?.files ?? [])];
  const lines = {
    files: files.length,
    visitRows: visits.rows,
    visitFaults: faultCount,
    ...(raw.attractions ? { attractionRows: raw.attractions.rows } : {}),
  };
  const { refused, repeated } = exceptions;
  const load = {
    attractions,
    rejects: [...faults, ...rejected.named, ...exceptions.named].sort(byPlace),
    sources: files.sort((a, b) => (a.path < b.path ? -1 : 1)),
    forgotten: raw.forgotten,
    tally: tally(lines, counts, attractions, { refused, repeated, refusedAttractions: rejected.refused }),
  };
  const dueMs = exceptions.due === undefined ? undefined : exceptions.due * frames.rows.unitMs - CLOCK_LEEWAY_MS;
  return {
    load,
    refusedBy: withFaults(exceptions.refusedBy, visits),
    ...(dueMs !== undefined && { due: dueMs }),
  };
}
