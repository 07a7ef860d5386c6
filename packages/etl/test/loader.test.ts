import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { loadVisits } from '../src/loader.js';
import type { LoadedVisits } from '../src/loader.js';
import { NEW_YEAR, photo, poiFile, rawFolder, visitsFile } from './support/raw-folder.js';
import { REAL_DATA, testOnRealData } from './support/real-data.js';

function rowsOf({ visits }: LoadedVisits) {
  return visits.toArray().map((row) => {
    const { user_id, attraction_id, visited_at, photos } = row.toJSON();
    return [String(user_id), String(attraction_id), Number(visited_at), Number(photos)];
  });
}

test('photos become visits: distinct user, park, attraction and sequence, at the time of the first photo', async () => {
  const folder = rawFolder({
    'POI-Park.csv': poiFile(2),
    'deep/below/userVisits-Park-allPOI.csv': visitsFile([
      photo(1, 'ann@N99', NEW_YEAR + 60, 1, 1),
      photo(2, 'ann@N99', NEW_YEAR, 1, 1),
      photo(3, 'ann@N99', NEW_YEAR + 120, 2, 1),
      photo(4, 'ann@N99', NEW_YEAR + 90_000, 1, 2),
      photo(5, 'bob@N99', NEW_YEAR, 1, 3),
    ]),
  });
  expect(rowsOf(await loadVisits(folder))).toEqual([
    ['ann@N99', 'Park:1', NEW_YEAR * 1000, 2],
    ['ann@N99', 'Park:2', (NEW_YEAR + 120) * 1000, 1],
    ['ann@N99', 'Park:1', (NEW_YEAR + 90_000) * 1000, 1],
    ['bob@N99', 'Park:1', NEW_YEAR * 1000, 1],
  ]);
});

test('one poiID in two parks is two attractions', async () => {
  const folder = rawFolder({
    'POI-A.csv': poiFile(1),
    'POI-B.csv': poiFile(1),
    'userVisits-A-allPOI.csv': visitsFile([photo(1, 'u', NEW_YEAR, 1, 1)]),
    'userVisits-B-allPOI.csv': visitsFile([photo(2, 'u', NEW_YEAR, 1, 1)]),
  });
  expect(rowsOf(await loadVisits(folder)).map(([, attraction]) => attraction)).toEqual(['A:1', 'B:1']);
});

test('without a sequence column, a gap of 8 hours or more starts a new visit', async () => {
  const hour = 3_600;
  const line = (id: number, hours: number) => `${id};u;${NEW_YEAR + hours * hour};1`;
  const folder = rawFolder({
    'POI-A.csv': poiFile(1),
    'userVisits-A.csv': ['photoID;userID;dateTaken;poiID', line(1, 0), line(2, 7.99), line(3, 15.99), ''].join('\n'),
  });
  expect(rowsOf(await loadVisits(folder)).map((row) => row[3])).toEqual([2, 1]);
  expect(rowsOf(await loadVisits(folder, { sequenceGapHours: 7 })).map((row) => row[3])).toEqual([1, 1, 1]);
});

test('a repeated photo is one photo; a repeat that contradicts the first is refused', async () => {
  const folder = rawFolder({
    'POI-A.csv': poiFile(2),
    'userVisits-A-allPOI.csv': visitsFile([
      photo(1, 'u', NEW_YEAR, 1, 1),
      photo(1, 'u', NEW_YEAR, 1, 1),
      photo(1, 'u', NEW_YEAR, 2, 1),
    ]),
  });
  const loaded = await loadVisits(folder);
  expect(rowsOf(loaded)).toEqual([['u', 'A:1', NEW_YEAR * 1000, 1]]);
  expect(loaded.tally).toMatchObject({ rows: 3, kept: 1, duplicates: 1, rejected: 1 });
  expect(loaded.rejects).toMatchObject([{ file: 'userVisits-A-allPOI.csv', line: 4, column: 'poiID' }]);
});

test('every line is accounted for, whatever it holds', async () => {
  const field = fc.oneof(fc.constantFrom('', '1', '"u@N99"', String(NEW_YEAR), '-1', '"'), fc.string({ maxLength: 6 }));
  const line = fc.oneof(
    fc
      .tuple(fc.nat(9), fc.constantFrom('u', 'v'), fc.nat(3))
      .map(([id, user, poi]) => photo(id, user, NEW_YEAR, poi, 1)),
    fc.array(field, { maxLength: 9 }).map((fields) => fields.join(';')),
  );
  const onOneLine = line.map((text) => text.replace(/[\r\n]/g, ' '));
  await fc.assert(
    fc.asyncProperty(fc.array(onOneLine, { maxLength: 12 }), async (lines) => {
      const folder = rawFolder({ 'POI-A.csv': poiFile(3), 'userVisits-A-allPOI.csv': visitsFile(lines) });
      const { tally, rejects } = await loadVisits(folder);
      const filled = lines.filter((text) => text.trim() !== '').length;
      expect(tally.kept + tally.duplicates + tally.rejected).toBe(tally.rows);
      expect(tally.rows).toBeLessThanOrEqual(lines.length);
      expect(tally.rows).toBeGreaterThanOrEqual(filled);
      for (const { line: at, text } of rejects) expect(text).toBe(lines[at - 2]);
    }),
    { numRuns: 25 },
  );
});

