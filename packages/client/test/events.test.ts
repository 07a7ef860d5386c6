import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createClient } from '../src/index.js';
import type { ClientError, SentEvent } from '../src/index.js';
import { faultyService, problem } from './support/faulty-service.js';
import type { Arrived, Outcome } from './support/faulty-service.js';

const eventsOf = ({ body }: Arrived) => (body as { events: SentEvent[] }).events;
const click = { type: 'click', userId: 'ana', attractionId: 'hill:river' } as const;

/** A service that takes events as ours does: each id once, all of a request or none. `fault` may refuse them before or lose the answer after. */
async function taking(
  fault: (n: number) => 'none' | 'before' | 'after',
  isBad: (event: SentEvent) => boolean = () => false,
) {
  const taken: SentEvent[] = [];
  const known = new Set<string>();
  const service = await faultyService((request, n): Outcome => {
    const kind = fault(n);
    if (kind === 'before') return n % 2 === 0 ? 'drop' : problem(503, 'RECOMMENDER_OVERLOADED', { 'retry-after': '0' });
    const events = eventsOf(request);
    if (events.some(isBad)) return problem(400, 'RECOMMENDER_REQUEST_INVALID');
    for (const event of events) if (!known.has(event.eventId)) taken.push(event);
    for (const { eventId } of events) known.add(eventId);
    return kind === 'after' ? 'drop' : { status: 202, body: { taken: events.length, known: 0 } };
  });
  return { ...service, taken };
}

describe('events', () => {
  test('are sent in one request when the queue is flushed, with an id and the time of each', async () => {
    const { url, requests, taken } = await taking(() => 'none');
    const client = createClient({ url });
    const ids = [1, 2, 3].map((value) => client.track({ ...click, value, at: new Date(Date.UTC(2026, 0, value)) }));
    await client.flush();
    expect(requests).toHaveLength(1);
    expect(taken).toEqual(
      ids.map((eventId, n) => ({ ...click, eventId, value: n + 1, at: `2026-01-0${n + 1}T00:00:00.000Z` })),
    );
    await client.flush();
    expect(requests).toHaveLength(1);
  });

  test('leave without a flush: 50 at once, fewer after a while', async () => {
    const { url, requests, arrived } = await taking(() => 'none');
    const client = createClient({ url });
    for (let n = 0; n < 51; n++) client.track(click);
    await arrived(1);
    client.track(click);
    await arrived(2);
    expect(requests.map((request) => eventsOf(request).length)[0]).toBe(50);
    expect(new Set(requests.flatMap(eventsOf).map(({ eventId }) => eventId)).size).toBe(52);
  });

  test('whatever fails, before or after they are taken, each is taken once and in order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('none', 'before', 'after'), { maxLength: 5 }),
        fc.integer({ min: 1, max: 120 }),
        async (faults, count) => {
          const { url, taken } = await taking((n) => (faults[n] ?? 'none') as 'none');
          const client = createClient({ url, retries: 5 });
          const ids = Array.from({ length: count }, () => client.track(click));
          await client.flush();
          expect(taken.map(({ eventId }) => eventId)).toEqual(ids);
        },
      ),
      { numRuns: 15 },
    );
  });

  test('stay when the tries are used up, and are sent again', async () => {
    const { url, taken, requests } = await taking((n) => (n < 2 ? 'before' : 'none'));
    const client = createClient({ url, retries: 1 });
    const eventId = client.track(click);
    await expect(client.flush()).rejects.toMatchObject({ status: 503 });
    expect(taken).toEqual([]);
    await client.flush();
    expect([taken.length, taken[0]?.eventId, requests.length]).toEqual([1, eventId, 3]);
  });

  test('stay while the key is wrong', async () => {
    const { url, requests } = await faultyService((_, n) =>
      n === 0 ? problem(401, 'RECOMMENDER_UNAUTHORIZED') : { status: 202, body: { taken: 1, known: 0 } },
    );
    const client = createClient({ url });
    client.track(click);
    await expect(client.flush()).rejects.toMatchObject({ code: 'RECOMMENDER_UNAUTHORIZED' });
    await client.flush();
    expect(requests.map(eventsOf)[0]).toEqual(requests.map(eventsOf)[1]);
  });

  test('one that the service refuses is lost alone, and said to be', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.nat(59), { maxLength: 3 }), async (bad) => {
        const { url, taken } = await taking(
          () => 'none',
          ({ value }) => bad.includes(value ?? -1),
        );
        const lost: [number | undefined, string][] = [];
        const onLost = (events: readonly SentEvent[], { code }: ClientError) =>
          void lost.push(...events.map(({ value }) => [value, code] as [number, string]));
        const client = createClient({ url, onLost });
        const all = Array.from({ length: 60 }, (_, value) => value);
        for (const value of all) client.track({ ...click, value });
        await client.flush();
        expect(lost).toEqual(bad.sort((a, b) => a - b).map((value) => [value, 'RECOMMENDER_REQUEST_INVALID']));
        expect(taken.map(({ value }) => value)).toEqual(all.filter((value) => !bad.includes(value)));
      }),
      { numRuns: 10 },
    );
  });

  test('10,000 wait at most; the next one is lost, and said to be', async () => {
    const { url } = await faultyService(() => 'silence');
    const lost: string[] = [];
    const client = createClient({ url, onLost: ([event], { code }) => void lost.push(`${event?.value} ${code}`) });
    for (let value = 0; value <= 10_000; value++) client.track({ ...click, value });
    expect(lost).toEqual(['10000 CLIENT_QUEUE_FULL']);
  });
});

describe('the user of an event', () => {
  const lists = () =>
    faultyService(({ url }) =>
      url === '/v1/events'
        ? { status: 202, body: { taken: 1, known: 0 } }
        : { status: 200, body: { recommendations: [], source: 'popular', generation: {} } },
    );

  test('is that of its list', async () => {
    const { url, requests } = await lists();
    const client = createClient({ url });
    const { requestId } = await client.recommend({ userId: 'ana' });
    await client.recommend({ userId: 'bob' });
    client.track({ type: 'click', attractionId: 'hill:river', requestId });
    await client.flush();
    expect(requests.slice(2).flatMap(eventsOf)).toMatchObject([{ userId: 'ana', requestId }]);
  });

  test('is needed where the list is for nobody, or not of this client', async () => {
    const { url } = await lists();
    const client = createClient({ url });
    const { requestId } = await client.recommend({ visits: ['hill:river'] });
    for (const event of [{ type: 'click', requestId }, { type: 'click', requestId: 'other' }, { type: 'click' }])
      expect(() => client.track(event)).toThrow(expect.objectContaining({ code: 'CLIENT_EVENT_WITHOUT_USER' }));
    client.track({ type: 'click', requestId, userId: 'ana' });
    await client.flush();
  });
});
