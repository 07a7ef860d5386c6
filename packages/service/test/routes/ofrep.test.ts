import { demoExperiment, startExperiment, stopExperiment } from '@attractions/experiments';
import type { Experiment } from '@attractions/experiments';
import { sampleGeneration } from '@attractions/models/testing';
import { OFREPProvider } from '@openfeature/ofrep-provider';
import { OFREPWebProvider } from '@openfeature/ofrep-web-provider';
import { OpenFeature } from '@openfeature/server-sdk';
import { OpenFeature as OpenFeatureWeb } from '@openfeature/web-sdk';
import { afterAll, describe, expect, test } from '@jest/globals';
import { keyOf } from '../../src/admission/access.js';
import type { Shown } from '../../src/routes/recommendations.js';
import { serving } from '../../src/served.js';
import { askAt, listening, silent } from '../support/service.js';
import type { More } from '../support/service.js';

const change = { at: new Date('2026-11-28T12:00:00Z'), by: 'ana' };

const button = startExperiment(
  {
    experiment: 'button',
    panels: [
      { name: 'red', share: 40, value: { colour: 'red', size: 3 } },
      { name: 'blue', share: 40, value: { colour: 'blue', size: 2 } },
    ],
    forced: { tester: 'red' },
  },
  change,
  [],
);
const onPhone = startExperiment(
  { experiment: 'on-phone', panels: [{ name: 'yes', share: 100, value: true }], target: { platform: ['ios'] } },
  change,
  [],
);
const plain = startExperiment(
  {
    experiment: 'plain',
    panels: [
      { name: 'a', share: 50 },
      { name: 'b', share: 50 },
    ],
  },
  change,
  [],
);
const won = stopExperiment('plain', 'b', change, [plain]);
const ended = { ...stopExperiment('on-phone', undefined, change, [onPhone]), experiment: 'ended' };

const experiments: readonly Experiment[] = [demoExperiment, button, onPhone];

