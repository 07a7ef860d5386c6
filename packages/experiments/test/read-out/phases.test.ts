import { expect, test } from '@jest/globals';

import type { Experiment } from '../../src/experiment.js';
import { rampExperiment, startExperiment, stopExperiment } from '../../src/lifecycle/changes.js';
import { latestPhase } from '../../src/read-out/phases.js';

const change = { at: new Date(0), by: 'ana' };
const begun = startExperiment(
  {
    experiment: 'home',
    panels: [
      { name: 'old', recommender: 'popular', share: 10 },
      { name: 'new', recommender: 'als', share: 10 },
    ],
    share: 50,
  },
  change,
  [],
);

const phase = (...versions: Experiment[]): number[] => latestPhase(versions).map(({ version }) => version);

test('a wider layer, or all panels wider by one factor, are one phase, and so is the end', () => {
  const wider = rampExperiment('home', { share: 100 }, change, [begun]);
  const both = rampExperiment('home', { panels: [{ name: 'old', share: 30 }, { name: 'new', share: 30 }] }, change, [begun, wider]); // prettier-ignore
  const stopped = stopExperiment('home', 'new', change, [begun, wider, both]);
  expect(phase(both, begun, stopped, wider)).toEqual([1, 2, 3, 4]);
});

test('another ratio begins a phase, and what came before is not in it', () => {
  const uneven = rampExperiment('home', { panels: [{ name: 'new', share: 40 }] }, change, [begun]);
  const wider = rampExperiment('home', { share: 100 }, change, [begun, uneven]);
  expect(phase(begun, uneven, wider)).toEqual([2, 3]);
});

test.each<[string, Partial<Experiment>]>([
  ['another salt', { salt: 'other' }],
  ['another layer', { layerSalt: 'other' }],
  ['another recommender', { panels: begun.panels.map((panel) => ({ ...panel, recommender: 'ease' })) }],
  ['panels that swap their users', { panels: begun.panels.map((panel, n) => ({ ...panel, buckets: begun.panels[1 - n]?.buckets ?? [] })) }], // prettier-ignore
  ['another design', { design: 'interleaving' }],
])('%s begins a phase', (_, difference) => {
  expect(phase(begun, { ...begun, version: 2, ...difference })).toEqual([2]);
});
