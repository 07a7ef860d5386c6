import { expect, test } from '@jest/globals';
import type { Contender } from '../../src/judge/contender.js';
import { reportPage } from '../../src/page/page.js';
import { drawReport } from '../../src/report/report.js';
import { lastNewAttraction } from '../../src/splits/protocols.js';
import type { Request } from '../../src/splits/split.js';
import { logOf } from '../support/log.js';
import type { VisitAt } from '../support/log.js';

/** Sixty visitors to a park of six: they go on from an attraction to the one after it, round and round. */
const visits = Array.from({ length: 60 }, (_, n) => n).flatMap((n) =>
  [0, 1, 2].map((step): VisitAt => [`user-${n}`, `p:<${(n + step) % 6}>`, 24 * n + step]),
);
const split = lastNewAttraction(logOf(visits), 3);

/** Knows the way round. */
const guide: Contender = {
  name: 'guide & co',
  description: 'Goes on to the next.',
  learn: () => (request: Request) =>
    Array.from({ length: 6 }, (_, item) => (item === ((request.last?.attraction ?? 0) + 1) % 6 ? 0.7 : 0.1)),
};

test('a report has the baselines, the contender, and by how much it is better', async () => {
  const { report } = await drawReport(split, [guide], { k: 1, resamples: 200 });
  expect(report.recommenders.map(({ name }) => name)).toEqual(['popular', 'popular in park', 'item kNN', 'guide & co']);
  expect(report.data).toEqual({ trainingVisits: 120, visitors: 60, attractions: 6, requests: 60 });
  const [, baseline, , ours] = report.recommenders;
  expect(baseline?.overall.measures.hitRate.difference).toEqual({ mean: 0, low: 0, high: 0 });
  expect(ours?.overall.measures.hitRate.mean).toBe(1);
  expect(ours?.overall.measures.hitRate.difference.low).toBeGreaterThan(0);
  expect(ours?.parks.map(({ segment, requests }) => [segment, requests])).toEqual([['p', 60]]);
  expect(ours?.activity.map(({ segment, requests }) => [segment, requests])).toEqual([['1 to 3 visited', 60]]);
});

test('calibration: the quarter of candidates scored .7 was right each time, the others never', async () => {
  const { report } = await drawReport(split, [guide], { k: 1, resamples: 200 });
  const bins = report.recommenders.at(-1)?.calibration ?? [];
  expect(bins.map(({ pairs }) => pairs)).toEqual(Array.from({ length: 10 }, () => 24));
  expect(bins[0]).toEqual({ pairs: 24, meanScore: expect.closeTo(0.1), answered: 0 });
  expect(bins[9]).toEqual({ pairs: 24, meanScore: expect.closeTo(0.7), answered: 1 });
});

test('the worst requests are those whose answer stood last', async () => {
  const { report } = await drawReport(split, [guide], { k: 2, resamples: 200 });
  const [, baseline] = report.recommenders;
  const places = baseline?.worst.map(({ place }) => place) ?? [];
  expect(places).toHaveLength(10);
  expect(places).toEqual([...places].sort((a, b) => b - a));
  expect(baseline?.worst[0]).toMatchObject({ park: 'p', candidates: 4 });
  expect(baseline?.worst[0]?.listed).toHaveLength(2);
});

test('the same inputs make the same report, and it is plain JSON', async () => {
  const once = await drawReport(split, [guide], { resamples: 200 });
  const again = await drawReport(split, [guide], { resamples: 200 });
  expect(JSON.stringify(again.report)).toBe(JSON.stringify(once.report));
  expect(JSON.parse(JSON.stringify(once.report))).toEqual(once.report);
});

test('two recommenders of one name are refused', async () => {
  await expect(drawReport(split, [guide, guide])).rejects.toThrow(/named 'guide & co'/);
});

test('the page holds every recommender, three drawings, and no markup from names', async () => {
  const { report } = await drawReport(split, [guide], { k: 1, resamples: 200 });
  const page = reportPage(report);
  expect(page).toContain('guide &#38; co');
  expect(page.match(/<svg /g)).toHaveLength(3);
  expect(page).not.toContain('p:<');
  expect(page).not.toMatch(/NaN|undefined|Infinity/);
});
