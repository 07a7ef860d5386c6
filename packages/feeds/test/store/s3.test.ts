import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { attractions } from '../support/contracts.js';
import { openFeeds } from '../../src/open.js';
import { probe } from '../../src/store/blob-store.js';
import { s3Location, s3Store } from '../../src/store/s3.js';
import { faultProxy } from '../support/fault-proxy.js';
import type { Fault, FaultProxy } from '../support/fault-proxy.js';
import { BUCKET, describeOnS3, s3Root } from '../support/s3.js';
import { attraction, producer } from '../support/samples.js';
import { freshFeeds } from '../support/stores.js';

const bytes = (text: string) => new TextEncoder().encode(text);

describe('a root in S3', () => {
  test.each([
    ['s3://bucket', { bucket: 'bucket', prefix: '', pathStyle: false }],
    ['s3://bucket/', { bucket: 'bucket', prefix: '', pathStyle: false }],
    ['s3://my.bucket-1/a/b/', { bucket: 'my.bucket-1', prefix: 'a/b/', pathStyle: false }],
    ['s3://bucket/a?path-style=true', { bucket: 'bucket', prefix: 'a/', pathStyle: true }],
  ])('%s', (root, location) => {
    expect(s3Location(root)).toEqual(location);
  });

  test.each(['s3://', 's3:bucket', 's3://Bucket', 's3://b', 's3://bucket/a b', 's3://bucket/../x', 's3://bucket?x=1'])(
    '%s is refused',
    (root) => {
      expect(() => openFeeds(root)).toThrow(
        expect.objectContaining({ code: 'FEEDS_ROOT_INVALID', message: expect.stringContaining(root) }),
      );
    },
  );
});

