/** What must hold of `examples/own-model` where it is installed outside the workspace. */
import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { test } from 'node:test';
import { attractionsIn, servedIn } from './command-line.mjs';

/** Copies an example without what somebody made in it. */
export function copyExample(from, to) {
  const isMade = (path) => /[\\/](node_modules|feeds|reports)([\\/]|$)/.test(path.slice(from.length));
  cpSync(from, to, { recursive: true, filter: (path) => !isMade(path) });
}

/**
 * Declares the tests.
 *
 * @param folder gives where it is installed, once it is
 * @param run runs a command there: `run('npm', 'test')`
 */
export function ownModelCases(folder, run) {
  const attractions = (...argv) => attractionsIn(folder(), {}, ...argv, '--json');

  test('its types are right, and its source, model and rule pass the contract suites', async () => {
    await run('npm', 'run', 'typecheck');
    const { stdout } = await run('npm', 'test');
    assert.ok(Number(/^# pass (\d+)$/m.exec(stdout)?.[1]) > 30, stdout);
  });

  test('check looks at its raw data', async () => {
    const { exitCode, stdout } = await attractions('check');
    assert.equal(exitCode, 0);
    const [visits] = JSON.parse(stdout).looks;
    assert.deepEqual([visits.what, visits.sample.length], ['sources.visits', 5]);
  });

  test('run trains its model on its data; recommend and serve answer with it, under its rule', async () => {
    const ran = await attractions('run');
    assert.equal(ran.exitCode, 0, ran.stderr);
    const { rows, kept, rejected, users, attractions: rides } = JSON.parse(ran.stdout);
    // 301 lines, of which one says that a turnstile was restarted.
    assert.deepEqual([rows, kept, rejected, users, rides], [301, 300, 1, 60, 9]);

    const at = (hour) => `2026-06-01T${hour}:00`;
    const told = async (hour) => JSON.parse((await attractions('recommend', 'nobody', '--at', at(hour))).stdout);
    const names = ({ recommendations }) => recommendations.map(({ name }) => name);
    const [noon, evening] = [await told(12), await told(19)];
    for (const { recommendations } of [noon, evening])
      assert.deepEqual([...new Set(recommendations.map(({ source }) => source))], ['quiet']);
    // Nobody rides the Log Flume at noon, nor at seven in the evening. It is a water ride, as is the Wave Pool.
    const flume = noon.recommendations.find(({ name }) => name === 'Log Flume');
    assert.deepEqual([flume.attractionId, flume.score], ['Harbour:log-flume', 1]);
    const dry = names(noon).filter((name) => !['Log Flume', 'Wave Pool'].includes(name));
    assert.deepEqual([names(noon).length, dry.length], [9, 7]);
    assert.deepEqual(names(evening).sort(), dry.sort());

    await servedIn(folder(), async (url) => {
      const path = `${url}/v1/users/nobody/recommendations?explain=true`;
      for (const [hour, said] of Object.entries({ 12: noon, 19: evening })) {
        const answer = await (await fetch(`${path}&at=${at(hour)}`)).json();
        assert.deepEqual(answer.recommendations, said.recommendations);
      }
    });
  });
}
