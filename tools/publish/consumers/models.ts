import assert from 'node:assert/strict';
import { topK, type Ranked } from '@attractions/models';

const factors = Float32Array.of(1, 0, 0, 1, 0.5, 0.5);
const ranked: Ranked = topK(factors, 2, Float32Array.of(1, 0.2), 2);
assert.deepEqual([...ranked.items], [0, 2]);
