import { describe, expect, test } from '@jest/globals';
import { createRecommender } from '../../src/answers/compose.js';
import { nextAttractionScoring } from '@attractions/models';
import { kindRecommender } from '../../src/answers/kind.js';
import { parkClocks } from '../../src/answers/park-clocks.js';
import { sampleGeneration, sampleNext } from '@attractions/models/testing';

const generation = { ...sampleGeneration(), models: new Map([['next-attraction', sampleNext()]]) };
const hour = 3_600_000;
const noon = 20_000 * 24 * hour + 12 * hour;
/** At one o'clock no hour counts. */
const clocks = parkClocks({}, () => noon + hour);
const next = kindRecommender(generation, nextAttractionScoring, clocks);
const usual = createRecommender(generation, { clocks });
const namesOf = (answer: ReturnType<typeof next.recommend>) => answer.recommendations.map(({ name }) => name);

describe('the next attraction', () => {
  test('at an hour like any other: popular, as probabilities of those that pass', () => {
    const { recommendations, source } = next.recommend({ park: 'bay', exclude: ['bay:coaster'] });
    expect(source).toBe('next-attraction');
    expect(recommendations.map(({ attractionId }) => attractionId)).toEqual(['bay:slide', 'bay:pool']);
    // The terms are -1 and -2, so the odds are e to 1.
    expect(recommendations[0]?.score).toBeCloseTo(Math.E / (1 + Math.E), 12);
    expect(recommendations.reduce((sum, { score }) => sum + score, 0)).toBeCloseTo(1, 12);
  });

  test('the hour and the place of the last visit count; what was visited is hidden', () => {
    const visits = [{ attractionId: 'bay:slide', visitedAt: noon - 60_000 }];
    expect(namesOf(next.recommend({ park: 'bay', at: noon }))[0]).toBe('Wave Pool');
    expect(namesOf(next.recommend({ park: 'bay', at: noon, visits }))).toEqual(['Bay Coaster', 'Wave Pool']);
    const longAgo = [{ attractionId: 'bay:slide', visitedAt: noon - 7 * hour }];
    expect(namesOf(next.recommend({ park: 'bay', at: noon, visits: longAgo }))[0]).toBe('Wave Pool');
  });

  test('a visit after the request, or in another park, is no last visit', () => {
    const without = next.recommend({ park: 'bay', at: noon, exclude: ['bay:slide'] }).recommendations;
    const later = [{ attractionId: 'bay:slide', visitedAt: noon + 1 }];
    expect(next.recommend({ park: 'bay', at: noon, visits: later }).recommendations).toEqual(without);
    const other = [{ attractionId: 'hill:river', visitedAt: noon - 1 }, 'bay:slide'];
    expect(next.recommend({ park: 'bay', at: noon, visits: other }).recommendations).toEqual(without);
  });

  test('it is not able without a park', () => {
    const visits = [{ attractionId: 'bay:slide', visitedAt: noon }];
    expect(next.recommend({ at: noon, visits }).recommendations).toEqual([]);
  });

  test('each reason is the term that stands out', () => {
    const reasons = (request: object) =>
      next.recommend({ park: 'bay', explain: true, ...request }).recommendations.map(({ reason }) => reason);
    expect(reasons({ limit: 1 })).toEqual(['popular in bay: 1,203 visitors']);
    expect(reasons({ at: noon, limit: 1 })).toEqual(['often visited at this hour']);
    const visits = [{ attractionId: 'bay:slide', visitedAt: noon }];
    expect(reasons({ at: noon, visits, limit: 1 })).toEqual(['near Big Slide, or often next to it']);
  });

  test('what was visited speaks for what goes with it, whether the request or the model knows of the visit', () => {
    const parks = sampleNext().parks.map((tables) =>
      tables.park === 'bay'
        ? {
            ...tables,
            together: [
              [0, 9, 0],
              [0, 0, 0],
              [9, 0, 0],
            ],
          }
        : tables,
    );
    const tasteful = kindRecommender(
      { ...generation, models: new Map([['next-attraction', { ...sampleNext(), parks }]]) },
      nextAttractionScoring,
      clocks,
    );
    expect(namesOf(tasteful.recommend({ park: 'bay' }))[0]).toBe('Big Slide');
    const [first] = tasteful.recommend({ park: 'bay', visits: ['bay:coaster'], explain: true }).recommendations;
    expect(first).toMatchObject({ name: 'Wave Pool', reason: 'often visited by those who went where you did' });
    // The model knows that ana was at the slide; an unknown user without visits would get the pool.
    expect(namesOf(tasteful.recommend({ park: 'bay', userId: 'ana' }))).toEqual(['Bay Coaster', 'Wave Pool']);
    expect(namesOf(next.recommend({ park: 'bay', userId: 'ana' }))).toEqual(['Wave Pool', 'Bay Coaster']);
  });
});

describe('in the usual stack', () => {
  test('it answers in a park and is topped up by the others; without a park the factors do', () => {
    expect(usual.recommend({ userId: 'ana', park: 'bay' }).source).toBe('next-attraction');
    expect(usual.recommend({ userId: 'ana' }).source).toBe('als');
    expect(usual.recommend({ park: 'moon' }).source).toBe('popular');
    const visits = [{ attractionId: 'bay:slide', visitedAt: noon }];
    const { recommendations } = usual.recommend({ at: noon, visits, limit: 4 });
    expect(recommendations.map(({ source }) => source)).toEqual([
      'next-attraction',
      'next-attraction',
      'fold-in',
      'fold-in',
    ]);
  });

  test('without the model everything is as before', () => {
    const before = createRecommender(sampleGeneration());
    expect(before.recommend({ userId: 'ana', park: 'bay' }).source).toBe('als');
    expect(
      kindRecommender(sampleGeneration(), nextAttractionScoring).recommend({ park: 'bay' }).recommendations,
    ).toEqual([]);
  });
});
