/** How far a long piece of work is. */
export interface Progress {
  /** The work, such as `training`; a new one begins a new bar. */
  readonly what: string;
  readonly done: number;
  /** Above 0. */
  readonly total: number;
  /** What is counted, in the plural; without it, the share is shown as per cent. */
  readonly unit?: string;
  /** A figure more, such as a loss. */
  readonly detail?: string;
}

/** Is told how far the work is, as often as that changes. */
export interface ShowProgress {
  (progress: Progress): void;
  /** Whether a bar is drawn; else there are log lines, and work that logs its steps itself need not tell them. */
  readonly isBar: boolean;
}

/** Where progress is shown. */
export interface ProgressOutput {
  readonly stderr: { write(text: string): unknown; readonly isTTY?: boolean };
  readonly logger: { info(fields: object, message: string): void };
  /** Whether a program reads the result: then nothing is drawn. */
  readonly json: boolean;
}

const BAR_WIDTH = 24;

/** A bar is drawn at most so often; the last state always. */
const DRAW_MS = 50;

/** Log lines are at least so far apart, so short work has none. */
const LOG_MS = 10_000;

/**
 * Shows progress with rate and time left: as a bar that is drawn over itself on a terminal, elsewhere and with `--json` as a log line every ten seconds. Nothing is ever written to stdout.
 *
 * @param now milliseconds that only rise
 */
export function progressOn(
  { stderr, logger, json }: ProgressOutput,
  now: () => number = () => performance.now(),
): ShowProgress {
  const isBar = stderr.isTTY === true && !json;
  let current: { what: string; beganMs: number; first: number; shownMs: number } | undefined;
  let isOpen = false;
  const show = (progress: Progress): void => {
    const { what, done, total } = progress;
    const atMs = now();
    // Where the work begins again, so does its rate.
    if (current?.what !== what || done < current.first) {
      if (isOpen) stderr.write('\n');
      current = { what, beganMs: atMs, first: done, shownMs: isBar ? -Infinity : atMs };
    }
    const isLast = done >= total;
    if (atMs - current.shownMs < (isBar ? DRAW_MS : LOG_MS) && !(isBar && isLast)) return;
    current.shownMs = atMs;
    const perSecond = ((done - current.first) / (atMs - current.beganMs)) * 1_000;
    const secondsLeft = (total - done) / perSecond;
    const text = textOf(progress, perSecond, secondsLeft);
    if (!isBar) logger.info({ what, done, total, perSecond, secondsLeft }, `${what}: ${text}`);
    else stderr.write(`\r\x1b[2K${what} [${barOf(done / total)}] ${text}${isLast ? '\n' : ''}`);
    isOpen = isBar && !isLast;
  };
  return Object.assign(show, { isBar });
}

function barOf(share: number): string {
  const filled = Math.round(BAR_WIDTH * Math.min(1, Math.max(0, share)));
  return '#'.repeat(filled) + '.'.repeat(BAR_WIDTH - filled);
}

function textOf({ done, total, unit, detail }: Progress, perSecond: number, secondsLeft: number): string {
  const isKnown = Number.isFinite(secondsLeft) && perSecond > 0;
  return [
    unit === undefined ? `${Math.round((100 * done) / total)} %` : `${done}/${total} ${unit}`,
    ...(isKnown && unit !== undefined ? [`${perSecond < 10 ? perSecond.toFixed(1) : Math.round(perSecond)}/s`] : []),
    ...(isKnown && done < total ? [`${durationOf(secondsLeft)} left`] : []),
    ...(detail === undefined ? [] : [detail]),
  ].join('  ');
}

/** `8.5 s`, `3 min`, `2.5 h` */
function durationOf(seconds: number): string {
  if (seconds < 100) return `${seconds.toFixed(1)} s`;
  return seconds < 6_000 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3_600).toFixed(1)} h`;
}
