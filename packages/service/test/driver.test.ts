import { createServer } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { forceConfig, readConfig } from '@attractions/config';
import { experiments } from '@attractions/contracts';
import { openFeeds } from '@attractions/feeds';
import type { FeedStore } from '@attractions/feeds';
import { runServe } from '../src/driver.js';
import type { ServeContext } from '../src/driver.js';
import { demoExperiment } from '@attractions/experiments';
import { serveSettings } from '../src/settings.js';
import { askAt, silent } from './support/service.js';
import { producer, putGeneration } from '@attractions/models/testing';

async function sampleStore(): Promise<FeedStore> {
  const store = openFeeds('memory:');
  await putGeneration(store);
  return store;
}

/** Serves for the length of `use`. */
async function serving<T>(context: Partial<ServeContext>, use: (url: string) => Promise<T>): Promise<T> {
  const store = context.store ?? (await sampleStore());
  const config = forceConfig(serveSettings, { port: 0 }, () => readConfig(serveSettings));
  const service = await runServe(config, { logger: silent, ...context, store });
  try {
    return await use(service.url);
  } finally {
    await service.close();
    await service.closed;
  }
}

describe('runServe', () => {
  test('serves the latest model on a free port, and frees it again', async () => {
    const url = await serving({}, async (url) => {
      expect(url).toMatch(/^http:\/\/127\.0\.0\.1:[1-9][0-9]+$/);
      expect(await askAt(url, '/v1/users/ana/recommendations')).toMatchObject({
        status: 200,
        body: { source: 'als', generation: { model: 1, visits: 1, attractions: 1 } },
      });
      expect(await askAt(url, '/v1/version')).toMatchObject({
        body: { version: expect.stringMatching(/^\d+\.\d+\.\d+/) },
      });
      return url;
    });
    await expect(fetch(`${url}/livez`)).rejects.toThrow();
  });

  test('runs the experiment of its feed, or the one given where the feed is empty, or none', async () => {
    const experimentAt = async (url: string) => (await askAt(url, '/v1/version')).body;
    expect(await serving({}, experimentAt)).toMatchObject({ experiment: null });
    expect(await serving({ experiment: demoExperiment }, experimentAt)).toMatchObject({
      experiment: { experiment: 'demo' },
    });
    const store = await sampleStore();
    await store.feed(experiments).put({ ...demoExperiment, experiment: 'real', version: 7 }, { producer });
    expect(await serving({ store, experiment: demoExperiment }, experimentAt)).toMatchObject({
      experiment: { experiment: 'real', version: 7 },
    });
  });

  test('is closed where API_KEY_HASHES is set, whatever its keys open', async () => {
    // printf %s KEY | sha256sum
    const hash = '57aad6df15c7eddd0e5cbf574cc3d1ee8c9ea5f0a1b8e8ff8bbd0f2c1f3f3b1e';
    const config = forceConfig(serveSettings, { port: 0, apiKeys: `${hash}:admin` }, () => readConfig(serveSettings));
    const service = await runServe(config, { store: await sampleStore(), logger: silent });
    for (const path of ['/v1/parks', '/v1/users/ana/visits', '/v1/users/ana/recommendations'])
      expect(await askAt(service.url, path)).toMatchObject({ status: 401 });
    expect(await askAt(service.url, '/livez')).toMatchObject({ status: 200 });
    await service.close();
    await service.closed;
  });

  test('closes when its signal aborts', async () => {
    const stop = new AbortController();
    const config = forceConfig(serveSettings, { port: 0 }, () => readConfig(serveSettings));
    const service = await runServe(config, { store: await sampleStore(), logger: silent, signal: stop.signal });
    stop.abort();
    await service.closed;
    await expect(fetch(`${service.url}/livez`)).rejects.toThrow();
  });

  test('says in a sentence that the port is in use', async () => {
    const other = createServer();
    const port = await new Promise<number>((resolve) => {
      other.listen(0, '127.0.0.1', () => {
        const address = other.address();
        resolve(address !== null && typeof address === 'object' ? address.port : 0);
      });
    });
    const config = forceConfig(serveSettings, { port }, () => readConfig(serveSettings));
    await expect(runServe(config, { store: await sampleStore(), logger: silent })).rejects.toMatchObject({
      code: 'SERVICE_ADDRESS_IN_USE',
      message: `Something already listens on 127.0.0.1:${port}; stop it, or set PORT to another port (0 takes a free one).`,
    });
    other.close();
  });

  test('says in a sentence that the address does not belong to this machine', async () => {
    const config = forceConfig(serveSettings, { host: '192.0.2.1', port: 0 }, () => readConfig(serveSettings));
    await expect(runServe(config, { store: await sampleStore(), logger: silent })).rejects.toMatchObject({
      code: 'SERVICE_CANNOT_LISTEN',
      message: expect.stringContaining('EADDRNOTAVAIL'),
    });
  });

  test('does not start without a model', async () => {
    const config = forceConfig(serveSettings, { port: 0 }, () => readConfig(serveSettings));
    await expect(runServe(config, { store: openFeeds('memory:'), logger: silent })).rejects.toMatchObject({
      code: 'CONTRACTS_NO_MODEL',
    });
  });
});
