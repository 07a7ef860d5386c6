import type { Interval, CalibrationBin } from '@attractions/contracts';
import { escaped, signed, decimals } from './markup.js';

/** A linear scale from values to coordinates, rounded to a tenth. */
export function scale([from, to]: readonly [number, number], [start, end]: readonly [number, number]) {
  const span = to - from || 1;
  return (value: number): number => Math.round((start + ((value - from) / span) * (end - start)) * 10) / 10;
}

/** About five round values within a range: multiples of 1, 2 or 5 times a power of ten. */
export function ticks([from, to]: readonly [number, number]): number[] {
  const rough = (to - from) / 5 || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5].find((times) => times * power >= rough) ?? 10) * power;
  const first = Math.ceil(from / step);
  const count = Math.floor(to / step + 1e-9) - first + 1;
  return Array.from({ length: Math.max(0, count) }, (_, n) => Number(((first + n) * step).toPrecision(6)));
}

/** One line of the plot. */
export interface PlottedInterval {
  readonly label: string;
  readonly interval: Interval;
}

/** Of a drawing, in pixels. */
const WIDTH = 760;

/** Room left and right of the bars, and above them. */
const [LABELS, FIGURES, TOP, LINE_HEIGHT] = [150, 220, 12, 26];

/**
 * Intervals as bars with a point at the mean, one below the other, as SVG. `zero` draws a line at 0 and writes signs: for differences, where
 * a bar that lies wholly to the right of the line is a win. The title is the label of the axis; `written` writes values in another way.
 */
export function intervalPlot(
  title: string,
  lines: readonly PlottedInterval[],
  { zero = false, written }: { readonly zero?: boolean; readonly written?: (value: number) => string } = {},
): string {
  const inFull = written ?? (zero ? signed : decimals);
  const ends = lines.flatMap(({ interval }) => [interval.low, interval.high]);
  const range = [Math.min(...ends, ...(zero ? [0] : [])), Math.max(...ends, ...(zero ? [0] : []))] as const;
  const x = scale(range, [LABELS, WIDTH - FIGURES]);
  const bottom = TOP + lines.length * LINE_HEIGHT;
  const marks = ticks(range).map(
    (value) =>
      `<line class="grid" x1="${x(value)}" y1="${TOP}" x2="${x(value)}" y2="${bottom}"/>` +
      `<text class="tick" x="${x(value)}" y="${bottom + 16}">${written?.(value) ?? value}</text>`,
  );
  const zeroLine = zero ? `<line class="zero" x1="${x(0)}" y1="${TOP}" x2="${x(0)}" y2="${bottom}"/>` : '';
  const rows = lines.map(({ label, interval: { mean, low, high } }, row) => {
    const y = TOP + (row + 0.5) * LINE_HEIGHT;
    const figure = `${inFull(mean)} (${inFull(low)} to ${inFull(high)})`;
    return (
      `<text class="label" x="${LABELS - 12}" y="${y + 4}">${escaped(label)}</text>` +
      `<line class="bar" x1="${x(low)}" y1="${y}" x2="${x(high)}" y2="${y}"/>` +
      `<circle class="mean" cx="${x(mean)}" cy="${y}" r="4.5"/>` +
      `<text class="figure" x="${WIDTH - FIGURES + 12}" y="${y + 4}">${figure}</text>`
    );
  });
  const axis = `<text class="axis" x="${(LABELS + WIDTH - FIGURES) / 2}" y="${bottom + 36}">${escaped(title)}</text>`;
  return drawing(title, bottom + 46, [...marks, zeroLine, ...rows, axis]);
}

/** An SVG as wide as the page, with its title for screen readers. */
function drawing(title: string, height: number, parts: readonly string[]): string {
  const name = escaped(title);
  return `<svg role="img" aria-label="${name}" viewBox="0 0 ${WIDTH} ${height}">\n<title>${name}</title>\n${parts.join('\n')}\n</svg>`;
}

/** Edges of the other plots. */
const EDGE = { left: 60, right: 740, top: 28, bottom: 240 } as const;

/**
 * How often candidates were the answer, against their mean score, for each tenth of the candidates, as SVG. Where the scores are probabilities, the dots lie on
 * the dashed diagonal; for other scores they should at least rise.
 */
export function calibrationPlot(title: string, bins: readonly CalibrationBin[], probabilities: boolean): string {
  const { left, right, top, bottom } = EDGE;
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

/** An estimate at one moment, with a wide and a narrow interval around it. */
export interface PlottedMoment {
  readonly at: number;
  readonly estimate: number;
  readonly wide: readonly [low: number, high: number];
  readonly narrow: readonly [low: number, high: number];
}

/**
 * How an estimate went, left to right, as a line within two bands, as SVG, with a line at 0. The title is the label of the vertical axis; `axis` that of the other.
 * Values far beyond the last intervals are cut off, since the first days say little and would flatten the rest.
 */
export function bandPlot(
  title: string,
  axis: string,
  moments: readonly PlottedMoment[],
  written: (value: number) => string = String,
): string {
  const { left, right, top, bottom } = EDGE;
  const last = moments.at(-1) ?? { at: 0, estimate: 0, wide: [0, 0] as const };
  const reach = 5 * (last.wide[1] - last.wide[0]);
  const ends = moments.flatMap(({ wide }) => wide);
  const range = [
    Math.min(0, Math.max(Math.min(...ends), last.estimate - reach)),
    Math.max(0, Math.min(Math.max(...ends), last.estimate + reach)),
  ] as const;
  const days = [moments[0]?.at ?? 0, last.at] as const;
  const x = scale(days, [left, right]);
  const inside = scale(range, [bottom, top]);
  const y = (value: number): number => inside(Math.min(range[1], Math.max(range[0], value)));
  const band = (of: 'wide' | 'narrow'): string => {
    const upper = moments.map((moment) => `${x(moment.at)},${y(moment[of][1])}`);
    const lower = moments.map((moment) => `${x(moment.at)},${y(moment[of][0])}`).reverse();
    return `<polygon class="band ${of}" points="${[...upper, ...lower].join(' ')}"/>`;
  };
  const grid = [
    ...ticks(days)
      .filter(Number.isInteger)
      .map((value) => `<text class="tick" x="${x(value)}" y="${bottom + 16}">${value}</text>`),
    ...ticks(range).map(
      (value) =>
        `<line class="grid" x1="${left}" y1="${y(value)}" x2="${right}" y2="${y(value)}"/>` +
        `<text class="label" x="${left - 8}" y="${y(value) + 4}">${escaped(written(value))}</text>`,
    ),
  ];
  const path = moments.map(({ at, estimate }) => `${x(at)},${y(estimate)}`).join(' ');
  return drawing(title, bottom + 46, [
    `<text class="axis" x="${(left + right) / 2}" y="${bottom + 36}">${escaped(axis)}</text>`,
    `<text class="axis start" x="${left - 52}" y="${top - 14}">${escaped(title)}</text>`,
    ...grid,
    `<line class="zero" x1="${left}" y1="${y(0)}" x2="${right}" y2="${y(0)}"/>`,
    band('wide'),
    band('narrow'),
    `<polyline class="curve" points="${path}"/>`,
    ...moments.map(({ at, estimate }) => `<circle class="mean" cx="${x(at)}" cy="${y(estimate)}" r="2.5"/>`),
  ]);
}
