import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { createLogger, forceConfig, readConfig } from '@attractions/config';
import { als, evaluationReport, forgotten, visits } from '@attractions/contracts';
import { openFeeds, parentOf } from '@attractions/feeds';
import { int32Column, tableOf, timestampColumn, utf8Data, writeParquet } from '@attractions/feeds/arrow';
import { loadGeneration } from '@attractions/models';
import { runServe } from '@attractions/service';

import { pipelineSettings } from '../src/settings.js';
import { attractions, emptyFolder } from './support/command-line.js';
import { tracesOf } from './support/traces.js';

const ANN = 'ann.4711@example.org';
const DAY_MS = 86_400_000;

/** 30 visitors and Ann, who each visit six of nine rides; two of Ann's lines cannot be read. */
function eventsCsv(seed: number): string {
  const users = [...Array.from({ length: 30 }, (_, n) => `user-${n}`), ANN];
  const lines = users.flatMap((user, u) =>
    Array.from({ length: 6 }, (_, n) => {
      const time = new Date(Date.UTC(2026, 4, 1 + (u % 28), 10, 2 * n)).toISOString();
      return `${user},ride-${(u * seed + n * (1 + (u % 2))) % 9},${time}`;
    }),
  );
  return ['user,item,ts', ...lines, `${ANN},ride-1,yesterday`, `${ANN};ride-1;2026-05-01`, ''].join('\n');
}

/** A folder with raw data, feeds and a command line on them. */
async function site() {
  const cwd = await emptyFolder();
  const feedsRoot = join(cwd, 'feeds');
  const columns = { user: 'user', attraction: 'item', time: 'ts' };
  const configFile = join(cwd, 'attractions.config.json');
  await writeFile(configFile, JSON.stringify({ sources: { visits: { type: 'csv', files: 'events.csv', columns } } }));
  const config = {
    feedsRoot,
    logLevel: 'silent' as const,
    rank: 4,
    iterations: 3,
    threads: 1,
    port: 0,
    modelPollSeconds: 0.05,
    reportResamples: 100,
    reportFolder: cwd,
  };
  const command = async (...argv: string[]) => {
    const { exitCode, stdout, stderr } = await attractions(config, ...argv, '--json', '--config', configFile);
    if (exitCode !== 0) throw new Error(`${argv.join(' ')}: exit ${exitCode}: ${stderr}`);
    return JSON.parse(stdout);
  };
  const raw = (seed: number) => writeFile(join(cwd, 'events.csv'), eventsCsv(seed));
  const serve = () =>
    forceConfig(pipelineSettings, config, () =>
      runServe(readConfig(pipelineSettings), {
        store: openFeeds(feedsRoot),
        logger: createLogger({ level: 'silent' }),
      }),
    );
  return { feedsRoot, store: openFeeds(feedsRoot), command, raw, serve };
}

test('who is forgotten is in no byte of the feeds: visits, rejects, models, lists, exposures, reports; what is named stays readable', async () => {
  const { feedsRoot, store, command, raw, serve } = await site();
  await raw(1);
  await command('run');
  await command('feeds', 'alias', 'champion', 'training/als#1');
  await raw(2);
  await command('run');
  await raw(3);
  await command('run');
  await command('recommend', '--all');
  await command('evaluate');
  await store.log(visits.path).pin('audit', 2, {
    producer: { id: 'test', package: 'test', version: '0' },
    leaseMs: 7 * DAY_MS,
  });
  const service = await serve();
  const ask = async (user: string) => {
    const path = `/v1/users/${encodeURIComponent(user)}/recommendations`;
    return (await (await fetch(service.url + path)).json()) as { recommendations: object[] };
  };
  try {
    expect((await ask(ANN)).recommendations).not.toEqual((await ask('nobody')).recommendations);
    await ask('user-1');
    const served = async () => {
      const version = await (await fetch(`${service.url}/v1/version`)).json();
      return (version as { generation: { model: number } }).generation.model;
    };
    expect(await served()).toBe(1);
    const before = await loadGeneration(store);
    expect(before.model.userIds).toContain(ANN);
    const rows = async () => (await (await store.feed(visits).latest()).read()).numRows;
    const rowsBefore = await rows();
    expect((await tracesOf(ANN, feedsRoot)).length).toBeGreaterThan(10);

    // Only said, not done.
    const said = await command('forget', ANN);
    expect(said).toMatchObject({ dryRun: true, users: 1 });
    expect((await store.feed(visits).head())?.seq).toBe(3);

    const done = await command('forget', ANN, '--yes');
    expect(done).toMatchObject({ dryRun: false, users: 1, remaining: [], waiting: [] });
    const removedIn = new Map(done.feeds.map((each: { feed: string; removed: number }) => [each.feed, each.removed]));
    for (const feed of ['etl/visits', 'etl/rejects', 'training/als', 'serving/lists', 'serving/exposures'])
      expect([feed, Number(removedIn.get(`${feed}/v1.0`))]).toEqual([feed, expect.any(Number)]);
    expect(await tracesOf(ANN, feedsRoot)).toEqual([]);

    // Nothing else is gone, and all that is named is there, of one lineage.
    expect(await rows()).toBe(rowsBefore - 6);
    const fresh = openFeeds(feedsRoot);
    const after = await loadGeneration(fresh);
    expect(after.model.userIds).toEqual(before.model.userIds.filter((id) => id !== ANN));
    expect(after.model.itemFactors).toEqual(before.model.itemFactors);
    const champion = await fresh.feed(als).record('champion');
    const [parent] = champion.parents;
    expect(parentOf(await fresh.feed(visits).record(Number(parent?.seq)))).toEqual(parent);
    expect(after.models.size).toBe(before.models.size);
    const verified: { findings: object[] }[] = await command('feeds', 'verify');
    expect(verified.flatMap(({ findings }) => findings)).toEqual([]);
    await (await fresh.feed(evaluationReport).latest()).read();

    // The service goes on with the new snapshot, which does not know Ann.
    const deadline = Date.now() + 20_000;
    while ((await served()) === 1 && Date.now() < deadline);
    expect(await served()).toBe(champion.seq);
    expect((await ask(ANN)).recommendations).toEqual((await ask('nobody')).recommendations);
  } finally {
    await service.close();
  }
  // Models that were learnt with her are not those that the visits make now.
  expect(await command('train')).toMatchObject({ users: 30, feeds: [{}, {}, {}] });
  expect(await command('train')).toMatchObject({ users: 30, feeds: [] });
}, 240_000);

