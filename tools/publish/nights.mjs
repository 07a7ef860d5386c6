/** Nights on data of one's own, where `@attractions/pipeline` is installed: from `init` to `forget`. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { attractionsIn } from './command-line.mjs';

const ANN = 'ann.4711@example.org';
const USERS = [ANN, ...Array.from({ length: 19 }, (_, n) => `user-${n}`)];

/** Five visits of each of 20 visitors on a day of May. */
function dayCsv(day) {
  const lines = USERS.flatMap((user, u) =>
    Array.from({ length: 5 }, (_, n) => {
      const time = new Date(Date.UTC(2026, 4, day, 10, 2 * n)).toISOString();
      return `${user},ride-${(u * day + n * (1 + (u % 2))) % 9},${time}`;
    }),
  );
  return ['user,item,ts', ...lines, ''].join('\n');
}

/**
 * Declares the tests, each of which goes on from the one before.
 *
 * @param folder gives where it is installed, once it is
 */
export function nightCases(folder) {
  const at = (name) => join(folder(), name);
  const feeds = { FEEDS_ROOT: 'night-feeds' };
  const attractions = async (...argv) => {
    const { exitCode, stdout, stderr } = await attractionsIn(folder(), feeds, ...argv, '--json');
    assert.equal(exitCode, 0, `${argv.join(' ')}: ${stdout}${stderr}`);
    return JSON.parse(stdout);
  };
  const night = (day) => writeFileSync(at(`events/day-${day}.csv`), dayCsv(day));
  const seqsOf = ({ feeds: put }) => Object.fromEntries(put.map(({ feed, seq }) => [feed, seq]));
  const filesWith = (text) =>
    readdirSync(at('night-feeds'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => readFileSync(path).includes(text));

  test('init writes a configuration for csv files, and check shows what it reads', async () => {
    mkdirSync(at('events'));
    night(1);
    const { config, sources } = await attractions('init', 'events');
    assert.deepEqual([config, sources.visits.type], ['attractions.config.mjs', 'csv']);
    const { looks } = await attractions('check');
    const visits = looks.find(({ what }) => what === 'sources.visits');
    assert.equal(visits.sample[0].user, ANN);
    // A pattern for the files that are still to come, and a rule of what is kept.
    const text = readFileSync(at(config), 'utf8').replace(/files: '.*'/, "files: 'events/*.csv'");
    writeFileSync(at(config), text.replace('export default {', 'export default {\n  keep: { last: 1 },'));
  });

  test('run reads what is new: all, then nothing, then one file', async () => {
    const first = await attractions('run');
    assert.deepEqual([first.read, first.rows, first.users], ['all', 100, 20]);
    const second = await attractions('run');
    assert.deepEqual([second.read, second.feeds, second.unchanged.seq], ['nothing', [], 1]);
    night(2);
    const third = await attractions('run');
    assert.deepEqual([third.read, third.rows, seqsOf(third)['etl/visits/v1.0']], ['new', 200, 2]);
    const { stdout } = await attractionsIn(folder(), feeds, 'runs');
    assert.match(stdout, /^2 .* run +done .* nothing new$/m);
    assert.equal((await attractions('runs')).length, 3);
  });

  test('keep says what would go, and then gives it up; later runs do', async () => {
    const said = await attractions('keep', '--dry-run');
    assert.ok(said.dryRun && said.expired > 0);
    const done = await attractions('keep');
    assert.ok(!done.dryRun && done.expired >= said.expired);
    night(3);
    assert.ok((await attractions('run')).keep.expired > 0);
  });

  test('forget says what would go, and then leaves nothing of a visitor; later runs neither; verify finds nothing', async () => {
    await attractions('recommend', '--all');
    assert.equal((await attractions('forget', ANN)).dryRun, true);
    assert.ok(filesWith(ANN).length > 0);
    const { dryRun, waiting } = await attractions('forget', ANN, '--yes');
    assert.deepEqual([dryRun, waiting, filesWith(ANN)], [false, [], []]);
    night(4);
    const { users, visits } = await attractions('run');
    assert.deepEqual([users, visits, filesWith(ANN)], [19, 19 * 20, []]);
    const verified = await attractions('feeds', 'verify');
    assert.ok(verified.length > 5);
    assert.deepEqual(
      verified.flatMap(({ findings }) => findings),
      [],
    );
  });
}
