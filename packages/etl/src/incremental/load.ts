import type { Attraction, Reject } from '@attractions/contracts';
import type { DataFile, UpdateRecord } from '@attractions/feeds';
import { emptyShares } from '../checks/profile.js';
import type { Profile } from '../checks/profile.js';
import type { Engine, RunOptions } from '../engine/engine.js';
import { sql } from '../frame/frame.js';
import type { Frame } from '../frame/frame.js';
import { withSources } from '../compose.js';
import type { Composed, LoaderOptions } from '../compose.js';
import { attractionsOf, begin, settled } from '../settle.js';
import type { JudgedLoad } from '../settle.js';
import { shapeOf } from '../source/deliver.js';
import type { RawData } from '../source/deliver.js';
import type { SourceSettings } from '../source/choose.js';
import { byPlace } from '../tally.js';
import { partsIn, writtenColumns } from '../write.js';
import type { VisitsTarget, WrittenLoad } from '../write.js';
import { mergeVisits } from './merge.js';
import type { Merged } from './merge.js';

/** The update that new lines are added to. */
export interface Base {
  readonly record: UpdateRecord;
  /** Where its files are, in the order of its record. */
  readonly paths: readonly string[];
  readonly attractions: readonly Attraction[];
  readonly rejects: readonly Reject[];
}

/** Files with fewer rows than this share of a row group are small. */
const SMALL_SHARE = 4;

/** So many small files stay; of more, all are written anew as one. */
const MAX_SMALL = 16;

/** Old visits that are sorted at once. */
const MOST_ROWS_AT_ONCE = 2_000_000;

/** How many refused lines of visits are named in an update that was added to. */
const REJECTS_KEPT = 20_000;

/**
 * Reads only new files of visits, and writes what they change: visits that are new or longer by them, with what stays of the files that these are
 * in. All else of the result is as in the update before, and all together as if everything had been read again.
 * @returns why that is not possible, where it is not: then everything has to be read
 */
export async function addVisits(
  from: string | SourceSettings,
  options: LoaderOptions & { readonly only: ReadonlySet<string> },
  base: Base,
  target: Omit<VisitsTarget, 'previous'>,
): Promise<WrittenLoad | string> {
  return withSources(from, options, async (raw, frames, engine) => {
    const apart = togetherBecause(raw, frames, base);
    if (apart !== undefined) return apart;
    const how = await begin(frames, engine, options);
    const left = await attractionsOf(raw, frames, engine, how);
    const merged = await mergeVisits(frames.rows, frames.hasWeights, base, engine, how);
    const counts = { visits: merged.freshCount, photos: merged.photos, users: merged.newUsers };
    const { load, refusedBy, due } = await settled(raw, frames, engine, left, counts, how);
    const whole = combined(load, raw, base, merged);
    target.judge(whole, await profiled(whole, refusedBy, base, merged, engine, how));

    const { folder, token } = await target.open();
    const { files } = base.record;
    const rewritten = rewrittenOf(files, merged, engine.rowGroupRows);
    const columns = writtenColumns(frames);
    const names: string[] = [];
    for (const [n, places] of atOnce(rewritten, files).entries()) {
      const fresh = n === 0 && merged.freshCount > 0 ? [sql`SELECT ${columns} FROM ${merged.fresh}`] : [];
      const kept = places.length > 0 ? [sql`SELECT ${columns} FROM ${merged.staying('rewritten_visits', places)}`] : [];
      if (fresh.length + kept.length === 0) continue;
      const rows = sql.join([...fresh, ...kept], ' UNION ALL ');
      const ordered = sql`SELECT ${columns} FROM (${rows}) v ORDER BY user_id, visited_at, attraction_id, photos`;
      names.push(...(await engine.writeParts(ordered, partsIn(folder, `${n}-${token}`, whole.tally.visits), how)));
    }
    const again = new Set(rewritten);
    const first = earlier(due, base.record.labels['due']);
    return {
      ...whole,
      written: [...files.filter((_, i) => !again.has(i)), ...names],
      shape: shapeOf(raw),
      ...(first !== undefined && { due: first }),
    };
  });
}

/** Why the new lines cannot be read apart from the others. */
function togetherBecause(raw: RawData, { rows }: Composed, { record, attractions }: Base): string | undefined {
  const { extract } = raw.visits;
  if (shapeOf(raw) !== record.labels['shape']) return 'the new files are not written as those before';
  if (extract.hasPhotos !== false) return 'photo ids may repeat over all files';
  if (rows.hasParks && extract.idsAreGlobal) return 'an attraction may be in several parks';
  if (new Set(attractions.map(({ attractionId }) => attractionId)).size < attractions.length)
    return 'two attractions have one id';
  return undefined;
}

/** The places of files that are written anew: those that visits go from, and small ones where there are too many. */
function rewrittenOf(files: readonly DataFile[], { goneIn }: Merged, rowGroupRows: number): readonly number[] {
  const places = [...files.keys()];
  const small = places.filter((i) => (files[i]?.rows ?? 0) < rowGroupRows / SMALL_SHARE);
  const isFull = small.length > MAX_SMALL;
  return places.filter((i) => goneIn.has(i) || (isFull && small.includes(i)));
}

