import { expect, test } from '@jest/globals';

import { attractions, popularity } from './support/contracts.js';
import { openFeeds } from '../src/open.js';
import { openLineageOf } from '../src/open-lineage.js';
import { parentOf } from '../src/log/record.js';
import { attraction, producer } from './support/samples.js';

const trainer = { id: 'train', package: '@attractions/als-trainer', version: '1.2.3' };

async function made(runId?: string) {
  const feeds = openFeeds('memory:');
  const parent = await feeds.feed(attractions).put([attraction(1)], {
    producer,
    sources: [{ path: '/raw/POI-p.csv', bytes: 9, sha256: 'a'.repeat(64) }],
    ...(runId !== undefined && { runId }),
  });
  const child = await feeds
    .feed(popularity)
    .put([{ attractionId: 'p:1', visits: 3, visitors: 2 }], { producer: trainer, parents: [parentOf(parent)] });
  return { parent, child };
}

test('a run is a START and a COMPLETE with what went in and what came out', async () => {
  const { child } = await made();
  const [start, complete] = openLineageOf(child, '/var/feeds');
  expect(start).toMatchObject({ eventType: 'START', run: { runId: child.commitId }, outputs: [] });
  expect(complete).toEqual({
    eventType: 'COMPLETE',
    eventTime: child.timestamp,
    run: { runId: child.commitId },
    job: { namespace: '@attractions/als-trainer', name: 'train' },
    inputs: [
      {
        namespace: 'file',
        name: '/var/feeds/etl/attractions/v1.0',
        facets: { version: expect.objectContaining({ datasetVersion: '1' }) },
      },
    ],
    outputs: [
      {
        namespace: 'file',
        name: '/var/feeds/training/popularity/v1.0',
        facets: {
          version: expect.objectContaining({ datasetVersion: '1' }),
          schema: expect.objectContaining({
            fields: expect.arrayContaining([expect.objectContaining({ name: 'attraction_id', type: 'utf8' })]),
          }),
        },
        outputFacets: {
          outputStatistics: {
            _producer: 'pkg:npm/%40attractions/als-trainer@1.2.3',
            _schemaURL:
              'https://openlineage.io/spec/facets/1-0-2/OutputStatisticsOutputDatasetFacet.json#/$defs/OutputStatisticsOutputDatasetFacet',
            rowCount: 1,
            size: child.totals.bytes,
          },
        },
      },
    ],
    producer: 'pkg:npm/%40attractions/als-trainer@1.2.3',
    schemaURL: 'https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent',
  });
});

test('raw files are inputs by their path', async () => {
  const { parent } = await made();
  expect(openLineageOf(parent, '/var/feeds')[1]?.inputs).toEqual([{ namespace: 'file', name: '/raw/POI-p.csv' }]);
});

test('updates of one run are outputs of one run, whose id is a UUID', async () => {
  const [first, again, other] = [await made('night-1'), await made('night-1'), await made('night-2')];
  const id = ({ parent }: typeof first) => openLineageOf(parent, '/')[0]?.run.runId;
  expect(id(first)).toBe(id(again));
  expect(id(first)).not.toBe(id(other));
  expect(id(first)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
});

test('feeds in S3 are named by bucket and key', async () => {
  const { parent } = await made();
  expect(openLineageOf(parent, 's3://bucket/deep/down')[1]?.outputs[0]).toMatchObject({
    namespace: 's3://bucket',
    name: 'deep/down/etl/attractions/v1.0',
  });
  expect(openLineageOf(parent, 's3://bucket')[1]?.outputs[0]).toMatchObject({ name: 'etl/attractions/v1.0' });
});
