import assert from 'node:assert/strict';
import { assignmentIn, bucketOf, demoExperiment, type Experiment } from '@attractions/experiments';

const experiment: Experiment = { ...demoExperiment, version: 2 };
assert.equal(bucketOf('demo-1', 'ana'), 996);
assert.deepEqual(assignmentIn(experiment)('ana'), { experiment: 'demo', version: 2, panel: 'model', bucket: 996 });
