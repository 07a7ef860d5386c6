/** The read-out of an experiment as one HTML page, in the style of the evaluation's. */
import { bandPlot, escaped, htmlPage, htmlTable, intervalPlot } from '@attractions/evaluation';
import { digits, percent } from '@attractions/experiments';
import type { Findings, MetricFindings } from '@attractions/experiments';

import { assignedRows, checksText, dayRows, metricRows, readingText, segmentRows } from './text.js';

/** @param origin where the report is from, as a sentence for the footer */
export function experimentPage(findings: Findings, origin: string): string {
  const { experiment, versions, status, beginAt, endAt, verdict, refusals, notes, exposures, panels, metrics } =
    findings;
  const paragraph = (text: string, kind = ''): string =>
    `<p${kind === '' ? '' : ` class="${kind}"`}>${escaped(text)}</p>`;
  const grid = ([heads = [], ...rows]: readonly (readonly string[])[]): string => htmlTable(heads, rows);
  const primary = metrics.find(({ isPrimary }) => isPrimary);
  const assigned = assignedRows(metrics);
  const segments = segmentRows(metrics);
  return htmlPage(`Experiment ${experiment}`, [
    `<h1>Experiment ${escaped(experiment)}</h1>`,
    `<p><strong>${escaped(verdict)}</strong></p>`,
    ...refusals.map(({ code, message, todo }) => paragraph(`Refused (${code}): ${message} ${todo}`, 'refusal')),
    paragraph(
      `Version ${versions.join(', ')}, ${status}; ${beginAt.slice(0, 16).replace('T', ' ')} to ${endAt.slice(0, 16).replace('T', ' ')} UTC. ` +
        `${exposures.recomputed.toLocaleString('en-GB')} of ${exposures.lists.toLocaleString('en-GB')} exposures recompute; ${checksText(findings)}.`,
    ),
    ...notes.map((note) => paragraph(note)),
    grid([
      ['Panel', 'Recommender', 'Buckets', 'Users'],
      ...panels.map(({ panel, recommender = '', buckets, users }) => [
        panel,
        recommender,
        String(buckets),
        users.toLocaleString('en-GB'),
      ]),
    ]),
    ...(metrics.length === 0 ? [] : ['<h2>Metrics</h2>', paragraph(readingText(findings)), grid(metricRows(metrics))]),
    ...metrics.map(differencePlot),
    ...(primary ? daysPlots(primary) : []),
    ...(assigned.length === 1
      ? []
      : [
          '<h2>All users that could be assigned</h2>',
          paragraph('Exposed or not (intention to treat), so that nothing depends on who was shown a list.'),
          grid(assigned),
        ]),
    ...(segments.length === 1
      ? []
      : [
          '<h2>Segments</h2>',
          paragraph('For exploration only: with so many of them, some differ by chance.'),
          grid(segments),
        ]),
    `<footer>${escaped(origin)}</footer>`,
  ]);
}

function differencePlot({ metric, panels }: MetricFindings): string {
  const shown = panels.flatMap(({ panel, difference }) => {
    const effect = difference?.relative;
    if (effect === undefined) return [];
    const interval = ([low, high]: readonly [number, number]) => ({ mean: effect.estimate, low, high });
    return [
      { label: `${panel}, at any time`, interval: interval(effect.anytime) },
      { label: `${panel}, one look`, interval: interval(effect.fixed) },
    ];
  });
  if (shown.length === 0) return '';
  const good = metric.direction === 'increase' ? 'right' : 'left';
  const caption = `A bar wholly to the ${good} of zero is ${metric.guardrail ? 'no worse' : 'better'}; one that crosses zero is undecided.`;
  const title = `${metric.name}: difference to the first panel`;
  return `<figure>${intervalPlot(title, shown, { zero: true, written: percent })}<figcaption>${escaped(caption)}</figcaption></figure>`;
}

function daysPlots(metric: MetricFindings): string[] {
  const panels = [...new Set(metric.days.map(({ panel }) => panel))];
  const plots = panels.flatMap((panel) => {
    const days = metric.days.filter((each) => each.panel === panel);
    const isRelative = days.every(({ relative }) => relative !== undefined);
    const moments = days.map(({ day, absolute, relative }) => {
      const { estimate, anytime, fixed } = (isRelative && relative) || absolute;
      return { at: day + 1, estimate, wide: anytime, narrow: fixed };
    });
    if (moments.length < 2) return [];
    const title = `${metric.metric.name} of ${panel}: difference to the first panel`;
    const caption =
      'What was known at the end of each day: the interval that holds at any time, and within it the one for a single look.';
    return [
      `<figure>${bandPlot(title, 'day', moments, isRelative ? percent : digits)}<figcaption>${escaped(caption)}</figcaption></figure>`,
    ];
  });
  const [heads = [], ...rows] = dayRows(metric);
  return plots.length === 0 ? [] : ['<h2>By day</h2>', ...plots, htmlTable(heads, rows)];
}
