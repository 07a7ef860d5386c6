import { afterAll, expect, test } from '@jest/globals';
import { duckDbEngine } from '../../src/engine/duckdb.js';
import type { Row } from '../../src/engine/engine.js';
import { sql } from '../../src/frame/frame.js';
import { EARLIEST_TAKEN, transformVisits } from '../../src/visits/visits.js';
import type { VisitsExtract, VisitsFrames } from '../../src/visits/visits.js';
import { NEW_YEAR } from '../support/raw-folder.js';
import { rowsFrame } from '../support/rows-frame.js';

const engine = duckDbEngine();
afterAll(() => engine.close());

const HOUR = 3_600;
const LATEST = new Date('2026-01-01T00:00:00Z');

type Line = readonly [photo: string, user: string, taken: string | number, poi: string, sequence: string | null];

/** Lines of one file of park `P`, which knows the attractions 1, 2 and 3; `Q` is a park without a file. */
function transform(lines: readonly Line[], park = 'P', hasSequences = true): VisitsFrames {
  const text = 'VARCHAR' as const;
  const extract: VisitsExtract = {
    lines: rowsFrame(
      'visit_lines',
      {
        file_number: 'INT',
        line: 'BIGINT',
        park: text,
        photo_id: text,
        user_id: text,
        taken: text,
        poi_id: text,
        sequence_id: text,
      },
      lines.map(([photo, user, taken, poi, sequence], i) => [
        0,
        i + 2,
        park,
        photo,
        user,
        String(taken),
        poi,
        sequence,
      ]),
    ),
    files: rowsFrame(
      'visit_files',
      {
        file_number: 'INT',
        unknown_park: text,
        photo_column: text,
        user_column: text,
        taken_column: text,
        poi_column: text,
        sequence_column: text,
      },
      [[0, `There is no POI-${park}.csv.`, 'id', 'nsid', 'takenUnix', 'poiID', 'seqID']],
    ),
    places: rowsFrame(
      'visit_places',
      { file_number: 'INT', line: 'BIGINT', file: text, file_line: 'BIGINT', text },
      lines.map((line, i) => [0, i + 2, 'visits.csv', i + 2, line.join(';')]),
    ),
    timeUnit: 'seconds',
    hasSequences,
  };
  const attractions = rowsFrame('attractions', { attraction_id: text, park: text, poi_id: text }, [
    ['P:1', 'P', '1'],
    ['P:2', 'P', '2'],
    ['P:3', 'P', '3'],
  ]);
  const parks = rowsFrame('attraction_files', { park: text }, [['P'], ['P']]);
  return transformVisits(extract, { attractions, parks, sequenceGapHours: 8, latest: LATEST });
}

async function visitsOf(frames: VisitsFrames): Promise<readonly unknown[][]> {
  const rows = await engine.rows(
    sql`SELECT user_id, attraction_id, unix_millis(visited_at) AS ms, photos FROM ${frames.visits} ORDER BY 1, 3, 2`,
  );
  return rows.map((row) => [row['user_id'], row['attraction_id'], Number(row['ms']) / 1_000, row['photos']]);
}

function exceptionsOf(frames: VisitsFrames): Promise<readonly Row[]> {
  return engine.rows(sql`SELECT * FROM ${frames.exceptions} ORDER BY line`);
}

test('a visit is a user at an attraction in one travel sequence, begun with its first photo', async () => {
  const frames = transform([
    ['a', 'ann', NEW_YEAR + 50, '1', '1'],
    ['b', 'ann', NEW_YEAR + 10, '1', '1'],
    ['c', 'ann', NEW_YEAR + 20, '2', '1'],
    ['d', 'ann', NEW_YEAR + 90, '1', '2'],
    ['e', 'bob', NEW_YEAR + 10, '1', '1'],
  ]);
  expect(await visitsOf(frames)).toEqual([
    ['ann', 'P:1', NEW_YEAR + 10, 2],
    ['ann', 'P:2', NEW_YEAR + 20, 1],
    ['ann', 'P:1', NEW_YEAR + 90, 1],
    ['bob', 'P:1', NEW_YEAR + 10, 1],
  ]);
  expect(await exceptionsOf(frames)).toEqual([]);
});

