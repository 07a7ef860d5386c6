import { describe, expect, test } from '@jest/globals';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';

import { attractions, visits } from './support/contracts.js';
import { openFeeds } from '../src/open.js';
import { temporaryFolder } from './support/folders.js';
import { attraction, producer } from './support/samples.js';

describe('openFeeds', () => {
  test('takes a relative folder, an absolute one and a file: URL for the same feeds', async () => {
    const root = join(temporaryFolder(), 'with space');
    await openFeeds(root)
      .feed(attractions)
      .put([attraction(1)], { producer });
    for (const same of [root, `${root}/`, relative(process.cwd(), root), pathToFileURL(root).href]) {
      const feeds = openFeeds(same);
      expect(feeds.root).toBe(same);
      expect((await feeds.feed(attractions).latest()).seq).toBe(1);
    }
  });

  test('gives a new and empty memory at each call', async () => {
    const feeds = openFeeds('memory:');
    await feeds.feed(attractions).put([], { producer });
    expect(await feeds.list()).toEqual(['etl/attractions/v1.0']);
    expect(await openFeeds('memory:').list()).toEqual([]);
  });

  test.each(['', 'http://host/feeds', 'memory:x', 'file://other-host/feeds', 'a\0b'])(
    'refuses %j in a sentence',
    (root) => {
      expect(() => openFeeds(root)).toThrow(
        expect.objectContaining({ code: 'FEEDS_ROOT_INVALID', message: expect.stringMatching(/; give a folder.*\.$/) }),
      );
    },
  );

  test.each([
    '',
    'visits',
    'etl/visits',
    '../x/v1.0',
    'etl/../v1.0',
    '/etl/v1.0',
    'etl//x/v1.0',
    'ETL/v1.0',
    'etl/v1',
    'etl/v1.0/',
    '_log/v1.0',
  ])('refuses the feed path %j', (path) => {
    expect(() => openFeeds('memory:').feed({ ...visits, path })).toThrow(
      expect.objectContaining({ code: 'FEEDS_PATH_INVALID' }),
    );
  });

  test('takes a contract of a later minor version, and none of another major, at a path', () => {
    const feeds = openFeeds('memory:');
    expect(feeds.feed({ ...attractions, version: '1.7' }).contract.version).toBe('1.7');
    for (const version of ['2.0', '1', '11.0', 'one']) {
      expect(() => feeds.feed({ ...attractions, version })).toThrow(
        expect.objectContaining({ code: 'FEEDS_PATH_INVALID' }),
      );
    }
  });
});

test('readers and writers of two minor versions share a feed', async () => {
  const { csv } = await import('../src/codec/csv.js');
  const { optional, schemaOf, text } = await import('../src/columns.js');
  const id = text('id', 'An id.');
  const older = { path: 'a/b/v1.0', description: 'Ids.', schema: schemaOf({ id }), codec: csv<{ id: string }>({ id }) };
  const columns = { id, note: optional(text('note', 'Perhaps a note.')) };
  const newer = {
    ...older,
    version: '1.1',
    schema: schemaOf(columns),
    codec: csv<{ id: string; note?: string }>(columns),
  };
  const feeds = openFeeds('memory:');
  await feeds.feed(older).put([{ id: 'x' }], { producer });
  expect(await (await feeds.feed(newer).latest()).read()).toEqual([{ id: 'x' }]);
  const record = await feeds.feed(newer).put([{ id: 'y', note: 'n' }], { producer });
  expect(record.version).toBe('1.1');
  expect(await (await feeds.feed(older).latest()).read()).toEqual([{ id: 'y' }]);
});
