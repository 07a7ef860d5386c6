import assert from 'node:assert/strict';
import { bucketOf, createRecommender, generationOf, topK, type Recommendations } from '@attractions/recommender';

const { items } = topK(Float32Array.of(1, 0, 0, 1, 1, 1), 2, Float32Array.of(2, 1), 2);
assert.deepEqual([...items], [2, 0]);

const ids = ['tidewater:1', 'tidewater:2', 'tidewater:3'];
const recommender = createRecommender(
  generationOf(
    {
      rank: 1,
      userIds: ['ann'],
      attractionIds: ids,
      userFactors: Float32Array.of(1),
      itemFactors: Float32Array.of(0.9, 0.5, 0.7),
      seen: { offsets: Uint32Array.of(0, 1), items: Uint32Array.of(0) },
      visitors: Uint32Array.of(3, 2, 1),
      options: {
        preset: 'ials',
        implicitFeedback: true,
        regularization: 0.01,
        regularizationExponent: 1,
        alpha: 1,
        unobservedWeight: 0.1,
      },
      history: [],
    },
    ids.map((attractionId, n) => ({ attractionId, park: 'tidewater', name: `Ride ${n + 1}`, themes: [] })),
  ),
);

const known: Recommendations = recommender.recommend({ userId: 'ann', limit: 2 });
assert.equal(known.source, 'als');
assert.deepEqual(
  known.recommendations.map(({ name }) => name),
  ['Ride 3', 'Ride 2'],
);
const unknown = recommender.recommend({ userId: 'nobody' });
assert.equal(unknown.source, 'popular');
assert.equal(unknown.recommendations.length, 3);

const bucket = bucketOf('salt', 'ann');
assert.ok(bucket >= 0 && bucket < 10_000);
