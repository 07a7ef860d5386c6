import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { defineSource } from '../../src/source/source.js';
import { loadVisits } from '../../src/loader.js';
import type { AttractionRow, RefusedRow, VisitRow } from '../../src/source/source.js';
import { sourceCases } from '../../src/testing/index.js';
import { anyOptions, memorySource } from '../support/memory-source.js';

const MORNING = '2020-05-01T10:00:00Z';

function load(visits: readonly (VisitRow | RefusedRow)[], attractions?: readonly (AttractionRow | RefusedRow)[]) {
  const settings = { visits: { type: 'memory' }, ...(attractions && { attractions: { type: 'memory' } }) };
  return loadVisits(settings, { sources: [memorySource(visits, attractions)] });
}

async function visitsOf(...args: Parameters<typeof load>) {
  const { visits } = await load(...args);
  return visits.toArray().map((row) => {
    const { user_id, attraction_id, visited_at, photos } = row.toJSON();
    return [user_id, attraction_id, new Date(Number(visited_at)).toISOString(), photos];
  });
}

for (const { name, run } of sourceCases(
  memorySource(
    [
      { user: 'ann', attraction: 1, time: MORNING, park: 'P', photo: 'a', file: 'log', line: 7 },
      { user: 'ann', attraction: 1, time: 'noon', park: 'P' },
      { refused: 'The line is broken.', file: 'log', line: 9, text: '{"us' },
    ],
    [{ attraction: 1, name: 'Ride', park: 'P', themes: ['Wet', 'Fast'] }],
  ),
  { settings: { visits: { type: 'memory' }, attractions: { type: 'memory' } }, refused: [] },
)) {
  test(name, run);
}

test('a user, an attraction and a time are enough; attractions are what is visited', async () => {
  const rows = [
    { user: 'ann', attraction: 'castle', time: MORNING },
    { user: 'ann', attraction: 'castle', time: '2020-05-01T10:30:00Z' },
    { user: 7, attraction: 8, time: Date.parse(MORNING) + 5 },
    { user: 'ann', attraction: 'castle', time: new Date('2020-05-02T10:30:00Z') },
  ];
  expect(await visitsOf(rows)).toEqual([
    ['7', '8', '2020-05-01T10:00:00.005Z', 1],
    ['ann', 'castle', '2020-05-01T10:00:00.000Z', 2],
    ['ann', 'castle', '2020-05-02T10:30:00.000Z', 1],
  ]);
  const { attractions, tally } = await load(rows);
  expect(attractions).toEqual([
    { attractionId: '8', park: '', name: '8', themes: [] },
    { attractionId: 'castle', park: '', name: 'castle', themes: [] },
  ]);
  expect(tally).toMatchObject({ rows: 4, kept: 4, rejected: 0, files: 1, parks: 1 });
});

test('with a park an id is park:attraction; photos and sequences are as given', async () => {
  const row = { user: 'ann', attraction: 1, time: MORNING, sequence: 1 };
  const rows = [
    { ...row, park: 'P', photo: 'a' },
    { ...row, park: 'P', photo: 'a' },
    { ...row, park: 'P', photo: 'b', sequence: 2 },
    { ...row, park: 'Q' },
  ];
  expect((await visitsOf(rows)).map(([, id, , photos]) => [id, photos])).toEqual([
    ['P:1', 1],
    ['P:1', 1],
    ['Q:1', 1],
  ]);
  expect((await load(rows)).tally).toMatchObject({ kept: 3, duplicates: 1, rejected: 0 });
});

