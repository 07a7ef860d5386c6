import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { pipelineSettings, PIPELINE_ERRORS } from '@attractions/pipeline';
import { defineConfig, type ListMetric } from '@attractions/pipeline/config';

assert.ok(Object.keys(PIPELINE_ERRORS).length > 0);
assert.equal(pipelineSettings.feedsRoot.variable, 'FEEDS_ROOT');
const help = execFileSync('npx', ['attractions', '--help'], { encoding: 'utf8' });
assert.match(help, /attractions .*run/s);

// Every section has a type, though only this package is named.
const size: ListMetric = { name: 'size', of: ({ list }) => list.length };
const config = defineConfig({
  sources: { visits: { type: 'csv', files: 'visits.csv' } },
  events: { visit: 1 },
  checks: {},
  keep: { last: 14 },
  models: ['als'],
  rules: [{ name: 'dry', allows: ({ themes }) => !themes.includes('water') }],
  mapping: { ann: ['tidewater:1'] },
  recommenders: {},
  baselines: [
    {
      name: 'equal',
      description: 'All alike.',
      learn:
        ({ names }) =>
        () =>
          names.attractionIds.map(() => 0),
    },
  ],
  metrics: [size],
});
assert.deepEqual(config.metrics, [size]);
// @ts-expect-error there is no such section
defineConfig({ rulez: [] });
