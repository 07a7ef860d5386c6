import { describe, expect, test } from '@jest/globals';
import type { Recommendations } from '@attractions/recommender';
import { checkAnswers } from '../../src/generations/smoke.js';
import { serving } from '../../src/served.js';
import { sampleGeneration } from '@attractions/models/testing';

const good = serving(sampleGeneration());

/** The same recommender, its answers changed. */
const changed = (change: (answer: Recommendations) => Recommendations) => ({
  ...good,
  recommender: { recommend: (request: object) => change(good.recommender.recommend(request)) },
});

const withFirst = (entry: object) =>
  changed(({ recommendations: [first, ...others], ...rest }) => ({
    ...rest,
    recommendations: first === undefined ? [] : [{ ...first, ...entry }, ...others],
  }));

describe('checkAnswers', () => {
  test('accepts a generation with right answers', async () => {
    await expect(checkAnswers(good)).resolves.toBeUndefined();
  });

  test.each([
    ['a list too short', changed((answer) => ({ ...answer, recommendations: answer.recommendations.slice(1) }))],
    ['a score that is not a number', withFirst({ score: NaN })],
    ['an attraction without a name', withFirst({ name: '' })],
    ['a visited attraction', withFirst({ attractionId: 'bay:slide' })],
    [
      'one attraction twice',
      changed((answer) => ({
        ...answer,
        recommendations: answer.recommendations.flatMap((_entry, _n, [first]) => first ?? []),
      })),
    ],
    [
      'a defect',
      {
        ...good,
        recommender: {
          recommend: () => {
            throw new Error('broken');
          },
        },
      },
    ],
  ])('refuses %s, and names no user', async (_, served) => {
    await expect(checkAnswers(served)).rejects.toEqual(
      expect.objectContaining({ code: 'SERVICE_SMOKE_FAILED', message: expect.not.stringContaining('ana') }),
    );
  });
});