describeOnS3('a server that fails', () => {
  let proxy: FaultProxy;
  let direct: string | undefined;

  beforeAll(async () => {
    direct = process.env['AWS_ENDPOINT_URL_S3'];
    proxy = await faultProxy(direct ?? '');
    process.env['AWS_ENDPOINT_URL_S3'] = proxy.url;
  });
  afterAll(async () => {
    process.env['AWS_ENDPOINT_URL_S3'] = direct;
    await proxy.close();
  });

  const faults: readonly Fault[] = ['drop', 'late', 'reset', 'silence', 500, 503, 409];
  const hasty = (root = s3Root()) => s3Store(root, { timeoutMs: 300, delayMs: 1 });

  test.each(faults)('by %s once: a put is won all the same, and the second is lost', async (fault) => {
    proxy.plan(({ method, key, nth }) => (method === 'PUT' && key === 'a' && nth === 1 ? fault : undefined));
    const store = hasty();
    expect(await store.putIfAbsent('a', bytes('ours'))).toBe(true);
    expect(await store.putIfAbsent('a', bytes('theirs'))).toBe(false);
    expect(await store.read('a')).toEqual(bytes('ours'));
  });

  test.each(faults)('by %s once, when another was first: the put is lost', async (fault) => {
    const store = hasty();
    proxy.plan(() => undefined);
    await store.putIfAbsent('a', bytes('theirs'));
    proxy.plan(({ method, nth }) => (method === 'PUT' && nth === 1 ? fault : undefined));
    expect(await store.putIfAbsent('a', bytes('ours'))).toBe(false);
    expect(await store.read('a')).toEqual(bytes('theirs'));
  });

  test.each(faults)('by %s at the first try of every request: a feed is none the worse', async (fault) => {
    proxy.plan(({ nth }) => (nth === 1 ? fault : undefined));
    const root = s3Root();
    const feed = freshFeeds(hasty(root)).feed(attractions);
    const first = await feed.put([attraction(1)], { producer, runId: 'one' });
    expect(await feed.put([attraction(1)], { producer, runId: 'one' })).toEqual(first);
    expect((await feed.put([attraction(2)], { producer })).seq).toBe(2);
    proxy.plan(() => undefined);
    const fresh = freshFeeds(hasty(root)).feed(attractions);
    expect(await (await fresh.latest()).read()).toEqual([attraction(2)]);
    expect((await fresh.verify()).findings).toEqual([]);
  });

  test('at the commit, and for good after it: the put says that the outcome is unknown, and its data stay', async () => {
    const root = s3Root();
    const feed = freshFeeds(hasty(root)).feed(attractions);
    proxy.plan(() => undefined);
    await feed.put([attraction(1)], { producer });
    let applied = false;
    proxy.plan(({ method, key }) => {
      if (applied) return 503;
      applied = method === 'PUT' && key.endsWith('_log/00000000000000000002.json');
      return applied ? 'drop' : undefined;
    });
    await expect(feed.put([attraction(2)], { producer })).rejects.toMatchObject({
      code: 'FEEDS_STORE_FAILED',
      message: expect.stringMatching(/^No answer tells whether s3:.*002\.json was written: .*\(503 .*check whether/),
    });
    proxy.plan(() => undefined);
    const fresh = freshFeeds(hasty(root)).feed(attractions);
    expect(await (await fresh.latest()).read()).toEqual([attraction(2)]);
    expect((await fresh.verify()).findings).toEqual([]);
  });

  test('for good: every call says so, with the status', async () => {
    const store = hasty();
    proxy.plan(() => 500);
    const failed = { code: 'FEEDS_STORE_FAILED', message: expect.stringContaining('500') };
    await expect(store.read('a')).rejects.toMatchObject(failed);
    await expect(store.stat('a')).rejects.toMatchObject(failed);
    await expect(store.children('')).rejects.toMatchObject(failed);
    await expect(store.remove('a')).rejects.toMatchObject(failed);
    await expect(store.overwrite('a', bytes(''))).rejects.toMatchObject(failed);
  });

  test('to keep the condition of a PUT: it is refused at the first put, by name, and nothing is left', async () => {
    proxy.plan(() => undefined);
    proxy.ignoreConditions();
    const store = hasty();
    await expect(freshFeeds(store).feed(attractions).put([], { producer })).rejects.toMatchObject({
      code: 'FEEDS_STORE_UNFIT',
      message: expect.stringContaining(`${store.root} cannot hold a commit log`),
    });
    expect(await store.children('')).toEqual([]);
  });
});

describeOnS3('a real server', () => {
  test('lists more than a page', async () => {
    const store = s3Store(s3Root());
    const names = Array.from({ length: 1_005 }, (_, i) => String(i).padStart(5, '0'));
    for (let i = 0; i < names.length; i += 50) {
      await Promise.all(names.slice(i, i + 50).map((name) => store.overwrite(`many/${name}`, bytes(name))));
    }
    expect(await store.children('many')).toEqual(names);
  });

  test('passes the probe', async () => {
    await expect(probe(s3Store(s3Root()))).resolves.toBeUndefined();
  });

  test('is told what is wrong with a bucket or with credentials, and the fix', async () => {
    const missing = openFeeds('s3://no-such-bucket/x?path-style=true').feed(attractions);
    await expect(missing.latest()).rejects.toMatchObject({
      code: 'FEEDS_STORE_FAILED',
      message: expect.stringMatching(/s3:\/\/no-such-bucket\/x\/.* \(404 NoSuchBucket\)\. Create the bucket first/),
    });
    const secret = process.env['AWS_SECRET_ACCESS_KEY'];
    process.env['AWS_SECRET_ACCESS_KEY'] = 'wrong';
    await expect(openFeeds(`s3://${BUCKET}/x?path-style=true`).feed(attractions).latest()).rejects.toMatchObject({
      code: 'FEEDS_STORE_DENIED',
      message: expect.stringContaining('(403 SignatureDoesNotMatch)'),
    });
    process.env['AWS_SECRET_ACCESS_KEY'] = secret;
  });
});
