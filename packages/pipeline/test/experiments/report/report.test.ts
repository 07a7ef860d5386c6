import { expect, test } from '@jest/globals';
import { completeMetric, findingsOf } from '@attractions/experiments';
import type { Experiment, Gathered, GatheredMetric } from '@attractions/experiments';

import { experimentPage } from '../../../src/experiments/report/page.js';
import { reportText } from '../../../src/experiments/report/text.js';

const experiment: Experiment = {
  experiment: 'home <1>',
  version: 3,
  layerSalt: 'lists',
  layerBuckets: [0, 10_000],
  salt: 'home',
  panels: [
    { name: 'old', recommender: 'popular', buckets: [[0, 5_000]] },
    { name: 'new', recommender: 'als', buckets: [[5_000, 10_000]] },
  ],
};

const of = (panel: string, users: number, clicked: number) => ({ panel, moments: { users, y: clicked, yy: clicked } });

const clicked: GatheredMetric = {
  metric: completeMetric({ name: 'clicked', type: 'proportion', event: 'click' }),
  panels: [of('old', 1_000, 200), of('new', 1_000, 300)],
  days: [
    { day: 0, ...of('old', 500, 100) },
    { day: 0, ...of('new', 500, 150) },
    { day: 1, ...of('old', 1_000, 200) },
    { day: 1, ...of('new', 1_000, 300) },
  ],
  segments: [
    { by: 'park', value: '', ...of('old', 1_000, 200) },
    { by: 'park', value: '', ...of('new', 1_000, 300) },
  ],
  heavy: { users: 0, topShare: 0.1, topUser: 'bot & co' },
  assigned: [of('old', 2_000, 250), of('new', 2_000, 350), of('held out', 300, 50)],
};

const gathered: Gathered = {
  phase: [experiment],
  versions: [1, 2, 3],
  exposures: 2_345,
  forced: 1,
  disagreeing: { lists: 0 },
  changed: { users: 0 },
  moved: 0,
  beginMs: Date.UTC(2026, 0, 1),
  endMs: Date.UTC(2026, 0, 3),
  arrivals: [0, 1].flatMap((day) => ['old', 'new'].map((panel) => ({ panel, day, users: 500 }))),
  metrics: [clicked],
};
const passedOver = { expiredExposures: 0, expiredEvents: 0, experiments: 0 };
const reportOf = (changed: Partial<Gathered> = {}) => ({
  ...findingsOf({ ...gathered, ...changed }),
  passedOver,
  seconds: 1,
  files: [],
});

test('the text has the verdict, the checks, and a table of each kind', () => {
  const text = reportText(reportOf(), true);
  expect(text).toContain(
    "Experiment 'home <1>': 'new' is better than 'old': clicked +50.0 % (95 % interval that holds at any time: +",
  );
  expect(text).toContain('All 2,345 exposures recompute; sample ratio: p 1.0; over time: p 1.0.');
  expect(text).toContain(
    'Only versions from 3 on are analysed: the panels or their ratio were others in versions 1, 2.',
  );
  expect(text).toContain("clicked: 10.0 % of all is of the user 'bot & co'.");
  expect(text).toMatch(/^clicked \(primary\) +old +1,000 +0\.200$/m);
  expect(text).toMatch(/^ +new +1,000 +0\.300 +\+50\.0 % +\[\+.+\] +\(\+.+\) +< 0\.001 +\+\d.+better$/m);
  expect(text).toMatch(/^clicked +new +4,000 +\+40\.0 %/m);
  // 50 of 300 against 250 of 2,000: a third more.
  expect(text).toMatch(/^clicked +held out +2,300 +\+33\.3 %/m);
  expect(text).toMatch(/^1 +new +1,000 +\+50\.0 %.*\n2 +new +2,000 +\+50\.0 %/m);
  expect(text).toMatch(/^clicked +park not named +new +2,000/m);
  expect(reportText(reportOf(), false)).not.toContain('Segments');
});

test('the page has the same, safe in HTML, with plots', () => {
  const page = experimentPage(reportOf(), 'From a test.');
  expect(page).toContain('<h1>Experiment home &#60;1&#62;</h1>');
  expect(page).toContain('bot &#38; co');
  expect(page.match(/<svg /g)).toHaveLength(2);
  expect(page).toContain('At any time'.toLowerCase());
  expect(page).toContain('<footer>From a test.</footer>');
});

test('where it refuses there is no figure that could be taken for a result', () => {
  const report = reportOf({ disagreeing: { lists: 7, first: 'request r shows x' }, exposures: 2_345 });
  const text = reportText(report, true);
  expect(text).toContain('REFUSED (exposures-disagree): 7 of 2345 exposures do not recompute; request r shows x.');
  expect(text).toContain('2,338 of 2,345 exposures recompute');
  expect(text).not.toContain('50.0 %');
  const page = experimentPage(report, '');
  expect(page).toContain('<p class="refusal">Refused (exposures-disagree)');
  expect(page).not.toContain('<svg');
});

test('an interleaving experiment is told by what users preferred', () => {
  const preferred = { a: 600, b: 1_400, ties: 500, credits: { a: 1_000, b: 2_000 } };
  const phase = [{ ...experiment, design: 'interleaving' as const }];
  const report = reportOf({ phase, metrics: [], arrivals: [], preferred });
  expect(report.refusals).toEqual([]);
  expect(report.verdict).toMatch(
    /users prefer 'new': 600 users chose more from 'old', 1,400 more from 'new', 500 as much from both; preference −32\.0 %/,
  );
  expect(reportText(report, false)).toContain('so there is no ratio to test');
  const few = reportOf({ phase, metrics: [], arrivals: [], preferred: { ...preferred, a: 6, b: 14, ties: 5 } });
  expect(few.refusals).toMatchObject([
    { code: 'too-few-users', message: 'Only 25 users chose anything from the lists.' },
  ]);
});
