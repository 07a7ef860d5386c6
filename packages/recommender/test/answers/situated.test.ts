import { describe, expect, test } from '@jest/globals';
import { createRecommender } from '../../src/answers/compose.js';
import { parkClocks } from '../../src/answers/park-clocks.js';
import { demoExperiment } from '@attractions/experiments';
import { generationOf } from '@attractions/models';
import { sampleGeneration, sampleNext } from '@attractions/models/testing';
import { timedVisits } from '@attractions/models/testing';

const hour = 3_600_000;
const noon = Date.UTC(2014, 7, 5, 12);
const sample = sampleGeneration();
/** Ana was at the slide an hour ago, by the clock of the bay. */
const generation = generationOf(sample.model, sample.attractions, {
  models: { 'next-attraction': sampleNext() },
  visits: timedVisits([
    ['ana', 'hill:train', noon - 30 * hour],
    ['ana', 'bay:slide', noon - hour],
    ['bob@x', 'hill:train', noon - 9 * hour],
  ]),
});
const usual = createRecommender(generation, { clocks: parkClocks({}, () => noon) });
const idsOf = ({ recommendations }: ReturnType<typeof usual.recommend>) =>
  recommendations.map(({ attractionId }) => attractionId);

describe('without a park', () => {
  test('the last visit of the user that the model knows of says where they are; the rest tops up', () => {
    const answer = usual.recommend({ userId: 'ana' });
    expect(answer.assumed).toEqual({
      at: '2014-08-05T12:00:00.000',
      timeZone: 'UTC',
      park: 'bay',
      parkFrom: 'last-visit',
    });
    expect(idsOf(answer).slice(0, 2).sort()).toEqual(['bay:coaster', 'bay:pool']);
    expect(answer.recommendations.map(({ source }) => source).slice(0, 3)).toEqual([
      'next-attraction',
      'next-attraction',
      'als',
    ]);
    expect(answer.recommendations).toHaveLength(6);
  });

  test('a visit of the request that is later says more than what the model knows, and an earlier one less', () => {
    const at = (ago: number) => [{ attractionId: 'hill:river', visitedAt: noon - ago }];
    expect(usual.recommend({ userId: 'ana', visits: at(0) }).assumed?.park).toBe('hill');
    expect(usual.recommend({ userId: 'ana', visits: at(2 * hour) }).assumed?.park).toBe('bay');
  });

  test('8 hours later all parks are alike, and the answer says so', () => {
    for (const request of [{ userId: 'bob@x' }, { userId: 'ana', at: noon + 7 * hour + 1 }, {}]) {
      const { assumed, source } = usual.recommend(request);
      expect(assumed).toMatchObject({ park: null, parkFrom: 'no-recent-visit' });
      expect(source).not.toBe('next-attraction');
    }
    expect(usual.recommend({ userId: 'ana', at: noon + 7 * hour }).assumed).toEqual({
      park: 'bay',
      parkFrom: 'last-visit',
    });
  });

  test('a park that is visited to the end leads on to others', () => {
    const visits = ['bay:pool', 'bay:coaster', { attractionId: 'bay:slide', visitedAt: noon }];
    expect(idsOf(usual.recommend({ visits }))[0]).toMatch(/^hill:/);
  });

  test('moments are compared on the clock of each park', () => {
    const zones = { default: 'America/New_York', parks: { hill: 'Europe/Berlin' } };
    const recommender = createRecommender(generation, { clocks: parkClocks(zones, () => noon + 4 * hour) });
    // 16:00 UTC is noon in the bay and 18:00 on the hill.
    expect(recommender.recommend({ userId: 'ana' }).assumed).toMatchObject({
      at: '2014-08-05T12:00:00.000',
      timeZone: 'America/New_York',
      park: 'bay',
    });
    const visits = [{ attractionId: 'hill:train', visitedAt: '2014-08-05T17:30' }];
    expect(recommender.recommend({ userId: 'ana', visits }).assumed).toMatchObject({
      at: '2014-08-05T18:00:00.000',
      timeZone: 'Europe/Berlin',
      park: 'hill',
    });
  });
});

describe('with a park and a time', () => {
  test('nothing is assumed', () => {
    expect(usual.recommend({ userId: 'ana', park: 'bay', at: noon })).not.toHaveProperty('assumed');
  });

  test('a text and a number are the same time', () => {
    const visitedAt = noon - 60_000;
    const request = { park: 'bay', at: noon, visits: [{ attractionId: 'bay:slide', visitedAt }] };
    const inText = {
      ...request,
      at: '2014-08-05T14:00:00+02:00',
      visits: [{ attractionId: 'bay:slide', visitedAt: '2014-08-05T11:59' }],
    };
    expect(usual.recommend(inText)).toEqual(usual.recommend(request));
    expect(idsOf(usual.recommend(request))[0]).toBe('bay:coaster');
  });

  test('a time that is none is refused wherever it stands', () => {
    for (const request of [
      { at: NaN },
      { at: 'noon', park: 'bay' },
      { visits: [{ attractionId: 'gone:ride', visitedAt: 'noon' }] },
    ])
      expect(() => usual.recommend(request)).toThrow(/^The time is (NaN|'noon'); give /);
  });
});

describe('a user together with visits', () => {
  test('both are hidden, both are folded in, and the panel is that of the user', () => {
    const request = { userId: 'ana', visits: ['hill:train'], at: noon + 100 * hour };
    const answer = usual.recommend(request);
    expect(answer.source).toBe('fold-in');
    expect(idsOf(answer)).not.toEqual(expect.arrayContaining(['bay:slide']));
    expect(idsOf(answer)).not.toEqual(expect.arrayContaining(['hill:train']));
    // The same as for an unknown user with both visits; the model counts one visit to the slide.
    const stranger = usual.recommend({ ...request, userId: 'nobody', visits: ['bay:slide', 'hill:train'] });
    expect(answer).toEqual(stranger);
    const paneled = createRecommender(generation, { experiments: [demoExperiment] });
    expect(paneled.recommend(request).panel).toEqual(paneled.recommend({ userId: 'ana' }).panel);
    expect(paneled.recommend(request).panel).toBeDefined();
  });
});
