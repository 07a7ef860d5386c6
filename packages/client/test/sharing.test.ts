import { expect, test } from '@jest/globals';
import { createClient } from '../src/index.js';
import { faultyService } from './support/faulty-service.js';

const list = { recommendations: [], source: 'popular', generation: { model: 1, visits: 1, attractions: 1 } };
const service = () => faultyService(() => ({ status: 200, body: list }));

test('the same request of two callers at the same time is one, and later it is another', async () => {
  const { url, requests } = await service();
  const client = createClient({ url });
  const [one, other] = await Promise.all([client.recommend({ userId: 'ana' }), client.recommend({ userId: 'ana' })]);
  expect([requests.length, one.requestId]).toEqual([1, other.requestId]);
  const later = await client.recommend({ userId: 'ana' });
  expect([requests.length, later.requestId === one.requestId]).toEqual([2, false]);
});

test('different requests are different', async () => {
  const { url, requests } = await service();
  const client = createClient({ url });
  await Promise.all([client.recommend({ userId: 'ana' }), client.recommend({ userId: 'bob' })]);
  expect(requests).toHaveLength(2);
});

test('a caller that leaves and one that comes in the same turn, as React in strict mode does, share one request', async () => {
  const { url, requests } = await service();
  const client = createClient({ url });
  const left = new AbortController();
  const first = client.recommend({ userId: 'ana' }, { signal: left.signal });
  left.abort(new Error('cleaned up'));
  const second = client.recommend({ userId: 'ana' }, { signal: new AbortController().signal });
  await expect(first).rejects.toThrow('cleaned up');
  await expect(second).resolves.toMatchObject(list);
  expect(requests).toHaveLength(1);
});

test('a request that everybody has left is aborted, and the next caller makes one of its own', async () => {
  const { url, requests, arrived } = await faultyService((_, n) => (n === 0 ? 'silence' : { status: 200, body: list }));
  const client = createClient({ url, timeoutMs: 60_000 });
  const left = new AbortController();
  const first = client.recommend({ userId: 'ana' }, { signal: left.signal });
  await arrived(1);
  left.abort(new Error('gone'));
  await expect(first).rejects.toThrow('gone');
  await new Promise((resolve) => setTimeout(resolve));
  await expect(client.recommend({ userId: 'ana' })).resolves.toMatchObject(list);
  expect(requests).toHaveLength(2);
});
