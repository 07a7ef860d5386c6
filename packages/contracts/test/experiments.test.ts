import { describe, expect, test } from '@jest/globals';

import { experiments, experimentsOf } from '../src/experiments.js';
import { openFeeds } from '@attractions/feeds';
import type { Experiment } from '@attractions/experiments';
import { encoded, roundTrip } from '@attractions/feeds/testing';

const producer = { id: 'test', package: 'test', version: '1.0.0' };

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

  const tooLong = 'x'.repeat(201);
  test.each<[unknown, string]>([
    [null, 'The document is null; give an object.'],
    [{ ...experiment, experiment: '' }, 'experiment is ""; give a text that is not empty.'],
    [{ ...experiment, salt: undefined }, 'salt is missing; give a text'],
    [{ ...experiment, version: 0 }, 'version is 0; give a whole number from 1 to 2147483647.'],
    [{ ...experiment, version: 2 ** 31 }, 'version is 2147483648; give'],
    [{ ...experiment, version: 1.5 }, 'version is 1.5; give'],
    [{ ...experiment, version: '1' }, 'version is "1"; give'],
    [
      { ...experiment, layerBuckets: [0, 10_001] },
      'layerBuckets is [0,10001]; give a range [from, to) with whole numbers and 0 <= from < to <= 10000.',
    ],
    [{ ...experiment, layerBuckets: [5, 5] }, 'layerBuckets is [5,5]; give a range'],
    [{ ...experiment, panels: [] }, 'panels is []; give a list of at least one panel.'],
    [{ ...experiment, panels: [7] }, 'panels[0] is 7; give an object.'],
    [
      { ...experiment, panels: [control, control] },
      'panels[1].name is "control", which an earlier panel has too; give',
    ],
    [{ ...experiment, panels: [{ ...control, name: '' }] }, 'panels[0].name is ""; give a text'],
    [{ ...experiment, panels: [{ ...control, recommender: 7 }] }, 'panels[0].recommender is 7; give a text'],
    [{ ...experiment, panels: [{ ...control, buckets: 7 }] }, 'panels[0].buckets is 7; give a list of ranges.'],
    [{ ...experiment, panels: [{ ...control, buckets: [[0.5, 1]] }] }, 'panels[0].buckets[0] is [0.5,1]; give a range'],
    [
      { ...experiment, panels: [control, { ...treatment, buckets: [[4_999, 6_000]] }] },
      'Panels control and treatment both own bucket 4999; make [0,5000] and [4999,6000] disjoint.',
    ],
    [
      {
        ...experiment,
        panels: [
          {
            ...control,
            buckets: [
              [0, 9],
              [3, 4],
            ],
          },
        ],
      },
      'Panel control owns bucket 3 twice; make [0,9] and [3,4] disjoint.',
    ],
    // From here on: what only a put refuses.
    [{ ...experiment, panels: [{ ...control, buckets: [] }] }, 'panels[0].buckets is an empty list; give it a range'],
    [
      { ...experiment, experiment: tooLong },
      'experiment is "xxxxxxxxxxxxxxxxxxxx…" with 201 characters; give at most 200.',
    ],
    [{ ...experiment, panels: [{ ...control, name: tooLong }] }, 'panels[0].name is "xxxxxxxxxxxxxxxxxxxx…" with 201'],
    [{ ...experiment, experiment: 'a\nb' }, 'experiment is "a\\nb"; leave out control characters.'],
    [{ ...experiment, salt: 'a|b' }, 'salt is "a|b"; leave out |, which separates the salt from the user id'],
    [
      { ...experiment, salt: 'home', layerBuckets: [0, 5_000] },
      'salt is "home", the same as layerSalt; give another one, or the users in [0,5000] of the layer fall into the same buckets',
    ],
  ])('%j is refused', async (value, message) => {
    await expect(encoded(experiments.codec, value as Experiment)).rejects.toMatchObject({
      code: 'FEEDS_VALUE_INVALID',
      message: expect.stringContaining(message),
    });
  });

  test('a program that knows its recommenders refuses to put a panel of another one; all read it', async () => {
    const mine = { ...experiment, panels: [{ ...treatment, recommender: 'mine' }] } as Experiment;
    const feeds = openFeeds('memory:');
    await expect(feeds.feed(experimentsOf(['als', 'mapping'])).put(mine, { producer })).rejects.toMatchObject({
      code: 'FEEDS_VALUE_INVALID',
      message: 'panels[0].recommender is "mine", which is not known; give one of: als, mapping.',
    });
    await feeds.feed(experimentsOf(['als', 'mine'])).put(mine, { producer });
    expect(await (await feeds.feed(experiments).latest()).read()).toEqual(mine);
  });
});
