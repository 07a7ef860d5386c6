/**
 * `create-attractions` as a new user runs it: outside the repository, from a registry, by npm, pnpm and yarn, in both languages, on the sample data and on data
 * of one's own. Prints the commands and the seconds until the first answer.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { before, test } from 'node:test';

/** How each package manager runs what is installed, and the commands of a new user. */
const MANAGERS = {
  npm: { create: ['npm', 'create', 'attractions', '--'], install: ['npm', 'install'], run: ['npm', 'run'] },
  pnpm: { create: ['pnpm', 'exec', 'create-attractions'], install: ['pnpm', 'install'], run: ['pnpm', 'run'] },
  yarn: { create: ['yarn', '--silent', 'create-attractions'], install: ['yarn', 'install'], run: ['yarn', 'run'] },
};

const CASES = [
  ['npm', 'typescript', 'sample'],
  ['npm', 'javascript', 'own'],
  ['pnpm', 'typescript', 'own'],
  ['yarn', 'javascript', 'sample'],
];

/** Visits of somebody's own: two tastes, ten rides. */
function writeVisits(folder) {
  mkdirSync(folder, { recursive: true });
  const lines = Array.from({ length: 240 }, (_, n) => {
    const [user, turn] = [n % 40, Math.floor(n / 40)];
    const time = new Date(Date.UTC(2026, 5, 1 + turn, 10, user)).toISOString();
    return `guest-${user},${2 * ((turn + user) % 5) + (user % 2)},${time}`;
  });
  writeFileSync(join(folder, 'visits.csv'), ['user,item,ts', ...lines, ''].join('\n'));
}

/**
 * Declares the tests.
 *
 * @param place gives `folder`, where the starter is installed; `scope`, the line of an `.npmrc` for our packages; `root`, where projects go
 */
export function starterCases(place) {
  let environment;

  before(() => {
    const { folder, root, scope } = place();
    writeVisits(join(root, 'data'));
    // Once the starter is installed: npm hands its settings down to the commands that it runs.
    writeFileSync(join(folder, '.npmrc'), scope);
    // A home of a new user, with the settings of npm that are used here.
    const home = join(root, 'home');
    mkdirSync(home, { recursive: true });
    const known = join(homedir(), '.npmrc');
    writeFileSync(join(home, '.npmrc'), existsSync(known) ? `${readFileSync(known, 'utf8')}\n` : '');
    appendFileSync(join(home, '.npmrc'), scope);
    const own = Object.entries(process.env).filter(([name]) => !/^(NX_|NODE_TEST|npm_|INIT_CWD)/.test(name));
    const bin = join(import.meta.dirname, 'node_modules/.bin');
    environment = {
      ...Object.fromEntries(own),
      HOME: home,
      USERPROFILE: home,
      PATH: `${bin}${delimiter}${process.env.PATH}`,
      FORCE_COLOR: '0',
      CI: 'true',
      npm_config_prefer_offline: 'true',
    };
  });

  /** Runs a command as in a shell of the new user; gives what it said. */
  async function run(cwd, [command, ...argv], more = {}) {
    const shell = process.platform === 'win32';
    const child = spawn(command, argv, { cwd, shell, env: { ...environment, ...more } });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece) => (said += piece));
    const [exitCode] = await once(child, 'close');
    return { exitCode, said };
  }

  for (const [manager, language, data] of CASES)
    test(`${manager}, ${language}, ${data} data: from nothing to an answer within two minutes`, async (t) => {
      const { folder, root } = place();
      const { create, install, run: script } = MANAGERS[manager];
      const project = join(root, `${manager}-${language}`);
      const started = performance.now();
      const commands = [];
      const ok = async (cwd, command) => {
        commands.push(command.slice(0, 3).join(' '));
        const { exitCode, said } = await run(cwd, command);
        assert.equal(exitCode, 0, `${command.join(' ')}: ${said}`);
        return said;
      };
      const where = data === 'own' ? join(root, 'data') : 'sample';
      const said = await ok(folder, [...create, project, '--data', where, '--language', language]);
      if (data === 'own') assert.match(said, /visits: csv, .*user = user, attraction = item, time = ts/);
      await ok(project, install);

      commands.push(`${manager} start`);
      const child = spawn(script[0], [script[1], 'start'], {
        cwd: project,
        env: { ...environment, PORT: '0', DRAIN_MS: '0' },
        detached: process.platform !== 'win32',
        shell: process.platform === 'win32',
      });
      const ended = once(child, 'close');
      try {
        const url = await addressIn(child);
        const answer = await fetch(`${url}/v1/users/guest-1/recommendations?limit=3`);
        const seconds = (performance.now() - started) / 1_000;
        t.diagnostic(
          `${commands.length} commands (${commands.join('; ')}), ${seconds.toFixed(0)} s to the first answer`,
        );
        const { recommendations, source } = await answer.json();
        assert.equal(recommendations.length, 3);
        if (data === 'own') assert.notEqual(source, 'popular');
        assert.ok(seconds < 120, `${seconds} s`);
      } finally {
        // Everything that `start` started.
        if (process.platform === 'win32') child.kill();
        else process.kill(-child.pid, 'SIGTERM');
      }
      await ended;

      assert.match(await ok(project, [...script, 'test']), /pass \d\d|ℹ pass \d\d/);
      if (language === 'typescript') await ok(project, [...script, 'typecheck']);
      if (data === 'own') await ok(project, [...script, 'check']);
    });

  test('what cannot be read leaves nothing behind, and is said', async () => {
    const { folder, root } = place();
    writeFileSync(join(root, 'data/notes.md'), 'nothing to read here');
    const project = join(root, 'unreadable');
    const { exitCode, said } = await run(folder, [
      ...MANAGERS.npm.create,
      project,
      '--data',
      join(root, 'data/notes.md'),
    ]);
    assert.equal(exitCode, 3, said);
    assert.match(said, /notes\.md/);
    assert.deepEqual(readdirSync(root).includes('unreadable'), false);
  });
}

/** The address that the service prints. */
async function addressIn(child) {
  let said = '';
  child.stderr.on('data', (piece) => (said += piece));
  for await (const piece of child.stdout) {
    said += piece;
    const [url] = /http:\/\/[\d.:]+/.exec(said) ?? [];
    if (url !== undefined) return url;
  }
  throw new Error(`It ended before it listened: ${said}`);
}
