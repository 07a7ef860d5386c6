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

  test('comes back with all that a minor version added', async () => {
    const full: Experiment = {
      ...experiment,
      status: 'stopped',
      changedAt: '2026-11-28T15:00:00Z',
      changedBy: 'ana',
      reason: 'the model wins',
      layer: 'home',
      target: { park: ['north'], platform: ['ios', 'android'] },
      holdout: { salt: 'holdout', buckets: [0, 500] },
      forced: { tester: 'treatment' },
      design: 'interleaving',
      metrics: ['followed'],
      winner: 'treatment',
    };
    expect(await roundTrip(experiments.codec, full)).toEqual(full);
    const flag = {
      ...experiment,
      panels: [
        { name: 'off', value: { depth: [1, null, 'x'] }, buckets: [[0, 5_000]] },
        { name: 'on', buckets: [[5_000, 10_000]] },
      ],
    } as const satisfies Experiment;
    expect(await roundTrip(experiments.codec, flag)).toEqual(flag);
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
    [{ ...experiment, status: 'paused' }, 'status is "paused"; give one of running, stopped.'],
    [{ ...experiment, changedAt: 'today' }, 'changedAt is "today"; give a time in RFC 3339.'],
    [{ ...experiment, target: { park: 'north' } }, 'target.park is "north"; give a list of texts.'],
    [{ ...experiment, target: { park: [] } }, 'target.park is []; give a list of at least one text.'],
    [{ ...experiment, holdout: { buckets: [0, 5] } }, 'holdout.salt is missing; give a text'],
    [
      { ...experiment, forced: { ana: 'red' } },
      'forced.ana is "red", which is not a panel; give one of: control, treatment.',
    ],
    [{ ...experiment, design: 'switchback' }, 'design is "switchback"; give one of ab, interleaving.'],
    [
      { ...experiment, design: 'interleaving', panels: [control] },
      'design is "interleaving" with 1 panels, 1 of them with a recommender; give exactly two panels with a recommender',
    ],
    [{ ...experiment, metrics: [] }, 'metrics is []; give a list of at least one name.'],
    [{ ...experiment, winner: 'treatment' }, 'winner is "treatment", while the experiment runs; leave it out, or stop'],
    [
      { ...experiment, status: 'stopped', winner: 'red' },
      'winner is "red", which is not a panel; give one of: control',
    ],
    [
      { ...experiment, panels: [control, { ...treatment, recommender: undefined }] },
      'panels[1].recommender is missing, while other panels have one; give every panel a recommender, or none.',
    ],
    [
      { ...experiment, panels: [{ ...control, value: 1n }] },
      'panels[0].value is "1"; give a value that JSON can hold.',
    ],
    // From here on: what only a put refuses.
    [
      { ...experiment, holdout: { salt: '2026-11', buckets: [0, 5] } },
      'holdout.salt is "2026-11", the same as salt; give another one, or the users held out are taken',
    ],
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
