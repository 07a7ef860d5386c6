import { sampleGeneration } from '@attractions/models/testing';
import { describe, expect, test } from '@jest/globals';
import { keyOf } from '../../src/admission/access.js';
import { ServiceError } from '../../src/errors.js';
import type { ReportedEvent } from '../../src/recording/events.js';
import { serving } from '../../src/served.js';
import { askAt, listening, silent } from '../support/service.js';
import type { More } from '../support/service.js';

const served = serving(sampleGeneration());
const event = { eventId: 'e-1', userId: 'ana', type: 'click' };

/** Sends a body to a service; `taken` is what it took. */
async function send(body: unknown, more: More = {}, headers: Record<string, string> = {}) {
  const taken: ReportedEvent[] = [];
  const takeEvents = async (events: readonly ReportedEvent[]) => {
    taken.push(...events);
    return { taken: events.length, known: 0 };
  };
  const url = await listening(served, silent, { takeEvents, ...more });
  const answer = await askAt(url, '/v1/events', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { ...answer, taken };
}

describe('POST /v1/events', () => {
  test('takes events of any type, with times of any offset, and answers 202 with how many', async () => {
    const whole = {
      ...event,
      attractionId: 'bay:slide',
      at: '2014-08-05T10:30:00-04:00',
      value: 4.5,
      requestId: 'r-1',
    };
    const { status, body, taken } = await send({ events: [whole, { ...event, eventId: 'e-2', type: 'ice cream' }] });
    expect({ status, body }).toEqual({ status: 202, body: { taken: 2, known: 0 } });
    expect(taken).toEqual([
      { ...whole, at: new Date('2014-08-05T14:30:00Z') },
      { ...event, eventId: 'e-2', type: 'ice cream' },
    ]);
  });

  const longAgo = '2014-08-05T14:30:00';
  test.each<[string, unknown, string]>([
    ['no events', {}, "The body must have required property 'events'."],
    ['an empty list', { events: [] }, "'events' in the body must NOT have fewer than 1 items."],
    [
      '501 events',
      { events: Array.from({ length: 501 }, () => event) },
      "'events' in the body must NOT have more than 500 items.",
    ],
    [
      'an unknown field',
      { events: [event, { ...event, user: 1 }] },
      "There is no parameter 'user' in 'events.1' of the body.",
    ],
    [
      'no id',
      { events: [{ userId: 'ana', type: 'click' }] },
      "'events.0' in the body must have required property 'eventId'.",
    ],
    [
      'a long id',
      { events: [event, { ...event, eventId: 'x'.repeat(257) }] },
      "'events.1.eventId' in the body must NOT have more than 256 characters.",
    ],
    [
      'an empty user',
      { events: [{ ...event, userId: '' }] },
      "'events.0.userId' in the body must NOT have fewer than 1 characters.",
    ],
    ['a text for a value', { events: [{ ...event, value: '1' }] }, "'events.0.value' in the body must be a number."],
    [
      'a value that is not finite',
      JSON.stringify({ events: [{ ...event, value: 0 }] }).replace(':0', ':1e999'),
      "'events.0.value' in the body must be a number.",
    ],
    [
      'half a character',
      `{"events":[{"eventId":"e","userId":"\\ud83c","type":"click"}]}`,
      "'events.0.userId' in the body holds half a character (a lone surrogate); send well-formed text. No event was taken.",
    ],
    [
      'a time without an offset',
      { events: [{ ...event, at: longAgo }] },
      `'events.0.at' in the body is "${longAgo}"; give a time with its offset, such as 2014-08-05T14:30:00Z. No event was taken.`,
    ],
    [
      'a day that there is not',
      { events: [{ ...event, at: '2014-02-30T00:00:00Z' }] },
      `'events.0.at' in the body is "2014-02-30T00:00:00Z"; give a time with its offset, such as 2014-08-05T14:30:00Z. No event was taken.`,
    ],
  ])('refuses %s with a sentence, and takes nothing', async (_, body, detail) => {
    const answer = await send(body);
    expect(answer).toMatchObject({ status: 400, body: { code: 'RECOMMENDER_REQUEST_INVALID', detail } });
    expect(answer.taken).toEqual([]);
  });

  test('refuses a time that is more than a day ahead, but not one of a clock that is a little fast', async () => {
    const ahead = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();
    expect(await send({ events: [{ ...event, at: ahead(23) }] })).toMatchObject({ status: 202 });
    const { status, body } = await send({ events: [event, { ...event, at: ahead(25) }] });
    expect({ status, body }).toMatchObject({
      status: 400,
      body: { detail: expect.stringMatching(/^'events\.1\.at' in the body is .*, more than a day ahead of /) },
    });
  });

  test('takes a body of its own length, and says it of a longer one', async () => {
    const large = Array.from({ length: 500 }, (_, n) => ({ ...event, eventId: `${n}`.padEnd(200, 'x') }));
    expect(await send({ events: large })).toMatchObject({ status: 202 });
    const larger = large.map((one) => ({
      ...one,
      userId: one.eventId,
      attractionId: one.eventId,
      requestId: one.eventId,
    }));
    const tooLarge = { events: [...larger, ...larger] };
    const detail = 'The body is larger than 512 KiB; send less in one request.';
    expect(await send(tooLarge)).toMatchObject({ status: 413, body: { detail } });
  });

  test('answers 503 with Retry-After where they cannot be stored', async () => {
    const takeEvents = () =>
      Promise.reject(new ServiceError('RECOMMENDER_EVENTS_NOT_TAKEN', 'Send them again.', { retryAfterSeconds: 2 }));
    const { status, headers, body } = await send({ events: [event] }, { takeEvents });
    expect({ status, body }).toMatchObject({ status: 503, body: { code: 'RECOMMENDER_EVENTS_NOT_TAKEN' } });
    expect(headers.get('retry-after')).toBe('2');
  });

  test('needs the scope events where there are keys, which reads no lists', async () => {
    const access = { keys: [keyOf('reads', 'read'), keyOf('reports', 'events')] };
    const by = (key: string) => send({ events: [event] }, { access }, { 'x-api-key': key });
    expect(await by('reports')).toMatchObject({ status: 202 });
    expect(await by('reads')).toMatchObject({ status: 403, taken: [] });
    expect(await by('nobody')).toMatchObject({ status: 401, taken: [] });
    const url = await listening(served, silent, { access });
    const list = await askAt(url, '/v1/users/ana/recommendations', { headers: { 'x-api-key': 'reports' } });
    expect(list.status).toBe(403);
  });
});
