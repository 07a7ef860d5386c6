import { describe, expect, test } from '@jest/globals';
import { experiments } from '@attractions/contracts';
import { openFeeds } from '@attractions/feeds';

import { attractions, emptyFolder, quick } from './support/command-line.js';

/** Runs commands on the same feeds; `json` gives what they print. */
async function onFeeds() {
  const feedsRoot = await emptyFolder();
  const config = quick(feedsRoot);
  const run = (...argv: string[]) => attractions(config, 'experiment', ...argv);
  return {
    store: openFeeds(feedsRoot),
    config,
    run,
    json: async (...argv: string[]) => {
      const { exitCode, stdout, stderr } = await run(...argv, '--json');
      expect({ argv, exitCode, stderr }).toEqual({ argv, exitCode: 0, stderr: '' });
      return JSON.parse(stdout);
    },
    refused: async (code: number, words: string, ...argv: string[]) => {
      const { exitCode, stdout, stderr } = await run(...argv);
      expect({ argv, exitCode, stdout, stderr }).toEqual({
        argv,
        exitCode: code,
        stdout: '',
        stderr: expect.stringContaining(words),
      });
    },
  };
}

describe('attractions experiment', () => {
  test('an experiment from its start over a ramp to a winner that answers everybody, and back', async () => {
    const { store, config, json, run } = await onFeeds();
    await attractions(config, 'run');
    const started = await json(
      'start',
      'home',
      '--panels',
      'als=10,control:popular=10',
      '--share',
      '50',
      '--holdout',
      '5',
      '--force',
      'tester=als',
      '--metric',
      'followed',
      '--by',
      'ana',
      '--reason',
      'does the model help?',
    );
    expect(started).toMatchObject({
      experiment: 'home',
      version: 1,
      layer: 'lists',
      layerBuckets: [0, 5_000],
      holdout: { salt: 'holdout', buckets: [0, 500] },
      forced: { tester: 'als' },
      metrics: ['followed'],
      changedBy: 'ana',
      reason: 'does the model help?',
      update: 1,
    });
    expect(await json('list')).toMatchObject([
      {
        experiment: 'home',
        status: 'running',
        decides: 'lists',
        layer: 'lists',
        share: 50,
        panels: [
          { panel: 'als', share: 10 },
          { panel: 'control', recommender: 'popular', share: 10 },
        ],
      },
    ]);

    const userIds = Array.from({ length: 200 }, (_, n) => `visitor-${n}`);
    const panelsOf = async () =>
      (await json('assign', 'tester', ...userIds)).map(
        ({ panels }: { panels: { panel: string }[] }) => panels[0]?.panel,
      );
    const before = await panelsOf();
    expect(before[0]).toBe('als');
    const ramped = await json('ramp', 'home', '--panels', 'als=50,control=50');
    expect(ramped).toMatchObject({ version: 2, forced: { tester: 'als' } });
    const after = await panelsOf();
    expect(after.filter((panel: unknown) => panel !== undefined).length).toBeGreaterThan(
      before.filter((panel: unknown) => panel !== undefined).length,
    );
    for (const [n, panel] of before.entries()) if (panel !== undefined) expect(after[n]).toBe(panel);

    const stopped = await json('stop', 'home', '--winner', 'control', '--reason', 'it does not');
    expect(stopped).toMatchObject({ version: 3, status: 'stopped', winner: 'control', isDefault: true });
    expect((await store.feed(experiments).refs())['default']).toBe(3);
    expect(await json('show', 'home')).toMatchObject({
      status: 'stopped',
      versions: [
        { version: 1, changedBy: 'ana', reason: 'does the model help?' },
        { version: 2, reason: null },
        { version: 3, status: 'stopped', reason: 'it does not' },
      ],
    });
    const [{ user_id: known }] = JSON.parse((await attractions(config, 'feeds', 'cat', 'etl/visits', '--json')).stdout);
    const answered = async () => JSON.parse((await attractions(config, 'recommend', known, '--json')).stdout);
    expect(await answered()).toMatchObject({ source: 'popular' });
    expect(await answered()).not.toHaveProperty('panel');
    // There was no winner before, so the alias goes to a version without one.
    await attractions(config, 'feeds', 'alias', 'default', 'experiments/config#2');
    expect((await answered()).source).not.toBe('popular');
    expect((await run('list')).stdout).toContain('control');
  });

  test('says what is wrong with a change, and changes nothing', async () => {
    const { store, json, refused } = await onFeeds();
    await refused(2, "required option '--panels <shares>' not specified", 'start', 'home');
    await refused(2, "'als' is not a panel; give NAME=PERCENT", 'start', 'home', '--panels', 'als');
    await refused(
      2,
      'panels[1].recommender is "magic", which is not known; give one of: next-attraction, als, popular.',
      'start',
      'home',
      '--panels',
      'als=50,magic=50',
    );
    await refused(
      2,
      'The shares of the panels are als=60, popular=60, together 120 %; give at most 100 %.',
      'start',
      'home',
      '--panels',
      'als=60,popular=60',
    );
    await refused(
      2,
      'forced.ana is "red", which is not a panel; give one of: als, popular.',
      'start',
      'home',
      '--panels',
      'als=50,popular=50',
      '--force',
      'ana=red',
    );
    await refused(2, "There is no experiment 'home'", 'show', 'home');
    await refused(2, 'There is no experiment "home"; none runs.', 'stop', 'home');
    expect(await store.feed(experiments).head()).toBeUndefined();

    await json('start', 'home', '--panels', 'als=50,popular=50', '--share', '80');
    await refused(
      2,
      'There is an experiment "home" already, version 1, running',
      'start',
      'home',
      '--panels',
      'als=50,popular=50',
    );
    await refused(
      2,
      'Layer "lists" has no 50 % in one piece: home has 80 %; give a share of at most 20 %',
      'start',
      'b',
      '--panels',
      'als=50,popular=50',
      '--share',
      '50',
    );
    await refused(
      2,
      "'b' and 'home' both decide lists, but are in two layers",
      'start',
      'b',
      '--panels',
      'als=50,popular=50',
      '--layer',
      'mine',
    );
    await refused(2, 'Experiment "home" has no panel "ease"', 'ramp', 'home', '--panels', 'ease=5');
    await refused(2, 'Nothing is to change', 'ramp', 'home');
    await refused(2, 'has no panel "ease"; give one of: als, popular.', 'stop', 'home', '--winner', 'ease');
    await json('stop', 'home', '--by', 'bob');
    await refused(2, 'by bob, in version 2; start another one under a new name.', 'stop', 'home');
    await refused(
      2,
      'version 2, stopped; give the new one another name',
      'start',
      'home',
      '--panels',
      'als=50,popular=50',
    );
    expect((await store.feed(experiments).head())?.seq).toBe(2);
  });

  test('of several who start at once one wins; the others are told, and nothing of theirs is written', async () => {
    const { store, run } = await onFeeds();
    const names = ['a', 'b', 'c', 'd', 'e'];
    const ended = await Promise.all(names.map((name) => run('start', name, '--panels', 'als=50,popular=50')));
    expect(ended.filter(({ exitCode }) => exitCode === 0)).toHaveLength(1);
    for (const { exitCode, stderr } of ended)
      if (exitCode !== 0)
        expect(stderr).toMatch(/Somebody changed the experiments at the same time|has no 100 % in one piece/);
    expect((await store.feed(experiments).verify()).findings).toEqual([]);
    expect((await store.feed(experiments).head())?.seq).toBe(1);
  });

  test('a tester who is forgotten is in no version any more, and the versions stay in their order', async () => {
    const { config, json, store } = await onFeeds();
    await json('start', 'home', '--panels', 'als=10,popular=10', '--force', 'tester=als', '--force', 'other=als');
    await json('ramp', 'home', '--panels', 'als=20,popular=20');
    await json('start', 'button', '--flag', '--panels', 'on=50,off=50');
    const stopped = await json('stop', 'home', '--winner', 'als');
    const forgot = await attractions(config, 'forget', 'tester', '--yes', '--json');
    expect(forgot.exitCode).toBe(0);
    const shown = await json('show', 'home');
    expect(shown).toMatchObject({ version: stopped.version, status: 'stopped', forced: { other: 'als' } });
    expect(shown.versions.map(({ version }: { version: number }) => version)).toEqual([1, 2, 3]);
    expect(await json('list')).toMatchObject([
      { experiment: 'button', status: 'running' },
      { experiment: 'home', status: 'stopped', isDefault: true },
    ]);
    for await (const { seq } of store.feed(experiments).history()) {
      const cat = await attractions(config, 'feeds', 'cat', `experiments/config#${seq}`, '--json');
      expect(cat.stdout).not.toContain('tester');
    }
  });

  test('a flag has values, and a target', async () => {
    const { json, run } = await onFeeds();
    const flag = await json(
      'start',
      'button',
      '--flag',
      '--panels',
      'on=50,off=50',
      '--value',
      'on={"depth":2}',
      '--target',
      'platform=ios,android',
    );
    expect(flag).toMatchObject({
      layer: 'button users',
      target: { platform: ['ios', 'android'] },
      panels: [{ name: 'on', value: { depth: 2 } }, { name: 'off' }],
    });
    const [ana] = await json('assign', 'ana');
    expect(ana.panels).toEqual([]);
    const [onPhone] = await json('assign', 'ana', '--attribute', 'platform=ios');
    expect(onPhone.panels).toMatchObject([{ experiment: 'button' }]);
    expect((await run('show', 'button')).stdout).toContain(
      "100 % of layer 'button users', where platform is ios or android.",
    );
  });
});
