/** `nx g` on a temporary copy: the generated files pass lint, types and tests at once. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { withExport } from '../generators/named-exports.mjs';
import { scratchWorkspace } from './support/scratch-workspace.mjs';

const generators = [
  {
    command: ['feed', 'etl/park-weather'],
    name: 'contracts',
    made: ['src/park-weather.ts', 'test/park-weather.test.ts'],
    exports: [
      "export { parkWeather } from './park-weather.js';",
      "export type { ParkWeatherRow } from './park-weather.js';",
    ],
  },
  {
    command: ['recommender', 'nearby-rides'],
    name: 'recommender',
    made: ['src/answers/nearby-rides.ts', 'test/answers/nearby-rides.test.ts'],
    exports: ["export { nearbyRidesRecommender } from './answers/nearby-rides.js';"],
  },
];

describe('nx g', () => {
  let workspace;
  before(() => (workspace = scratchWorkspace()));
  after(() => workspace.remove());

  const generate = (generator, ...parameters) =>
    workspace.run('npx', 'nx', 'g', `./tools/generators:${generator}`, ...parameters, '--no-interactive');
  const check = (folder, tool, ...parameters) => {
    const { status, stdout, stderr } = workspace.run(
      'sh',
      '-c',
      'cd "$1" && shift && exec "$@"',
      'sh',
      folder,
      tool,
      ...parameters,
    );
    assert.equal(status, 0, stdout + stderr);
  };

  for (const { command, name, made, exports } of generators)
    test(`${command.join(' ')}: two files and their exports, which pass lint, types and tests`, () => {
      const { status, stdout, stderr } = generate(...command);
      assert.equal(status, 0, stdout + stderr);
      const changed = workspace
        .git('status', '--porcelain', '--untracked-files=all')
        .split('\n')
        .map((line) => line.trim().split(' ').at(-1));
      assert.deepEqual(changed.sort(), [...made, 'src/index.ts'].map((path) => `packages/${name}/${path}`).sort());
      const index = readFileSync(join(workspace.root, 'packages', name, 'src/index.ts'), 'utf8');
      for (const line of exports) assert.ok(index.split('\n').includes(line), line);

      const folder = `packages/${name}`;
      check('.', 'node_modules/.bin/prettier', '--check', ...changed);
      check(folder, '../../node_modules/.bin/eslint', '--max-warnings', '0', ...made);
      check(folder, '../../node_modules/.bin/tsc', '--noEmit', '--project', 'tsconfig.json');
      const jest = [
        '--experimental-vm-modules',
        '../../node_modules/jest/bin/jest.js',
        '--config',
        '../../jest.config.mjs',
        '--rootDir',
        '.',
      ];
      check(folder, 'node', ...jest, made[1]);
      workspace.commit(`feat(${name}): generated`);
    });

  for (const [what, command, sentence] of [
    ['a feed without a domain', ['feed', 'weather'], /"weather" is no feed; give <domain>\/<name>/],
    [
      'a name that is taken',
      ['recommender', 'mapping'],
      /packages\/recommender\/src\/answers\/mapping\.ts is there already/,
    ],
  ])
    test(`${what} is refused in a sentence, and nothing is written`, () => {
      const { status, stdout, stderr } = generate(...command);
      assert.notEqual(status, 0);
      assert.match(stdout + stderr, sentence);
      assert.equal(workspace.git('status', '--porcelain'), '');
    });
});

describe('the line in an index', () => {
  const index = "export { a } from './a.js';\nexport { c } from './c.js';\n\nexport type { A } from './a.js';\n";

  test('stands among those of its kind, in the order of paths', () => {
    assert.equal(withExport(index, { name: 'b', path: './b' }).split('\n')[1], "export { b } from './b.js';");
    assert.equal(withExport(index, { name: 'd', path: './d' }).split('\n')[2], "export { d } from './d.js';");
    assert.equal(
      withExport(index, { name: 'B', path: './b', type: true }).split('\n')[4],
      "export type { B } from './b.js';",
    );
  });
});
