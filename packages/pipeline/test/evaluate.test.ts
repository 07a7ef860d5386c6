import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { evaluationReport, openFeeds } from '@attractions/feeds';

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

onRealVisits('on two real parks: the baselines as published, and the default above popularity', async () => {
  const { report } = (await evaluated(REAL_DATA)).summary;
  expect(report.data.requests).toBe(1_663);
  const of = (name: string) =>
    report.recommenders.find((each: { name: string }) => each.name === name).overall.measures;
  const published = { 'popular in park': 0.6206, 'item kNN': 0.58, EASE: 0.625 };
  for (const [name, hitRate] of Object.entries(published))
    expect([name, Math.abs(of(name).hitRate.mean - hitRate) < 0.005]).toEqual([name, true]);
  const { hitRate, ndcg } = of('next attraction');
  expect(hitRate.difference.low).toBeGreaterThan(0.04);
  expect(ndcg.difference.low).toBeGreaterThan(0.03);
});
