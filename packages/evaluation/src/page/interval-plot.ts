import type { Interval } from '@attractions/contracts';

import { escaped, signed, decimals } from './markup.js';
import { scale, ticks } from './scale.js';

/** One line of the plot. */
export interface PlottedInterval {
  readonly label: string;
  readonly interval: Interval;
}

const width = 760;
const left = 150;
const right = 220;
const lineHeight = 26;
const top = 12;

/**
 * Intervals as bars with a point at the mean, one below the other, as SVG. `zero` draws a line at 0 and writes signs: for differences, where
 * a bar wholly to the right of the line is a win. The axis bears the title.
 */
export function intervalPlot(title: string, lines: readonly PlottedInterval[], { zero = false } = {}): string {
  const ends = lines.flatMap(({ interval }) => [interval.low, interval.high]);
  const range = [Math.min(...ends, ...(zero ? [0] : [])), Math.max(...ends, ...(zero ? [0] : []))] as const;
  const x = scale(range, [left, width - right]);
  const bottom = top + lines.length * lineHeight;
  const marks = ticks(range).map(
    (value) =>
      `<line class="grid" x1="${x(value)}" y1="${top}" x2="${x(value)}" y2="${bottom}"/>` +
      `<text class="tick" x="${x(value)}" y="${bottom + 16}">${value}</text>`,
  );
  const zeroLine = zero ? `<line class="zero" x1="${x(0)}" y1="${top}" x2="${x(0)}" y2="${bottom}"/>` : '';
  const rows = lines.map(({ label, interval: { mean, low, high } }, row) => {
    const y = top + (row + 0.5) * lineHeight;
    const written = zero ? signed : decimals;
    const figure = `${written(mean)} (${written(low)} to ${written(high)})`;
    return (
      `<text class="label" x="${left - 12}" y="${y + 4}">${escaped(label)}</text>` +
      `<line class="bar" x1="${x(low)}" y1="${y}" x2="${x(high)}" y2="${y}"/>` +
      `<circle class="mean" cx="${x(mean)}" cy="${y}" r="4.5"/>` +
      `<text class="figure" x="${width - right + 12}" y="${y + 4}">${figure}</text>`
    );
  });
  const axis = `<text class="axis" x="${(left + width - right) / 2}" y="${bottom + 36}">${escaped(title)}</text>`;
  return drawing(title, bottom + 46, [...marks, zeroLine, ...rows, axis]);
}

/** An SVG of the page's width that a screen reader calls by its title. */
export function drawing(title: string, height: number, parts: readonly string[]): string {
  const name = escaped(title);
  return `<svg role="img" aria-label="${name}" viewBox="0 0 ${width} ${height}">\n<title>${name}</title>\n${parts.join('\n')}\n</svg>`;
}