test('every kind of bad value is refused with its column and a reason, and the text is kept', async () => {
  const frames = transform([
    ['', 'ann', NEW_YEAR, '1', '1'],
    ['b', '', NEW_YEAR, '1', '1'],
    ['c', 'ann', '12:30', '1', '1'],
    ['d', 'ann', '1262304000.5', '1', '1'],
    ['e', 'ann', '1.3e9', '1', '1'],
    ['f', 'ann', '', '1', '1'],
    ['g', 'ann', EARLIEST_TAKEN.getTime() / 1_000 - 1, '1', '1'],
    ['h', 'ann', LATEST.getTime() / 1_000 + 1, '1', '1'],
    ['i', 'ann', '-5', '1', '1'],
    ['j', 'ann', '9'.repeat(30), '1', '1'],
    ['k', 'ann', NEW_YEAR, '4', '1'],
    ['l', 'ann', NEW_YEAR, '01', '1'],
    ['m', 'ann', NEW_YEAR, '1', ''],
    ['n', 'ann', NEW_YEAR, '1', "it's"],
    ['o', 'ann', NEW_YEAR, '1', '-1'],
  ]);
  const notWhole = (value: string) => `'${value}' is not a whole number of seconds since 1970.`;
  const outside = (value: string) => `'${value}' is not a time from 1970-01-01 to 2026-01-01, in seconds since 1970.`;
  const found = (await exceptionsOf(frames)).map((row) => [row['line'], row['column_name'], row['reason']]);
  expect(found).toEqual([
    ['2', 'id', 'The photo id is empty.'],
    ['3', 'nsid', 'The user id is empty.'],
    ['4', 'takenUnix', notWhole('12:30')],
    ['5', 'takenUnix', notWhole('1262304000.5')],
    ['6', 'takenUnix', notWhole('1.3e9')],
    ['7', 'takenUnix', notWhole('')],
    ['8', 'takenUnix', outside('0')],
    ['9', 'takenUnix', outside('1767225601')],
    ['10', 'takenUnix', outside('-5')],
    ['11', 'takenUnix', notWhole('9'.repeat(30))],
    ['12', 'poiID', "The park has no attraction '4'."],
    ['13', 'poiID', "The park has no attraction '01'."],
    ['14', 'seqID', "'' is not the number of a travel sequence."],
    ['15', 'seqID', "'it's' is not the number of a travel sequence."],
    ['16', 'seqID', "'-1' is not the number of a travel sequence."],
  ]);
  expect(await visitsOf(frames)).toEqual([]);
});

test('the first and the last second allowed are taken', async () => {
  const [first, last] = [EARLIEST_TAKEN.getTime() / 1_000, LATEST.getTime() / 1_000];
  const frames = transform([
    ['a', 'ann', first, '1', '1'],
    ['b', 'ann', last, '2', '1'],
  ]);
  expect((await visitsOf(frames)).map(([, , seconds]) => seconds)).toEqual([first, last]);
});

test('a park without a POI file is named as such', async () => {
  const frames = transform([['a', 'ann', NEW_YEAR, '1', '1']], 'Q');
  expect((await exceptionsOf(frames)).map((row) => row['reason'])).toEqual(['There is no POI-Q.csv.']);
});

test('a repeated photo is one photo; a repeat that disagrees is refused', async () => {
  const frames = transform([
    ['x', '', NEW_YEAR, '1', '1'],
    ['x', 'ann', NEW_YEAR, '1', '1'],
    ['x', 'ann', NEW_YEAR, '1', '1'],
    ['x', 'ann', NEW_YEAR, '1', '7'],
    ['x', 'bob', NEW_YEAR, '1', '1'],
    ['x', 'ann', NEW_YEAR, '2', '1'],
    ['x', 'ann', NEW_YEAR + 1, '1', '1'],
    ['y', 'ann', NEW_YEAR, '1', '1'],
  ]);
  expect(await visitsOf(frames)).toEqual([['ann', 'P:1', NEW_YEAR, 2]]);
  const found = (await exceptionsOf(frames)).map((row) => [row['line'], row['column_name'], row['reason']]);
  expect(found).toEqual([
    ['2', 'nsid', 'The user id is empty.'],
    ['4', expect.anything(), null],
    ['5', expect.anything(), null],
    ['6', 'nsid', "The photo 'x' is one of user 'ann' already."],
    ['7', 'poiID', "The photo 'x' is one of attraction 'P:1' already."],
    ['8', 'takenUnix', `The photo 'x' was taken at ${NEW_YEAR} already.`],
  ]);
});

test('without sequences, a gap of eight hours starts a new one, and a second less does not', async () => {
  const frames = transform(
    [
      ['d', 'ann', NEW_YEAR + 16 * HOUR - 1, '2', null],
      ['a', 'ann', NEW_YEAR, '1', null],
      ['b', 'ann', NEW_YEAR + 8 * HOUR - 1, '1', null],
      ['c', 'ann', NEW_YEAR + 8 * HOUR - 1, '3', null],
      ['e', 'ann', NEW_YEAR + 16 * HOUR, '1', null],
      ['f', 'bob', NEW_YEAR, '1', null],
    ],
    'P',
    false,
  );
  // Ann: from the start to 7:59:59 one sequence; 15:59:59 is eight hours later and starts another, which 16:00:00 joins.
  expect(await visitsOf(frames)).toEqual([
    ['ann', 'P:1', NEW_YEAR, 2],
    ['ann', 'P:3', NEW_YEAR + 8 * HOUR - 1, 1],
    ['ann', 'P:2', NEW_YEAR + 16 * HOUR - 1, 1],
    ['ann', 'P:1', NEW_YEAR + 16 * HOUR, 1],
    ['bob', 'P:1', NEW_YEAR, 1],
  ]);
});

test('derived sequences do not meet those that another file of the park numbers', async () => {
  const frames = transform(
    [
      ['a', 'ann', NEW_YEAR, '1', '1'],
      ['b', 'ann', NEW_YEAR, '1', null],
    ],
    'P',
    false,
  );
  expect(await visitsOf(frames)).toHaveLength(2);
});
