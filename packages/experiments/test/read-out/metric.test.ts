import { expect, test } from '@jest/globals';

import { completeMetric, metricsProblems } from '../../src/read-out/metric.js';

test('metrics that are right have no problem', () => {
  expect(
    metricsProblems([
      { name: 'clicked', type: 'proportion', event: 'click' },
      {
        name: 'spent',
        type: 'mean',
        event: 'buy',
        windowDays: 7,
        winsorize: 0.99,
        direction: 'increase',
        cupedDays: 30,
      },
      { name: 'rate', type: 'ratio', event: 'click', denominator: 'exposure' },
      { name: 'errors', type: 'count', event: 'error', direction: 'decrease', guardrail: true, cuped: false },
    ]),
  ).toEqual([]);
});

test('every problem is named at once', () => {
  const problems = metricsProblems([
    { name: 'followed', type: 'share', event: '' },
    { name: 'rate', type: 'ratio', event: 'click', cuped: true },
    { name: 'rate', type: 'count', event: 'click', denominator: 'view', winsorize: 99, windowDays: 0, colour: 'red' },
    'clicks',
    { name: 'clicked', type: 'proportion', event: 'click', value: true },
  ]);
  expect(problems.map(({ path, message }) => `${path.join('.')} ${message}`)).toEqual([
    '0.name is "followed"; give a name other than followed, which is built in.',
    '0.type is "share"; give one of proportion, mean, count, ratio.',
    '0.event is ""; give the type of an event, such as click.',
    '1.denominator is missing; a ratio needs the type of an event, or exposure for lists shown.',
    '1.cuped is true, but a ratio has no CUPED; leave it out.',
    '2.winsorize is 99; give a quantile from 0.5 to 1, such as 0.99.',
    '2.windowDays is 0; give a number of days above 0, at most 3650.',
    expect.stringMatching(/^2\.colour is unknown; give some of name, type, /),
    '2.denominator is "view", but only a ratio has one; leave it out.',
    '2.name is "rate", the name of an earlier metric; rename one.',
    '3 is "clicks"; give an object with name, type, event.',
    '4.value is true, but a proportion counts users; leave it out, or give the type mean.',
  ]);
  expect(metricsProblems({})).toEqual([{ path: [], message: 'is {}; give a list of metrics.' }]);
});

test('defaults: a mean sums values, CUPED looks as far back as the window, nothing caps a proportion', () => {
  const spent = completeMetric({ name: 'spent', type: 'mean', event: 'buy', windowDays: 7 });
  expect(spent).toMatchObject({ value: true, winsorize: 0.999, direction: 'increase', cuped: true, cupedDays: 7 });
  const clicked = completeMetric({ name: 'clicked', type: 'proportion', event: 'click', winsorize: 0.5 });
  expect(clicked).toMatchObject({ value: false, winsorize: 1, guardrail: false, cupedDays: 14 });
  expect(completeMetric({ name: 'r', type: 'ratio', event: 'click', denominator: 'view' }).cuped).toBe(false);
});