/** Files that are written anew together: an engine sorts them, and of many it would need much memory. There is one group at least, which may be empty. */
function atOnce(places: readonly number[], files: readonly DataFile[]): readonly (readonly number[])[] {
  const groups: number[][] = [[]];
  let rows = 0;
  for (const place of places) {
    const more = files[place]?.rows ?? 0;
    if (rows > 0 && rows + more > MOST_ROWS_AT_ONCE) {
      groups.push([]);
      rows = 0;
    }
    groups.at(-1)?.push(place);
    rows += more;
  }
  return groups;
}

/** What all lines come to, old and new. */
function combined(load: JudgedLoad, raw: RawData, { record, ...base }: Base, merged: Merged): JudgedLoad {
  const before = (name: string): number => Number(record.checks[name] ?? 0);
  const gone = [...merged.goneIn.values()].reduce((sum, count) => sum + count, 0);
  const attractions = raw.attractions ? load.attractions : union(base.attractions, load.attractions);
  const read = new Set(load.sources.map(({ path }) => path));
  const ofAttractions = new Set(raw.attractions?.files.map(({ path }) => path) ?? []);
  const rejects = [...base.rejects.filter(({ file }) => !ofAttractions.has(file)), ...load.rejects].sort(byPlace);
  const sources = [...record.sources.filter(({ path }) => !read.has(path)), ...load.sources];
  const { tally } = load;
  return {
    attractions,
    rejects: rejects.slice(0, REJECTS_KEPT + (raw.attractions?.faults.length ?? 0)),
    sources: sources.sort((a, b) => (a.path < b.path ? -1 : 1)),
    forgotten: before('forgotten') + load.forgotten,
    tally: {
      files: sources.length,
      rows: before('rows') + tally.rows,
      kept: before('kept') + tally.kept,
      duplicates: before('duplicates') + tally.duplicates,
      rejected: before('rejected') + tally.rejected,
      visits: record.totals.rows - gone + merged.freshCount,
      users: before('users') + merged.newUsers,
      attractions: attractions.length,
      parks: new Set(attractions.map(({ park }) => park)).size,
    },
  };
}

/** Attractions that are what is visited, in the order that they have: by park and id, as bytes. */
function union(old: readonly Attraction[], more: readonly Attraction[]): readonly Attraction[] {
  const byId = new Map([...more, ...old].map((attraction) => [attraction.attractionId, attraction]));
  const keyed = [...byId.values()].map((attraction) => ({
    attraction,
    park: Buffer.from(attraction.park),
    // Without a file of their own they are named by their id.
    poi: Buffer.from(attraction.name),
  }));
  keyed.sort((a, b) => Buffer.compare(a.park, b.park) || Buffer.compare(a.poi, b.poi));
  return keyed.map(({ attraction }) => attraction);
}

async function profiled(
  { attractions, tally }: JudgedLoad,
  refusedBy: Profile['rejects'],
  { record, paths }: Base,
  merged: Merged,
  engine: Engine,
  how: RunOptions,
): Promise<Profile> {
  const rangeOf = async (query: Frame): Promise<readonly number[]> => {
    const [found] = await engine.rows(
      sql`SELECT unix_millis(min(visited_at)) AS earliest, unix_millis(max(visited_at)) AS latest FROM ${query}`,
      how,
    );
    return [found?.['earliest'], found?.['latest']].flatMap((time = null) => (time === null ? [] : [Number(time)]));
  };
  // A visit that goes is in one that begins no later. So only where the last one goes may the others end earlier.
  const [earliest, latest] = [record.checks['earliest'], record.checks['latest']].map((time) =>
    Date.parse(String(time)),
  );
  const isLastGone = !((merged.lastGone ?? -Infinity) < Number(latest));
  const old = isLastGone
    ? await rangeOf(merged.staying('times_of_visits', [...paths.keys()]))
    : [earliest, latest].map(Number);
  const times = [...old, ...(await rangeOf(merged.fresh))];
  const rejects: Record<string, number> = { ...refusedBy };
  for (const [name, count] of Object.entries(record.checks)) {
    const [, column] = /^rejected[.](.+)$/.exec(name) ?? [];
    if (column === undefined) continue;
    const key = column === 'line' ? '' : column;
    rejects[key] = (rejects[key] ?? 0) + Number(count);
  }
  return {
    ...(times.length > 0 && {
      range: { earliest: new Date(Math.min(...times)), latest: new Date(Math.max(...times)) },
    }),
    fresh: {
      users: merged.newUsers / Math.max(1, tally.users),
      attractions: merged.newAttractions / Math.max(1, merged.visitedAttractions),
    },
    rejects,
    empty: emptyShares(attractions),
  };
}

function earlier(due: number | undefined, before: string | undefined): number | undefined {
  const times = [due, before === undefined ? undefined : Date.parse(before)].filter((time) => time !== undefined);
  return times.length === 0 ? undefined : Math.min(...times);
}
