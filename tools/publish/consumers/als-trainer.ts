import assert from 'node:assert/strict';
import { foldIn, trainAls, type AlsModel, type Interactions } from '@attractions/als-trainer';

/** A checkerboard of two tastes: even users visit even items, odd users odd ones. */
const pairs = Array.from({ length: 8 * 8 }, (_, n) => [Math.floor(n / 8), n % 8] as const).filter(
  ([user, item]) => user % 2 === item % 2 && !(user === 0 && item === 6),
);
const interactions: Interactions = {
  userCount: 8,
  itemCount: 8,
  users: Uint32Array.from(pairs, ([user]) => user),
  items: Uint32Array.from(pairs, ([, item]) => item),
};

const options = { rank: 4, iterations: 10, seed: 7 };
const model: AlsModel = await trainAls(interactions, options, { threads: 1 });
const score = (user: Float32Array, item: number): number =>
  user.reduce((sum, factor, f) => sum + factor * (model.itemFactors[item * model.rank + f] ?? NaN), 0);

const first = model.userFactors.subarray(0, model.rank);
assert.ok(score(first, 6) > score(first, 7), 'what others of the same taste visit comes first');
const stranger = foldIn(model, Uint32Array.of(1, 3));
assert.ok(score(stranger, 5) > score(stranger, 4));

const again = await trainAls(interactions, options, { threads: 2 });
assert.deepEqual(again.itemFactors, model.itemFactors, 'the same seed gives the same bytes');
