import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { pipelineSettings, PIPELINE_ERRORS } from '@attractions/pipeline';

assert.ok(Object.keys(PIPELINE_ERRORS).length > 0);
assert.equal(pipelineSettings.feedsRoot.variable, 'FEEDS_ROOT');
const help = execFileSync('npx', ['attractions', '--help'], { encoding: 'utf8' });
assert.match(help, /attractions .*run/s);