test('later data leave a forgotten user out, unreadable lines too; forgetting twice changes nothing', async () => {
  const { feedsRoot, store, command, raw } = await site();
  await raw(1);
  await command('etl');
  await command('forget', ANN, '--yes');
  await raw(2);
  const { rows, users, visits: found } = await command('etl');
  expect({ rows, users, found }).toEqual({ rows: 181, users: 30, found: 180 });
  expect((await store.feed(visits).latest()).record.checks).toMatchObject({ forgotten: 7 });
  expect(await tracesOf(ANN, feedsRoot)).toEqual([]);

  const seq = (await store.feed(visits).head())?.seq;
  expect(await command('forget', ANN, '--yes')).toMatchObject({ feeds: [], files: 0, waiting: [] });
  expect((await store.feed(visits).head())?.seq).toBe(seq);
  await expect(command('forget', '')).rejects.toThrow('exit 2');
  const list = await (await store.feed(forgotten).latest()).read();
  expect(list.users).toHaveLength(1);
  expect(JSON.stringify(list)).not.toContain(ANN);
}, 120_000);

test('of several files of visits, those without the visitor are shared with the old update', async () => {
  const feedsRoot = await emptyFolder();
  const store = openFeeds(feedsRoot);
  const part = async (users: readonly string[]) =>
    writeParquet(
      tableOf({
        user_id: utf8Data(users),
        attraction_id: utf8Data(users.map(() => 'ride')),
        visited_at: timestampColumn(Float64Array.from(users, (_, n) => n)),
        photos: int32Column(Uint32Array.from(users, () => 1)),
      }),
    );
  const opened = await store.feed(visits).open();
  const names = [0, 1, 2].map((n) => `part-${n}-${opened.token}.parquet`);
  for (const [n, users] of [['a', 'b'], [ANN], ['c', ANN, 'd']].entries())
    await writeFile(join(opened.folder, names[n] ?? ''), await part(users));
  const producer = { id: 'test', package: 'test', version: '0' };
  const before = await opened.commit(names, { producer });

  const { exitCode } = await attractions({ feedsRoot, logLevel: 'silent' }, 'forget', ANN, '--yes');
  expect(exitCode).toBe(0);
  const { record, read } = await store.feed(visits).latest();
  // The first is shared, of the second nothing is left, the third was written anew.
  expect(record.files).toMatchObject([{ ...before.files[0], addedIn: 1 }, { rows: 2 }]);
  expect([...((await read()).getChild('user_id') ?? [])]).toEqual(['a', 'b', 'c', 'd']);
  expect(await tracesOf(ANN, feedsRoot)).toEqual([]);
  expect((await store.log(visits.path).verify()).findings).toEqual([]);
});

test('with pseudonymize, a visitor is forgotten by the id of the raw data, and stays away', async () => {
  const cwd = await emptyFolder();
  const feedsRoot = join(cwd, 'feeds');
  const configFile = join(cwd, 'attractions.config.json');
  const columns = { user: 'user', attraction: 'item', time: 'ts' };
  const sources = { visits: { type: 'csv', files: 'events.csv', columns } };
  await writeFile(configFile, JSON.stringify({ sources, pseudonymize: true }));
  await writeFile(join(cwd, 'events.csv'), eventsCsv(1));
  const config = { feedsRoot, logLevel: 'silent' as const, pseudonymKey: 'a key of sixteen characters' };
  const command = async (...argv: string[]) =>
    (await attractions(config, ...argv, '--config', configFile, '--json')).exitCode;
  const users = async () =>
    new Set((await (await openFeeds(feedsRoot).feed(visits).latest()).read()).getChild('user_id')).size;
  expect(await command('etl')).toBe(0);
  expect(await users()).toBe(31);
  expect(await command('forget', ANN, '--yes')).toBe(0);
  expect(await users()).toBe(30);
  expect(await command('etl')).toBe(0);
  expect(await users()).toBe(30);
});
