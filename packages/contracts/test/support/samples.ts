import type { AlsGeneration } from '../../src/als-model.js';

/** A model of three users and two attractions, with the floats that are easiest to lose. */
export function alsModel(): AlsGeneration {
  return {
    rank: 2,
    userIds: ['ann', 'bob', 'Zoë@N00'],
    attractionIds: ['p:1', 'p:2'],
    userFactors: Float32Array.of(1, -0, 3.1, 1.401298464324817e-45, 3.4028234663852886e38, 1e-40),
    itemFactors: Float32Array.of(0.1, 0.2, -0.3, 0.4),
    seen: { offsets: Uint32Array.of(0, 1, 1, 3), items: Uint32Array.of(1, 0, 1) },
    histories: {
      counts: Uint32Array.of(3, 1, 2),
      lastItems: Uint32Array.of(1, 0, 1),
      lastTimes: Float64Array.of(1_400_000_000_123, -1, 0),
    },
    visitors: Uint32Array.of(1, 2),
    options: { rank: 2, preset: 'default', implicitFeedback: true },
    history: [{ iteration: 1, loss: 2.25, seconds: 0.5 }],
  };
}
