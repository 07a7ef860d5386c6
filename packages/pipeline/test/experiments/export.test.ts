import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { events, exposures } from '@attractions/contracts';
import type { Event, Exposure } from '@attractions/contracts';
import { openFeeds } from '@attractions/feeds';
import { readParquet } from '@attractions/feeds/arrow';

import { attractions, emptyFolder } from '../support/command-line.js';

const producer = { id: 'test', package: 'test', version: '0.0.0' };
const shownAt = new Date('2026-01-02T03:04:05.678Z');
const shown = (userId: string | undefined, more: Partial<Exposure> = {}): Exposure => ({
  shownAt,
  requestId: `r-${userId}`,
  source: 'als',
  modelSeq: 3,
  items: ['bay:slide'],
  ...(userId !== undefined && { userId }),
  ...more,
});
const inDemo = { experiment: 'demo', version: 2, panel: 'model', bucket: 7 };
const event: Event = {
  eventId: 'e-1',
  userId: 'ana, "A"',
  type: 'click',
  attractionId: 'bay:slide',
  at: shownAt,
  receivedAt: new Date('2026-01-03T00:00:00Z'),
  value: 2.5,
  requestId: 'r-ana',
};

/** A command line on feeds with exposures and events, and what it wrote. */
async function site() {
  const cwd = await emptyFolder();
  const feedsRoot = join(cwd, 'feeds');
  const store = openFeeds(feedsRoot);
  await store.feed(exposures).put([shown('ana', inDemo), shown('bob', { ...inDemo, forced: true })], { producer });
  const other = { ...inDemo, experiment: 'other', panel: 'x' };
  await store.feed(exposures).put([shown('eve'), shown(undefined), shown('zoë', other)], { producer });
  const { at, receivedAt, userId, type } = event;
  await store.feed(events).put([event, { at, receivedAt, eventId: 'e-2', userId, type }], { producer });
  const config = { feedsRoot, logLevel: 'silent' as const };
  return async (out: string, ...argv: string[]) => {
    const file = join(cwd, out);
    const done = await attractions(config, 'experiment', 'export', ...argv, '--out', file, '--json');
    const files = (await readdir(cwd)).filter((name) => name !== 'feeds');
    return { ...done, file, files };
  };
}

describe('attractions experiment export', () => {
  test('writes the four columns of a warehouse as CSV and as Parquet, and says what it left out', async () => {
    const run = await site();
    const csv = await run('out.csv', 'exposures');
    expect(csv).toMatchObject({ exitCode: 0, files: ['out.csv'] });
    const counts = { rows: 2, forced: 1, outside: 2, expired: 0 };
    expect(JSON.parse(csv.stdout)).toEqual({
      ...{ feed: exposures.path, format: 'warehouse', file: csv.file },
      ...counts,
    });
    const time = '2026-01-02T03:04:05.678Z';
    const lines = ['unit,time,experiment,variation', `ana,${time},demo,model`, `zoë,${time},other,x`];
    expect(await readFile(csv.file, 'utf8')).toBe(`${lines.join('\n')}\n`);

    const parquet = await run('out.parquet', 'exposures');
    expect(JSON.parse(parquet.stdout)).toMatchObject(counts);
    const bytes = await readFile(parquet.file);
    const table = await readParquet({ name: 'out', path: parquet.file, rows: 2, bytes: async () => bytes });
    const rows = table.toArray().map((row) => ({ ...row.toJSON(), time: new Date(Number(row.time)).toISOString() }));
    expect(rows).toEqual([
      { unit: 'ana', time, experiment: 'demo', variation: 'model' },
      { unit: 'zoë', time, experiment: 'other', variation: 'x' },
    ]);
    const one = await run('one.csv', 'exposures', '--experiment', 'demo');
    expect(JSON.parse(one.stdout)).toMatchObject({ rows: 1, forced: 1 });
    const some = await run('one.parquet', 'exposures', '--experiment', 'demo');
    expect(JSON.parse(some.stdout)).toMatchObject({ rows: 1, forced: 1 });
  });

  test('writes events with their value, quoted where CSV needs it', async () => {
    const run = await site();
    const { file } = await run('out.csv', 'events');
    const time = '2026-01-02T03:04:05.678Z';
    const user = '"ana, ""A"""';
    const lines = ['unit,time,event,value', `${user},${time},click,2.5`, `${user},${time},click,`];
    expect(await readFile(file, 'utf8')).toBe(`${lines.join('\n')}\n`);
    expect(JSON.parse((await run('out.parquet', 'events')).stdout)).toMatchObject({ rows: 2 });
  });

  test('writes calls of Segment, a line each', async () => {
    const run = await site();
    const linesIn = async (file: string) =>
      (await readFile(file, 'utf8'))
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
    const [viewed] = await linesIn((await run('a.jsonl', 'exposures', '--format', 'segment')).file);
    expect(viewed).toEqual({
      type: 'track',
      messageId: 'r-ana/demo/ana',
      userId: 'ana',
      timestamp: '2026-01-02T03:04:05.678Z',
      receivedAt: '2026-01-02T03:04:05.678Z',
      event: 'Experiment Viewed',
      properties: {
        experiment_id: 'demo',
        experiment_name: 'demo',
        variation_id: 'model',
        variation_name: 'model',
        version: 2,
        request_id: 'r-ana',
      },
    });
    const [clicked] = await linesIn((await run('b.jsonl', 'events', '--format', 'segment')).file);
    expect(clicked).toMatchObject({
      event: 'click',
      messageId: 'e-1',
      timestamp: '2026-01-02T03:04:05.678Z',
      receivedAt: '2026-01-03T00:00:00.000Z',
      properties: { attraction_id: 'bay:slide', value: 2.5, request_id: 'r-ana' },
    });
  });

  test('writes log records of OpenTelemetry, as the file exporter of the collector does', async () => {
    const run = await site();
    const { file } = await run('a.jsonl', 'exposures', '--format', 'otel');
    const [first = ''] = (await readFile(file, 'utf8')).split('\n');
    const { resourceLogs } = JSON.parse(first);
    const [record] = resourceLogs[0].scopeLogs[0].logRecords;
    expect(record).toMatchObject({ timeUnixNano: '1767323045678000000', eventName: 'feature_flag.evaluation' });
    expect(record.attributes).toContainEqual({
      key: 'feature_flag.result.variant',
      value: { stringValue: 'model' },
    });
    const { file: other } = await run('b.jsonl', 'events', '--format', 'otel');
    expect(await readFile(other, 'utf8')).toContain('{"key":"attractions.value","value":{"doubleValue":2.5}}');
  });

  test('refuses a file whose name does not fit, and leaves none behind', async () => {
    const run = await site();
    const { exitCode, files } = await run('out.csv', 'exposures', '--format', 'segment');
    expect({ exitCode, files }).toEqual({ exitCode: 2, files: [] });
  });
});
