/**
 * Publishes every public package to a local registry, as a release does, and then uses it: installs each package alone into an empty folder, checks what was
 * installed, compiles a strict TypeScript program against it and runs that.
 *
 * Packages that are not ours come from the registry that npm is configured for.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { formatMessage } from 'publint/utils';
import { publint } from 'publint';
import { attractionsIn, servedIn } from './command-line.mjs';
import { unpackedBudgetKilobytes } from './budgets.mjs';
import { broughtTo, filesOf, nativeIn, undeclaredIn } from './installed.mjs';
import { experimentCases } from './experiment.mjs';
import { nightCases } from './nights.mjs';
import { copyExample, ownModelCases } from './own-model.mjs';
import { publicPackages } from './public-packages.mjs';
import { reactCases } from './react.mjs';
import { openRegistry } from './registry.mjs';
import { starterCases } from './starter.mjs';

const root = join(import.meta.dirname, '../..');
const packages = publicPackages(root);
const programs = join(import.meta.dirname, 'consumers');
/** The program that uses several packages, and which. */
const together = { name: 'together', uses: ['feeds', 'contracts', 'etl', 'als-trainer', 'recommender'] };

/** The one package without a scope. */
const starter = 'create-attractions';

const start = promisify(execFile);

/** Runs a command as in a fresh shell: without the variables that an outer Nx or test run leaves in the environment. */
async function run(folder, settings, command, ...parameters) {
  const environment = Object.entries({ ...process.env, ...settings }).filter(
    ([name]) => !/^(NX_|NODE_TEST|npm_)/.test(name) || name in settings,
  );
  try {
    return await start(command, parameters, {
      cwd: folder,
      env: Object.fromEntries(environment),
      maxBuffer: 64 * 1024 * 1024,
    });
  } catch (failure) {
    throw new Error(`${command} ${parameters.join(' ')}\n${failure.stdout}\n${failure.stderr}`, { cause: failure });
  }
}

const compilerOptions = {
  target: 'es2022',
  lib: ['es2023'],
  module: 'nodenext',
  strict: true,
  noUncheckedIndexedAccess: true,
  verbatimModuleSyntax: true,
  skipLibCheck: false,
  types: ['node'],
  outDir: 'out',
};

