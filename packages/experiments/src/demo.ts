import type { Experiment } from './experiment.js';

/** A sample experiment over all users: half are answered by the model, half by popularity. It runs only where a caller asks for it. */
export const demoExperiment: Experiment = {
  experiment: 'demo',
  version: 1,
  layerSalt: 'demo-layer',
  layerBuckets: [0, 10_000],
  salt: 'demo-1',
  panels: [
    { name: 'model', recommender: 'als', buckets: [[0, 5_000]] },
    { name: 'popular', recommender: 'popular', buckets: [[5_000, 10_000]] },
  ],
};
