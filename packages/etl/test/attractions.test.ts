import { afterAll, expect, test } from '@jest/globals';
import { transformAttractions } from '../src/attractions.js';
import type { AttractionsFrames } from '../src/attractions.js';
import { duckDbEngine } from '../src/engine/duckdb.js';
import type { Row } from '../src/engine/engine.js';
import { sql } from '../src/frame/frame.js';
import { rowsFrame } from './support/rows-frame.js';

const engine = duckDbEngine();
afterAll(() => engine.close());

type Line = readonly [
  poi: string,
  name: string,
  latitude: string,
  longitude: string,
  duration: string | null,
  park?: string,
];

function transform(lines: readonly Line[]): AttractionsFrames {
  const text = 'VARCHAR' as const;
  const columns = {
    park: text,
    poi_id: text,
    name: text,
    latitude: text,
    longitude: text,
    duration: text,
    themes: text,
  };
  return transformAttractions({
    lines: rowsFrame(
      'attraction_lines',
      { file_number: 'INT', line: 'BIGINT', ...columns },
      lines.map(([poi, name, latitude, longitude, duration, park = 'P'], i) => [
        0,
        i + 2,
        park,
        poi,
        name,
        latitude,
        longitude,
        duration,
        'Ride|Dark',
      ]),
    ),
    files: rowsFrame(
      'attraction_files',
      {
        file_number: 'INT',
        poi_column: text,
        name_column: text,
        latitude_column: text,
        longitude_column: text,
        duration_column: text,
      },
      [[0, 'poiID', 'poiName', 'lat', 'long', 'rideDuration']],
    ),
    places: rowsFrame(
      'attraction_places',
      { file_number: 'INT', line: 'BIGINT', file: text, file_line: 'BIGINT', text },
      lines.map((line, i) => [0, i + 2, 'POI.csv', i + 2, line.join(';')]),
    ),
    parks: rowsFrame('parks', { park: text }, [['P']]),
  });
}

function attractionsOf(frames: AttractionsFrames): Promise<readonly Row[]> {
  return engine.rows(
    sql`SELECT attraction_id, park, name, latitude, longitude, duration_minutes, themes FROM ${frames.attractions} ORDER BY line`,
  );
}

async function rejectsOf(frames: AttractionsFrames): Promise<unknown[][]> {
  const rows = await engine.rows(sql`SELECT * FROM ${frames.rejects} ORDER BY line, column_name`);
  return rows.map((row) => [row['line'], row['column_name'], row['reason'], row['is_cell']]);
}

test('an id is unique over all parks, and values have their types', async () => {
  const frames = transform([
    ['1', 'Space Mountain', '28.418752', '-81.578145', '2.5'],
    ['1', "Soarin'", '-28', '81.', '', 'Q'],
    ['2', 'Nowhere', '', '', null],
  ]);
  const common = { themes: 'Ride|Dark' };
  expect(await attractionsOf(frames)).toEqual([
    {
      ...common,
      attraction_id: 'P:1',
      park: 'P',
      name: 'Space Mountain',
      latitude: 28.418752,
      longitude: -81.578145,
      duration_minutes: 2.5,
    },
    {
      ...common,
      attraction_id: 'Q:1',
      park: 'Q',
      name: "Soarin'",
      latitude: -28,
      longitude: 81,
      duration_minutes: null,
    },
    {
      ...common,
      attraction_id: 'P:2',
      park: 'P',
      name: 'Nowhere',
      latitude: null,
      longitude: null,
      duration_minutes: null,
    },
  ]);
  expect(await rejectsOf(frames)).toEqual([]);
});

test('a line without id or name is refused, and the second of one id', async () => {
  const frames = transform([
    ['', 'No id', '1', '1', '1'],
    ['1', '', '1', '1', '1'],
    ['1', 'First', '1', '1', '1'],
    ['1', 'Second', 'bad', '1', '1'],
    ['', 'No id either', '1', '1', '1'],
  ]);
  expect((await attractionsOf(frames)).map((row) => row['name'])).toEqual(['First']);
  expect(await rejectsOf(frames)).toEqual([
    ['2', 'poiID', 'The attraction has no id.', false],
    ['3', 'poiName', 'The attraction has no name.', false],
    ['5', 'poiID', "The park has an attraction '1' already; the first one is kept.", false],
    ['6', 'poiID', 'The attraction has no id.', false],
  ]);
});

test('a bad coordinate or duration costs the attraction that cell and no more', async () => {
  const frames = transform([
    ['1', 'A', '28,4', '-181', '0'],
    ['2', 'B', '90.01', '12E', '1440.5'],
    ['3', 'C', '90', '-180', '1440'],
    ['4', 'D', 'NaN', 'inf', '-1'],
  ]);
  const values = (await attractionsOf(frames)).map((row) => [
    row['latitude'],
    row['longitude'],
    row['duration_minutes'],
  ]);
  expect(values).toEqual([
    [null, null, null],
    [null, null, null],
    [90, -180, 1440],
    [null, null, null],
  ]);
  const latitude = 'is not a latitude from -90 to 90 degrees; the attraction is kept without it.';
  const longitude = 'is not a longitude from -180 to 180 degrees; the attraction is kept without it.';
  const duration = 'is not a duration of up to 1440 minutes; the attraction is kept without it.';
  expect(await rejectsOf(frames)).toEqual([
    ['2', 'lat', `'28,4' ${latitude}`, true],
    ['2', 'long', `'-181' ${longitude}`, true],
    ['2', 'rideDuration', `'0' ${duration}`, true],
    ['3', 'lat', `'90.01' ${latitude}`, true],
    ['3', 'long', `'12E' ${longitude}`, true],
    ['3', 'rideDuration', `'1440.5' ${duration}`, true],
    ['5', 'lat', `'NaN' ${latitude}`, true],
    ['5', 'long', `'inf' ${longitude}`, true],
    ['5', 'rideDuration', `'-1' ${duration}`, true],
  ]);
});