async function serve(more: More = {}) {
  const shown: Shown[] = [];
  const served = serving(sampleGeneration(), { experiments }, { stopped: [won, ended] });
  const url = await listening(served, silent, { shown: (one) => shown.push(one), ...more });
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    askAt(url, `/ofrep/v1/evaluate/flags${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  return { url, shown, post };
}

const of = (targetingKey: string, more: object = {}) => ({ context: { targetingKey, ...more } });

afterAll(() => Promise.all([OpenFeature.close(), OpenFeatureWeb.close()]));

describe('evaluation of one flag', () => {
  test('gives the panel with its value, and is recorded with the request', async () => {
    const { post, shown } = await serve();
    const { status, body } = await post('/button', of('ana', { park: 'bay', platform: 'web', age: 7, list: ['x'] }), {
      'x-request-id': 'r-1',
    });
    const [first] = shown;
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        key: 'button',
        reason: 'SPLIT',
        variant: first?.list.panel?.panel,
        value: { colour: first?.list.panel?.panel, size: first?.list.panel?.panel === 'red' ? 3 : 2 },
        metadata: { experiment: 'button', version: 1, bucket: first?.list.panel?.bucket },
      },
    });
    expect(shown).toMatchObject([
      {
        requestId: 'r-1',
        userId: 'ana',
        park: 'bay',
        attributes: { platform: 'web', age: '7' },
        list: { source: 'flag', recommendations: [], panel: { experiment: 'button', version: 1 } },
      },
    ]);
  });

  // Lists are recorded when they are shown; what nobody is assigned to decides nothing.
  test.each<[string, string, object, object, boolean]>([
    ['a tester', '/button', of('tester'), { reason: 'TARGETING_MATCH', variant: 'red' }, true],
    ['a request of the target', '/on-phone', of('ana', { platform: 'ios' }), { reason: 'SPLIT', value: true }, true],
    ['another request', '/on-phone', of('ana'), { reason: 'DEFAULT' }, false],
    ['the winner of a stopped flag', '/plain', of('ana'), { reason: 'STATIC', variant: 'b', value: 'b' }, false],
    ['a stopped flag without a winner', '/ended', of('ana'), { reason: 'DISABLED' }, false],
    ['lists', '/demo', of('ana'), { reason: 'SPLIT', variant: 'model', value: 'model' }, false],
  ])('of %s', async (_, path, body, expected, isRecorded) => {
    const { post, shown } = await serve();
    const answer = await post(path, body);
    expect(answer).toMatchObject({ status: 200, body: expected });
    expect(Object.hasOwn(answer.body as object, 'value')).toBe(
      !['DEFAULT', 'DISABLED'].some((reason) => JSON.stringify(expected).includes(reason)),
    );
    expect(shown).toHaveLength(isRecorded ? 1 : 0);
  });

  test.each<[string, string, unknown, number, object]>([
    ['an unknown flag', '/nothing', of('ana'), 404, { key: 'nothing', errorCode: 'FLAG_NOT_FOUND' }],
    ['no user', '/button', { context: {} }, 400, { key: 'button', errorCode: 'TARGETING_KEY_MISSING' }],
    ['no context', '/button', {}, 400, { key: 'button', errorCode: 'TARGETING_KEY_MISSING' }],
    ['no JSON', '/button', '{', 400, { key: 'button', errorCode: 'PARSE_ERROR' }],
    ['a context that is no object', '/button', { context: 7 }, 400, { key: 'button', errorCode: 'INVALID_CONTEXT' }],
    ['all flags of no user', '', {}, 400, { errorCode: 'TARGETING_KEY_MISSING' }],
  ])('of %s is refused in the form of the protocol', async (_, path, body, status, expected) => {
    const { post, shown } = await serve();
    expect(await post(path, body)).toMatchObject({ status, body: { ...expected, errorDetails: expect.any(String) } });
    expect(shown).toEqual([]);
  });

  test('needs a key where the service has some, in either header', async () => {
    const { post } = await serve({ access: { keys: [keyOf('secret', 'read')] } });
    expect((await post('/button', of('ana'))).status).toBe(401);
    expect((await post('/button', of('ana'), { authorization: 'Bearer secret' })).status).toBe(200);
    expect((await post('', of('ana'), { 'x-api-key': 'secret' })).status).toBe(200);
  });
});

describe('evaluation of all flags', () => {
  test('gives each, records none, and answers 304 while nothing changed for the user', async () => {
    const { post, shown } = await serve();
    const { status, body, headers } = await post('', of('ana'));
    expect(status).toBe(200);
    expect(
      (body as { flags: { key: string; reason: string }[] }).flags.map(({ key, reason }) => `${key} ${reason}`).sort(),
    ).toEqual([
      expect.stringMatching(/^button (SPLIT|DEFAULT)$/),
      'demo SPLIT',
      'ended DISABLED',
      'on-phone DEFAULT',
      'plain STATIC',
    ]);
    const etag = headers.get('etag') ?? '';
    expect(await post('', of('ana'), { 'if-none-match': etag })).toMatchObject({ status: 304, body: '' });
    expect((await post('', of('ana'), { 'if-none-match': `"old", W/${etag}` })).status).toBe(304);
    expect((await post('', of('ana', { platform: 'ios' }), { 'if-none-match': etag })).status).toBe(200);
    expect(shown).toEqual([]);
  });
});

describe('the official providers', () => {
  test('that of servers asks for one flag at a time', async () => {
    const { url, shown } = await serve();
    await OpenFeature.setProviderAndWait('one', new OFREPProvider({ baseUrl: url }));
    const client = OpenFeature.getClient('one');
    const red = await client.getObjectDetails('button', { colour: 'none' }, { targetingKey: 'tester' });
    expect(red).toMatchObject({ value: { colour: 'red', size: 3 }, variant: 'red', reason: 'TARGETING_MATCH' });
    expect(shown).toMatchObject([{ userId: 'tester', list: { panel: { forced: true } } }]);
    expect(await client.getBooleanValue('on-phone', false, { targetingKey: 'ana', platform: 'ios' })).toBe(true);
    expect(await client.getBooleanValue('on-phone', false, { targetingKey: 'ana' })).toBe(false);
    expect(await client.getStringValue('plain', 'a', { targetingKey: 'ana' })).toBe('b');
    expect(await client.getStringDetails('nothing', 'mine', { targetingKey: 'ana' })).toMatchObject({
      value: 'mine',
      errorCode: 'FLAG_NOT_FOUND',
    });
    expect(await client.getStringDetails('plain', 'mine', {})).toMatchObject({
      value: 'mine',
      errorCode: 'TARGETING_KEY_MISSING',
    });
  });

  test('that of browsers asks for all flags at once, and again with the tag', async () => {
    const { url } = await serve();
    const statuses: number[] = [];
    const fetchImplementation: typeof fetch = async (...request) => {
      const answer = await fetch(...request);
      statuses.push(answer.status);
      return answer;
    };
    const provider = new OFREPWebProvider({ baseUrl: url, fetchImplementation, pollInterval: 0 });
    await OpenFeatureWeb.setProviderAndWait('many', provider, { targetingKey: 'tester', platform: 'ios' });
    const client = OpenFeatureWeb.getClient('many');
    expect(client.getObjectValue('button', {})).toEqual({ colour: 'red', size: 3 });
    expect(client.getBooleanDetails('on-phone', false)).toMatchObject({ value: true, variant: 'yes', reason: 'SPLIT' });
    expect(client.getStringValue('plain', 'a')).toBe('b');
    expect(client.getStringValue('nothing', 'mine')).toBe('mine');
    await OpenFeatureWeb.setContext('many', { targetingKey: 'tester', platform: 'ios' });
    await OpenFeatureWeb.setContext('many', { targetingKey: 'tester', platform: 'android' });
    expect(client.getBooleanValue('on-phone', false)).toBe(false);
    expect(statuses).toEqual([200, 304, 200]);
  });
});
