import { describe, expect, test } from '@jest/globals';

import { experiments } from '../../src/index.js';
import type { Experiment } from '../../src/index.js';
import { encoded, roundTrip } from '../support/files.js';

const experiment: Experiment = {
  experiment: 'als-or-popular',
  version: 1,
  layerSalt: 'home',
  layerBuckets: [0, 10_000],
  salt: '2026-11',
  panels: [
    { name: 'control', recommender: 'popular', buckets: [[0, 5_000]] },
    {
      name: 'treatment',
      recommender: 'als',
      buckets: [
        [5_000, 7_500],
        [9_000, 10_000],
      ],
    },
  ],
};

const [control, treatment] = experiment.panels;

describe('an experiment', () => {
  test('comes back as it went', async () => {
    expect(await roundTrip(experiments.codec, experiment)).toEqual(experiment);
  });

  test.each<[unknown, string]>([
    [null, 'An experiment is an object.'],
    [{ ...experiment, experiment: '' }, 'experiment is "", not a text.'],
    [{ ...experiment, salt: undefined }, 'salt is missing, not a text.'],
    [{ ...experiment, version: 0 }, 'version is 0, not a whole number of at least 1.'],
    [{ ...experiment, layerBuckets: [0, 10_001] }, 'layerBuckets is [0,10001]; a range is [from, to) with'],
    [{ ...experiment, layerBuckets: [5, 5] }, 'layerBuckets is [5,5]; a range is'],
    [{ ...experiment, panels: [] }, 'panels is no list of at least one panel.'],
    [{ ...experiment, panels: [7] }, 'Panel 1 is no object.'],
    [{ ...experiment, panels: [control, control] }, 'Panel 2: name is "control", which an earlier panel has too.'],
    [{ ...experiment, panels: [{ ...control, name: '' }] }, 'Panel 1: name is "", not a text.'],
    [{ ...experiment, panels: [{ ...control, recommender: 7 }] }, 'Panel control: recommender is 7, not a text.'],
    [{ ...experiment, panels: [{ ...control, buckets: 7 }] }, 'Panel control: buckets is no list.'],
    [{ ...experiment, panels: [{ ...control, buckets: [[0.5, 1]] }] }, 'Panel control: buckets holds [0.5,1]; a range'],
    [
      { ...experiment, panels: [control, { ...treatment, buckets: [[4_999, 6_000]] }] },
      'Panels control and treatment both own bucket 4999.',
    ],
  ])('%j is refused', async (value, message) => {
    await expect(encoded(experiments.codec, value as Experiment)).rejects.toMatchObject({
      code: 'FEEDS_VALUE_INVALID',
      message: expect.stringContaining(message),
    });
  });
});
