import type { CalibrationBin } from '@attractions/contracts';

import { drawing } from './interval-plot.js';
import { scale, ticks } from './scale.js';

const left = 60;
const right = 740;
const top = 28;
const bottom = 240;

/**
 * How often candidates were the answer, against their mean score, tenth by tenth, as SVG. Where the scores are probabilities, the dots lie on
 * the dashed diagonal; for other scores they should at least rise.
 */
export function calibrationPlot(title: string, bins: readonly CalibrationBin[], probabilities: boolean): string {
  const scores = bins.map(({ meanScore }) => meanScore);
  const most = Math.max(...bins.map(({ answered }) => answered), ...(probabilities ? scores : []));
  const range = probabilities ? ([0, most] as const) : ([Math.min(...scores), Math.max(...scores)] as const);
  const x = scale(range, [left, right]);
  const y = scale([0, most], [bottom, top]);
  const grid = [
    ...ticks(range).map((value) => `<text class="tick" x="${x(value)}" y="${bottom + 16}">${value}</text>`),
    ...ticks([0, most]).map(
      (value) =>
        `<line class="grid" x1="${left}" y1="${y(value)}" x2="${right}" y2="${y(value)}"/>` +
        `<text class="label" x="${left - 8}" y="${y(value) + 4}">${value}</text>`,
    ),
  ];
  const diagonal = probabilities
    ? [`<line class="zero" stroke-dasharray="4 4" x1="${x(0)}" y1="${y(0)}" x2="${x(most)}" y2="${y(most)}"/>`]
    : [];
  const path = bins.map(({ meanScore, answered }) => `${x(meanScore)},${y(answered)}`).join(' ');
  const dots = bins.map(
    ({ meanScore, answered }) => `<circle class="mean" cx="${x(meanScore)}" cy="${y(answered)}" r="4.5"/>`,
  );
  const axes = [
    `<text class="axis" x="${(left + right) / 2}" y="${bottom + 36}">mean score of a tenth of the candidates</text>`,
    `<text class="axis start" x="${left - 52}" y="${top - 14}">share of them that were the answer</text>`,
  ];
  return drawing(title, bottom + 46, [
    ...axes,
    ...grid,
    ...diagonal,
    `<polyline class="curve" points="${path}"/>`,
    ...dots,
  ]);
}
