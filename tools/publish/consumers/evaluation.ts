import assert from 'node:assert/strict';
import { evaluate, EvaluationError, type HeldOut, type Report } from '@attractions/evaluation';

const heldOut: HeldOut = {
  userCount: 2,
  itemCount: 3,
  users: Uint32Array.of(0, 1),
  items: Uint32Array.of(1, 2),
};
const report: Report = evaluate(() => [1, 0, 2], heldOut, { k: 1, metrics: ['hitRate', 'mrr'] });
assert.equal(report.metrics.hitRate, 0.5);
assert.throws(() => evaluate(() => [0], heldOut, { k: 0, metrics: ['hitRate'] }), EvaluationError);
