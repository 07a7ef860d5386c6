/**
 * Whether the statistics of experiments keep their promises: seeded simulations of thousands of experiments whose truth is known.
 *
 *     npx nx build experiments
 *     node tools/bench/experiments/index.mjs [--experiments 2000] [--only looks,coverage] [--seed 1] [--json]
 *
 * - looks: A/A experiments looked at every day for 30 days; how often an interval ever leaves out 0
 * - many: ten comparisons at once; how often any is significant, with Holm and without
 * - coverage: how often an interval holds the true difference, for each type of metric
 * - cuped: the variance that CUPED saves, beside the square of the correlation
 * - power: how often experiments of the planned size find the planned effect
 * - ratio: how often the sample-ratio test finds 2 % of a panel lost, beside the plan
 * - interleaving: the users of an A/B test beside those of team draft
 *
 * A share p of n experiments has a Monte-Carlo standard error of sqrt(p (1 - p) / n): .005 for 5 % of 2,000.
 */
import { parseArgs } from 'node:util';

import { cover, saveVariance } from './coverage.mjs';
import { interleaveOrSplit } from './interleaved.mjs';
import { lookEveryDay, readMany } from './looks.mjs';
import { findPlanned, findRatioFaults } from './planned.mjs';
import { randomFrom } from './random.mjs';

const simulations = {
  looks: lookEveryDay,
  many: readMany,
  coverage: cover,
  cuped: saveVariance,
  power: findPlanned,
  ratio: findRatioFaults,
  interleaving: interleaveOrSplit,
};

const { values } = parseArgs({
  options: {
    experiments: { type: 'string', default: '2000' },
    only: { type: 'string', default: Object.keys(simulations).join() },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
});

const results = {};
for (const name of values.only.split(',')) {
  const simulate = simulations[name];
  if (simulate === undefined) {
    console.error(`There is no simulation '${name}'; choose from ${Object.keys(simulations).join(', ')}.`);
    process.exit(2);
  }
  const started = performance.now();
  results[name] = simulate({ random: randomFrom(Number(values.seed)), experiments: Number(values.experiments) });
  if (values.json) continue;
  console.log(`\n${name}, ${values.experiments} experiments, ${((performance.now() - started) / 1000).toFixed(0)} s`);
  console.table(
    results[name].map((row) => Object.fromEntries(Object.entries(row).map(([key, value]) => [key, shown(value)]))),
  );
}
if (values.json) console.log(JSON.stringify(results));

function shown(value) {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(3)) : value;
}
