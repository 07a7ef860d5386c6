import type { Iteration } from './model.js';

const barWidth = 24;

/** One line that says how far a training is: a bar, the loss, the rate and the time left. */
export function progressLine({ iteration, iterations, loss, pairsPerSecond, secondsLeft }: Iteration): string {
  const done = Math.round((barWidth * iteration) / iterations);
  const bar = '#'.repeat(done) + '.'.repeat(barWidth - done);
  const rate = `${(pairsPerSecond / 1e6).toFixed(2)} M pairs/s`;
  return `[${bar}] ${iteration}/${iterations}  loss ${loss.toPrecision(7)}  ${rate}  ${secondsLeft.toFixed(1)} s left`;
}

/** Draws the bar on a terminal, over itself; ends the line with the last iteration. */
export function progressBar(terminal: { write(text: string): unknown }): (iteration: Iteration) => void {
  return (iteration) =>
    void terminal.write(
      `\r\x1b[2K${progressLine(iteration)}${iteration.iteration === iteration.iterations ? '\n' : ''}`,
    );
}
