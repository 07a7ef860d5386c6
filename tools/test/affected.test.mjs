/** `tools/affected.mjs` on a temporary copy: for each kind of change, exactly which projects would run. */
import assert from 'node:assert/strict';
import { appendFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { scratchWorkspace } from './support/scratch-workspace.mjs';

const stages = ['etl', 'als-trainer', 'recommender', 'evaluation', 'service'];
/** The command line, the starter that names its version, and the tests of the workspace. */
const app = ['pipeline', 'create-attractions', 'tools'];
const everything = ['config', 'feeds', 'experiments', 'contracts', 'models', 'spark', 'client', ...stages, ...app];

/**
 * What a change of a package runs: itself, what depends on it, and `tools`, whose tests check the whole workspace. Written out, not computed: a dependency
 * that slips in between two stages must show here. In particular the task `train` waits for the task `etl`, and that must not make the one project depend on
 * the other.
 */
const affectedByPackage = {
  config: ['config', 'models', ...stages, ...app],
  feeds: ['feeds', 'contracts', 'models', ...stages, ...app],
  experiments: ['experiments', 'contracts', 'models', ...stages, ...app],
  contracts: ['contracts', 'models', ...stages, ...app],
  models: ['models', 'als-trainer', 'recommender', 'evaluation', 'service', ...app],
  spark: ['als-trainer', 'create-attractions', 'etl', 'pipeline', 'spark', 'tools'],
  client: ['client', 'tools'],
  etl: ['etl', ...app],
  'als-trainer': ['als-trainer', ...app],
  recommender: ['recommender', 'service', ...app],
  evaluation: ['evaluation', ...app],
  service: ['service', ...app],
  pipeline: [...app],
  'create-attractions': ['create-attractions', 'tools'],
};

const affectedByFile = {
  'tools/affected.mjs': ['tools'],
  'examples/own-model/src/quiet.js': ['tools'],
  'examples/react/src/main.tsx': ['tools'],
  'packages/als-trainer/test/README.md': ['als-trainer', ...app],
  'package-lock.json': everything,
  'tsconfig.base.json': everything,
  LICENSE: [],
};

const unknown = '0'.repeat(40);

describe('tools/affected.mjs --print', () => {
  let workspace;
  before(() => (workspace = scratchWorkspace()));
  after(() => workspace.remove());

  const print = (base, head) => workspace.run(process.execPath, 'tools/affected.mjs', '--print', base, head);
  const projects = ({ status, stdout, stderr }) => {
    assert.equal(status, 0, stderr);
    return stdout.split('\n').filter(Boolean).sort();
  };

  const affectedBy = (path) => {
    appendFileSync(join(workspace.root, path), '\n');
    workspace.commit(`chore: touch ${path}`);
    return projects(print('HEAD~1', 'HEAD'));
  };

  test('the table below knows every package', () => {
    assert.deepEqual(Object.keys(affectedByPackage).sort(), readdirSync(join(workspace.root, 'packages')).sort());
  });

  for (const [name, expected] of Object.entries(affectedByPackage))
    test(`a change of ${name}`, () => {
      assert.deepEqual(affectedBy(`packages/${name}/src/index.ts`), [...expected].sort());
    });

  for (const [path, expected] of Object.entries(affectedByFile))
    test(`a change of ${path}`, () => {
      assert.deepEqual(affectedBy(path), [...expected].sort());
    });

  for (const base of ['', unknown])
    test(`the base "${base}" is unknown: everything, and it says so`, () => {
      const answer = print(base, 'HEAD');
      assert.deepEqual(projects(answer), [...everything].sort());
      assert.match(answer.stderr, /unknown here: everything counts as affected/);
    });

  test('a base without a common ancestor counts as unknown', () => {
    const tree = workspace.git('rev-parse', 'HEAD^{tree}');
    const orphan = workspace.git('commit-tree', tree, '-m', 'chore: a history of its own');
    assert.deepEqual(projects(print(orphan, 'HEAD')), [...everything].sort());
  });

  test('a head that is not there, or a missing argument, is wrong usage', () => {
    assert.equal(print('HEAD', 'no-such-branch').status, 2);
    assert.equal(workspace.run(process.execPath, 'tools/affected.mjs', '--print', 'HEAD').status, 2);
  });
});