describe('publish', () => {
  let temporary;
  let registry;

  const consumer = (name) => join(temporary, 'consumers', name);
  const installed = (name) =>
    join(consumer(name), 'node_modules', packages.find((one) => one.name === name).manifest.name);

  /** An empty folder outside the repository that takes our packages from our registry. */
  function emptyFolder(name, npmrc = registry.scope) {
    mkdirSync(consumer(name), { recursive: true });
    writeFileSync(join(consumer(name), '.npmrc'), npmrc);
    writeFileSync(join(consumer(name), 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  }

  async function install(name, uses) {
    emptyFolder(name, uses.includes(starter) ? registry.everything : registry.scope);
    await run(consumer(name), {}, 'npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', ...uses);
  }

  /** Compiles the program of that name with the compiler beside the consumers, and runs what comes out. */
  async function compileAndRun(name) {
    copyFileSync(join(programs, `${name}.ts`), join(consumer(name), 'program.ts'));
    writeFileSync(join(consumer(name), 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['program.ts'] }));
    await run(consumer(name), {}, '../node_modules/.bin/tsc');
    await run(consumer(name), {}, process.execPath, 'out/program.js');
  }

  before(async () => {
    temporary = mkdtempSync(join(tmpdir(), 'attractions-publish-'));
    mkdirSync(join(temporary, 'registry'));
    registry = await openRegistry(join(temporary, 'registry'));
    const publisher = { npm_config_userconfig: registry.publisherConfig, NX_DAEMON: 'false' };
    await run(root, publisher, 'npx', 'nx', 'release', 'publish', '--output-style=static');

    const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const tools = ['typescript', '@types/node'].map((name) => `${name}@${devDependencies[name]}`);
    await install('.', tools);
  });
  after(() => {
    registry?.close();
    rmSync(temporary, { recursive: true, force: true });
  });

  test('every public package, and no other, has a program and a budget', () => {
    const names = packages.map(({ name }) => name).sort();
    assert.deepEqual(readdirSync(programs).sort(), [...names, together.name].map((name) => `${name}.ts`).sort());
    assert.deepEqual(Object.keys(unpackedBudgetKilobytes).sort(), names);
  });

  for (const { name, manifest } of packages)
    describe(name, () => {
      before(() => install(name, [manifest.name]));

      test('ships what its manifest says and no test', () => {
        const paths = filesOf(installed(name)).map(({ path }) => path);
        const allowed = [
          'package.json',
          'README.md',
          'LICENSE',
          ...manifest.files.filter((entry) => !entry.startsWith('!')),
        ];
        for (const path of paths) {
          assert.ok(
            allowed.some((entry) => path === entry || path.startsWith(`${entry}/`)),
            `${path} is outside "files"`,
          );
          assert.doesNotMatch(
            path,
            /(^|\/)(test|tests|__tests__|fixtures)\/|\.(test|spec)\.|tsbuildinfo$/,
            'is not for users',
          );
        }
        for (const path of ['README.md', 'LICENSE', 'dist/index.js', 'dist/index.d.ts', 'src/index.ts'])
          assert.ok(paths.includes(path), `${path} is missing`);
      });

      test('every built file comes from a source that is there', () => {
        const paths = new Set(filesOf(installed(name)).map(({ path }) => path));
        for (const path of paths) {
          const source = path.match(/^dist\/(.*?)(?:\.d\.ts|\.js)(?:\.map)?$/)?.[1];
          if (source !== undefined)
            assert.ok(paths.has(`src/${source}.ts`), `${path} is left over from an older build`);
        }
      });

      test('declares what it imports', () => {
        assert.deepEqual(undeclaredIn(installed(name)), []);
      });

      test('keeps to its size', () => {
        const bytes = filesOf(installed(name)).reduce((sum, file) => sum + file.bytes, 0);
        const budget = unpackedBudgetKilobytes[name];
        assert.ok(
          bytes / 1000 <= budget,
          `${(bytes / 1000).toFixed(1)} kB unpacked, more than the ${budget} of budgets.mjs`,
        );
      });

      const bringsDuckDb = ['etl', 'pipeline'].includes(name);
      test(bringsDuckDb ? 'brings no native code but DuckDB' : 'brings no native code', () => {
        const { addons, scripts } = nativeIn(consumer(name));
        const foreign = addons.filter((path) => !bringsDuckDb || !path.startsWith('@duckdb/'));
        // The script of protobufjs, which gRPC brings, only warns of versions; npm need not run it.
        const unknown = scripts.filter((path) => path !== 'node_modules/protobufjs');
        assert.deepEqual({ foreign, unknown }, { foreign: [], unknown: [] });
      });

      test('publint and are-the-types-wrong find nothing', async () => {
        await run(temporary, { npm_config_userconfig: registry.publisherConfig }, 'npm', 'pack', manifest.name);
        const file = manifest.name.replace('@', '').replace('/', '-');
        const tarball = join(temporary, `${file}-${manifest.version}.tgz`);
        const { messages, pkg } = await publint({ pkgDir: installed(name), strict: true, pack: false });
        assert.deepEqual(
          messages.map((message) => formatMessage(message, pkg)),
          [],
        );
        await run(import.meta.dirname, {}, 'node_modules/.bin/attw', tarball, '--profile', 'esm-only', '--no-emoji');
      });

      test('serves a strict program', () => compileAndRun(name));
    });

  test('the recommender brings no server, no DuckDB and no native code', (context) => {
    const brought = broughtTo(consumer('recommender'));
    const megabytes = (bytes) => `${(bytes / 1e6).toFixed(2)} MB`;
    const total = brought.reduce((sum, { bytes }) => sum + bytes, 0);
    context.diagnostic(`npm i @attractions/recommender brings ${brought.length} packages, ${megabytes(total)}:`);
    for (const { name, version, bytes } of brought) context.diagnostic(`${name} ${version}: ${megabytes(bytes)}`);
    const foreign = brought.filter(({ name }) => /fastify|duckdb|express|prom-client|swagger/.test(name));
    assert.deepEqual(foreign, []);
    assert.deepEqual(nativeIn(consumer('recommender')), { addons: [], scripts: [] });
  });

  describe('npm i -D @attractions/pipeline in an empty folder', () => {
    const folder = () => consumer('newcomer');
    before(async () => {
      emptyFolder('newcomer');
      const install = ['install', '-D', '--prefer-offline', '--no-audit', '--no-fund', '@attractions/pipeline'];
      await run(folder(), {}, 'npm', ...install);
    });

    const attractions = (settings, ...argv) => attractionsIn(folder(), settings, ...argv);

    test('--version', async () => {
      const { version } = packages.find(({ name }) => name === 'pipeline').manifest;
      assert.deepEqual(await attractions({}, '--version'), { exitCode: 0, stdout: `${version}\n`, stderr: '' });
    });

    test('run says what it needs, and trains on nothing', async () => {
      const { exitCode, stderr } = await attractions({}, 'run');
      assert.equal(exitCode, 2);
      assert.match(stderr, /^There is nothing to read: set RAW_DATA_PATH .* attractions run --sample\.\n$/);
      assert.equal(existsSync(join(folder(), 'feeds')), false);
      const wrong = await attractions({ RAW_DATA_PATH: 'nowhere' }, 'run', '--json');
      assert.deepEqual([wrong.exitCode, JSON.parse(wrong.stdout).error.code], [2, 'ETL_NO_FOLDER']);
    });

    test('run --sample works, and so does what it says comes next', async () => {
      const { exitCode, stdout } = await attractions({}, 'run', '--sample');
      assert.equal(exitCode, 0);
      assert.match(stdout, /^For visitor /m);
      assert.match(stdout, /Next: attractions serve, attractions recommend USER, attractions feeds\.$/m);
      const lists = await attractions({}, 'recommend', '--all', '--json');
      assert.equal(lists.exitCode, 0);
      assert.equal(JSON.parse(lists.stdout).feeds[0].feed, 'serving/lists/v1.0');
      const { stdout: rows } = await attractions({}, 'feeds', 'cat', 'serving/lists');
      assert.equal(rows.trimEnd().split('\n').length, JSON.parse(lists.stdout).entries);
    });

    test('run reads the visits it is pointed at', async () => {
      const settings = { RAW_DATA_PATH: join(root, 'tools/sample-data'), FEEDS_ROOT: 'own-feeds' };
      const { exitCode, stdout } = await attractions(settings, 'run', '--json');
      assert.equal(exitCode, 0);
      const { rows } = JSON.parse(readFileSync(join(root, 'tools/sample-data/counts.json'), 'utf8'));
      assert.equal(JSON.parse(stdout).rows, rows);
    });

    test('serve answers, and ends in order', async () => {
      await servedIn(folder(), async (url) => {
        const answer = await fetch(`${url}/v1/users/nobody/recommendations?limit=3`);
        assert.equal(answer.status, 200);
        assert.equal((await answer.json()).recommendations.length, 3);
      });
    });

    describe('an experiment', () => experimentCases(folder));
    describe('nights on data of its own', () => nightCases(folder));
  });

  for (const [name, declare] of Object.entries({ 'own-model': ownModelCases, react: reactCases }))
    describe(`examples/${name} in an empty folder`, () => {
      before(async () => {
        emptyFolder(name);
        copyExample(join(root, 'examples', name), consumer(name));
        await run(consumer(name), {}, 'npm', 'install', '--prefer-offline', '--no-audit', '--no-fund');
      });
      declare(
        () => consumer(name),
        (...command) => run(consumer(name), {}, ...command),
      );
    });

  describe('npm create attractions', () =>
    starterCases(() => ({ folder: consumer(starter), scope: registry.scope, root: join(temporary, 'projects') })));

  test('the stages together, in memory', async () => {
    await install(
      together.name,
      together.uses.map((name) => `@attractions/${name}`),
    );
    await compileAndRun(together.name);
  });
});
