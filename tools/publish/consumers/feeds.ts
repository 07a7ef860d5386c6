import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { csv, float64, openFeeds, schemaOf, text, type Columns, type FeedContract } from '@attractions/feeds';

interface Reading {
  readonly station: string;
  readonly celsius: number;
}

const columns: Columns<Reading> = {
  station: text('station', 'Its name.'),
  celsius: float64('celsius', 'Temperature.'),
};
const readings: FeedContract<readonly Reading[]> = {
  path: 'weather/readings/v1.0',
  description: 'Temperatures.',
  schema: schemaOf(columns),
  codec: csv(columns),
};

const producer = { id: 'consumer', package: 'consumer', version: '1.0.0' };
const folder = await mkdtemp(join(tmpdir(), 'attractions-feeds-'));
try {
  await openFeeds(folder)
    .feed(readings)
    .put([{ station: 'Oslo', celsius: -3.5 }], { producer });
  // A second process would see just this: another store on the same folder.
  const latest = await openFeeds(folder).feed(readings).latest();
  assert.deepEqual(await latest.read(), [{ station: 'Oslo', celsius: -3.5 }]);
} finally {
  await rm(folder, { recursive: true });
}