test('a line that is not UTF-8 is refused, and its neighbours keep their numbers', async () => {
  const text = Buffer.from(
    visitsFile([photo(1, 'u', NEW_YEAR, 1, 1), photo(2, 'XX', NEW_YEAR, 1, 1), photo(3, '', NEW_YEAR, 1, 1)]),
  );
  text.set([0xc3, 0x28], text.indexOf('XX'));
  const folder = rawFolder({ 'POI-A.csv': poiFile(1), 'userVisits-A-allPOI.csv': text });
  const { tally, rejects } = await loadVisits(folder);
  expect(tally).toMatchObject({ rows: 3, kept: 1, rejected: 2 });
  expect(rejects.map(({ line }) => line)).toEqual([3, 4]);
});

test.each([
  ['a folder that is not there', undefined, 'ETL_NO_FOLDER'],
  ['a folder without visits files', { 'POI-A.csv': poiFile(1) }, 'ETL_NO_FILES'],
  ['a header without a user', { 'userVisits-A.csv': 'id;takenUnix;poiID\n' }, 'ETL_HEADER_UNKNOWN'],
  ['an empty file', { 'userVisits-A.csv': '' }, 'ETL_HEADER_UNKNOWN'],
])('%s is refused by code', async (_, files, code) => {
  const folder = files === undefined ? join(rawFolder(), 'none') : rawFolder(files);
  await expect(loadVisits(folder)).rejects.toMatchObject({ code });
});

test('a load that fails while the engine still starts is refused by code, where other work holds up the engine too', async () => {
  const program = fileURLToPath(new URL('processes/fail-early.mjs', import.meta.url));
  // One thread, so that the engine has to wait its turn; freed memory is overwritten, so that reading it is a crash.
  const env = { ...process.env, UV_THREADPOOL_SIZE: '1', MALLOC_PERTURB_: '165' };
  const { stdout } = await promisify(execFile)(process.execPath, [program], { env });
  expect(JSON.parse(stdout)).toEqual(Array.from({ length: 5 }, () => 'ETL_NO_FOLDER'));
});

/** Counts that owe nothing to the code under test: distinct keys over the plain lines, the last field being the sequence. */
function countedByHand(folder: string) {
  const visits = new Set<string>();
  const users = new Set<string>();
  const counted = { rows: 0, photos: 0 };
  for (const name of readdirSync(folder).filter((each) => each.startsWith('userVisits-'))) {
    const lines = readFileSync(join(folder, name), 'utf8').split(/\r?\n/).slice(1);
    for (const line of lines.filter((text) => text !== '')) {
      const [, user = '', taken, poi, ...others] = line.replaceAll('"', '').split(';');
      counted.rows++;
      if (!(Number(taken) > 0 && Number(taken) * 1000 < Date.now())) continue;
      counted.photos++;
      visits.add(`${name} ${user} ${poi} ${others.at(-1)}`);
      users.add(user);
    }
  }
  return { ...counted, visits: visits.size, users: users.size };
}

testOnRealData('the two published parks come to what a count over their lines says', async () => {
  const byHand = countedByHand(join(REAL_DATA, 'sigir17/userVisits-sigir17'));
  const { tally, rejects } = await loadVisits(join(REAL_DATA, 'sigir17'));
  expect(byHand).toEqual({ rows: 115_977, photos: 115_977, visits: 27_321, users: 3_940 });
  expect(tally).toMatchObject({ rows: 115_977, kept: 115_977, duplicates: 0, rejected: 0 });
  expect(tally).toMatchObject({ visits: 27_321, users: 3_940, attractions: 113, parks: 5 });
  expect(rejects).toEqual([]);
});

testOnRealData(
  'the two cities load through the column mapping, with readable names and clean coordinates',
  async () => {
    const { rows, photos, visits, users } = countedByHand(join(REAL_DATA, 'cities'));
    const { tally, attractions, rejects } = await loadVisits(join(REAL_DATA, 'cities'));
    expect(tally).toMatchObject({ rows, kept: photos, rejected: rows - photos, visits, users });
    expect(new Set(rejects.map(({ column }) => column))).toEqual(new Set(['dateTaken']));
    const named = new Map(attractions.map((attraction) => [attraction.attractionId, attraction]));
    expect(named.get('Vien:1')).toMatchObject({ name: 'Schönbrunn Palace', latitude: 48.184516, longitude: 16.311865 });
    expect(named.get('Toro:1')).toMatchObject({ name: 'Air Canada Centre', latitude: 43.64333, longitude: -79.37917 });
  },
);