test('a row that is refused says where it stands; the place of a row need not be unique', async () => {
  const place = { file: 'log.json', line: 1 };
  const good = { user: 'ann', attraction: 1, time: MORNING };
  const { rejects, tally } = await load(
    [
      { ...good, ...place },
      { ...good, ...place, user: '' },
      { ...good, ...place, attraction: 2 },
      { refused: 'The line is cut off.', ...place, text: '{"us' },
      { user: 'ann', attraction: 1, time: 'noon' },
    ],
    [{ attraction: 1, name: 'Ride', latitude: 91, longitude: 1e-7 }],
  );
  expect(tally).toMatchObject({ rows: 5, kept: 1, rejected: 4 });
  expect(rejects.map(({ file, line, column, reason }) => [file, line, column, reason])).toEqual([
    ['log.json', 1, '', 'The line is cut off.'],
    ['log.json', 1, 'attraction', "There is no attraction '2'."],
    ['log.json', 1, 'user', 'The user id is empty.'],
    ['memory', 1, 'latitude', "'91' is not a latitude from -90 to 90 degrees; the attraction is kept without it."],
    ['memory', 5, 'time', "'noon' is not a time; give a Date, an ISO 8601 text or milliseconds since 1970."],
  ]);
  expect(rejects.map(({ text }) => text)).toContain('{"user":"ann","attraction":1,"time":"noon"}');
});

test('a time without an offset is UTC, whatever the time zone of the machine', async () => {
  const times = [
    ['2020-05-01', '2020-05-01T00:00:00.000Z'],
    ['2020-05-01 10:00', '2020-05-01T10:00:00.000Z'],
    ['2020-05-01T10:00:00.5', '2020-05-01T10:00:00.500Z'],
    ['2020-05-01T10:00:00+02:00', '2020-05-01T08:00:00.000Z'],
    ['2020-05-01T10:00:00Z', '2020-05-01T10:00:00.000Z'],
  ] as const;
  // A process of its own, since Node reads TZ when it starts.
  const code = `
import { loadVisits } from '@attractions/etl';
const source = {
  type: 'memory',
  options: { '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) } },
  async *visits() {
    for (const [i, time] of ${JSON.stringify(times.map(([time]) => time))}.entries()) yield { user: i, attraction: 'a', time };
  },
};
const { visits } = await loadVisits({ visits: { type: 'memory' } }, { sources: [source] });
console.log(JSON.stringify(visits.toArray().map((row) => new Date(Number(row.visited_at)).toISOString())));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', code], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    env: { ...process.env, TZ: 'America/New_York' },
  });
  expect(JSON.parse(stdout)).toEqual(times.map(([, expected]) => expected));
});

test('every row is accounted for, whatever it holds', async () => {
  const id = fc.oneof(fc.string(), fc.nat(3), fc.constantFrom("it's", '\\', ''));
  const time = fc.oneof(fc.constant(MORNING), fc.double(), fc.string(), fc.date());
  const row = fc.record(
    { user: id, attraction: id, time, park: fc.constantFrom('P', ''), photo: id, sequence: id },
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 8 }), async (rows) => {
      const { tally, visits } = await load(rows as VisitRow[]);
      expect(tally.rows).toBe(rows.length);
      expect(tally.kept + tally.duplicates + tally.rejected).toBe(rows.length);
      expect(visits.numRows).toBe(tally.visits);
    }),
    { numRuns: 30 },
  );
});

test.each([
  ['throws', async function* (): AsyncGenerator<VisitRow> { throw new Error('The database is down.'); }, 'The database is down.'], // prettier-ignore
  ['gives something that is not a row', async function* () { yield null as unknown as VisitRow; }, 'null as row 1'], // prettier-ignore
  ['gives a line 0', async function* () { yield { user: 'u', attraction: 'a', time: MORNING, line: 0 }; }, 'lines count from 1'], // prettier-ignore
])('a source that %s fails with its name', async (_, visits, message) => {
  const source = defineSource({
    type: 'mine',
    options: anyOptions,
    probe: () => Promise.reject(new Error('Not there.')),
    visits,
  });
  const loading = loadVisits({ visits: { type: 'mine' } }, { sources: [source] });
  await expect(loading).rejects.toMatchObject({ code: 'ETL_SOURCE_FAILED', message: expect.stringContaining(message) });
  await expect(loading).rejects.toThrow("'mine'");
});
