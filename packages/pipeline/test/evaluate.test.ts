import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { readConfig } from '@attractions/config';
import type { Subject } from '@attractions/evaluation';
import { evaluationReport } from '@attractions/contracts';
import { openFeeds } from '@attractions/feeds';

import type { PipelineContext } from '../src/commands/command.js';
import { contendersOf } from '../src/contenders/contenders.js';
import { pipelineSettings } from '../src/settings.js';
import { attractions, emptyFolder, quick } from './support/command-line.js';
import { REAL_DATA, realDataIsHere } from './support/paths.js';

const onRealVisits = realDataIsHere() ? test : test.skip;

async function evaluated(rawDataPath?: string) {
  const [feedsRoot, reportFolder] = [await emptyFolder(), await emptyFolder()];
  const config = { ...quick(feedsRoot), reportFolder, reportResamples: 500, ...(rawDataPath && { rawDataPath }) };
  expect((await attractions(config, 'etl')).exitCode).toBe(0);
  expect((await attractions(config, 'train')).exitCode).toBe(0);
  const { exitCode, stdout } = await attractions(config, 'evaluate', '--json');
  expect(exitCode).toBe(0);
  return { feedsRoot, reportFolder, config, summary: JSON.parse(stdout) };
}

test('evaluate puts a report with the model as parent, and writes it as page and JSON', async () => {
  const { feedsRoot, reportFolder, config, summary } = await evaluated();
  const update = await openFeeds(feedsRoot).feed(evaluationReport).latest();
  expect(update.record.parents.map(({ feed }) => feed)).toEqual([
    'etl/visits/v1.0',
    'etl/attractions/v1.0',
    'training/als/v1.0',
    'training/next-attraction/v1.0',
  ]);
  expect(await update.read()).toEqual(summary.report);
  expect(JSON.parse(await readFile(join(reportFolder, 'report.json'), 'utf8'))).toEqual(summary.report);
  const page = await readFile(join(reportFolder, 'report.html'), 'utf8');
  const text = (await attractions(config, 'evaluate')).stdout;
  for (const { name } of summary.report.recommenders) {
    expect(page).toContain(name);
    expect(text).toContain(name);
  }
});

test('without a model the latest visits are judged; without visits there is nothing to judge', async () => {
  const [feedsRoot, reportFolder] = [await emptyFolder(), await emptyFolder()];
  const config = { ...quick(feedsRoot), reportFolder, reportResamples: 100 };
  expect((await attractions(config, 'evaluate')).exitCode).toBe(1);
  await attractions(config, 'etl');
  const summary = JSON.parse((await attractions(config, 'evaluate', '--json')).stdout);
  const { record } = await openFeeds(feedsRoot).feed(evaluationReport).latest();
  expect(record.parents).toHaveLength(2);
  expect(summary.feeds).toEqual([{ feed: record.feed, seq: 1 }]);
});

onRealVisits(
  'on two real parks: the baselines as published, and the default above popularity',
  async () => {
    const { report } = (await evaluated(REAL_DATA)).summary;
    expect(report.data.requests).toBe(1_663);
    const of = (name: string) =>
      report.recommenders.find((each: { name: string }) => each.name === name).overall.measures;
    const published = { 'popular in park': 0.6206, 'item kNN': 0.58, EASE: 0.625, 'last attraction': 0.64 };
    for (const [name, hitRate] of Object.entries(published))
      expect([name, Math.abs(of(name).hitRate.mean - hitRate) < 0.005]).toEqual([name, true]);
    const { hitRate, ndcg } = of('next attraction');
    expect(hitRate.difference.low).toBeGreaterThan(0.04);
    expect(ndcg.difference.low).toBeGreaterThan(0.03);
  },
  240_000,
);

test('evaluate --train --test judges on lists: a checkerboard of two tastes is found', async () => {
  const folder = await emptyFolder();
  const [train, found] = [join(folder, 'train.txt'), join(folder, 'test.csv')];
  const taste = (user: number) => [0, 2, 4, 6, 8].map((item) => item + (user % 2));
  const users = Array.from({ length: 40 }, (_, user) => user);
  const left = (user: number) => taste(user)[user % 5];
  await writeFile(
    train,
    users.map((user) => [user, ...taste(user).filter((item) => item !== left(user))].join(' ')).join('\n'),
  );
  await writeFile(found, users.map((user) => `${user},${left(user)}`).join('\n'));
  const files = ['--train', train, '--test', found, '--k', '1'];
  const everybody = [...files, '--trainers', 'popular,item-knn,ease,als'];
  const { exitCode, stdout } = await attractions(quick(folder), 'evaluate', ...everybody, '--json');
  expect(exitCode).toBe(0);
  const summary = JSON.parse(stdout);
  expect(summary).toMatchObject({ users: 40, items: 10, trainPairs: 160, testPairs: 40, k: 1 });
  const [popular, ...others] = summary.recommenders;
  expect(others.map((each: { name: string }) => each.name)).toEqual(['item kNN', 'EASE', 'ALS']);
  for (const { metrics } of others) expect(metrics.recall).toBe(1);
  expect(popular.metrics.recall).toBeLessThan(0.8);
  expect((await attractions(quick(folder), 'evaluate', ...files)).stdout).toContain('recall@1');
  expect((await attractions(quick(folder), 'evaluate', ...files, '--trainers', 'nobody')).stderr).toContain(
    "There is no trainer 'nobody'; give some of popular,item-knn,ease,als.",
  );
  expect((await attractions(quick(folder), 'evaluate', '--train', train)).exitCode).toBe(2);
  expect((await attractions(quick(folder), 'evaluate', ...files.slice(0, 4), '--k', '0')).exitCode).toBe(2);
});

test('what EASE cannot take is refused before anybody else works', async () => {
  const folder = await emptyFolder();
  const [train, found] = [join(folder, 'train.txt'), join(folder, 'test.txt')];
  await writeFile(train, ['u', ...Array.from({ length: 10_001 }, (_, item) => item)].join(' '));
  await writeFile(found, 'u 0');
  const config = { ...quick(folder), logLevel: 'info' as const };
  const files = ['--train', train, '--test', found, '--trainers', 'als,ease'];
  const { exitCode, stdout, stderr } = await attractions(config, 'evaluate', ...files);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toMatch(/^EASE inverts a matrix of all items, here 10001 x 10001; .*Leave it out of --trainers\.\n$/);
});

test('EASE is left out of a report where a park is too large for it, and that is said', () => {
  const told: string[] = [];
  const logger = { info: (text: string) => told.push(text) } as unknown as PipelineContext['logger'];
  const named = (count: number) => {
    const attractions = Array.from({ length: count }, (_, n) => ({
      attractionId: `p:${n}`,
      park: 'p',
      name: '',
      themes: [],
    }));
    const subject = { attractions } as unknown as Subject;
    const context = { signal: new AbortController().signal, logger };
    return contendersOf(readConfig(pipelineSettings), context)(subject).map(({ name }) => name);
  };
  expect(named(10_000)).toContain('EASE');
  expect(told).toEqual([]);
  expect(named(10_001)).not.toContain('EASE');
  expect(told).toEqual(['EASE is left out: a park has 10001 attractions, and it takes 10000 at most.']);
});
