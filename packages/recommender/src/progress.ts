import type { ListsProgress, RecommendSummary } from './driver.js';

const BAR_WIDTH = 24;

/** Draws how far the lists are on a terminal, over itself; ends the line with the last user. */
export function progressBar(terminal: { write(text: string): unknown }): (progress: ListsProgress) => void {
  return ({ users, ofUsers, usersPerSecond, secondsLeft }) => {
    const done = Math.round((BAR_WIDTH * users) / ofUsers);
    const bar = '#'.repeat(done) + '.'.repeat(BAR_WIDTH - done);
    const rate = `${Math.round(usersPerSecond)} users/s`;
    const end = users === ofUsers ? '\n' : '';
    terminal.write(`\r\x1b[2K[${bar}] ${users}/${ofUsers}  ${rate}  ${secondsLeft.toFixed(1)} s left${end}`);
  };
}

/** What a run did, for people. */
export function summaryText(summary: RecommendSummary): string {
  const { users, entries, limit, park, at, model, experiment, feeds, seconds } = summary;
  const where = park === null ? 'all parks' : park;
  const split = experiment ? `, split by experiment '${experiment.experiment}' version ${experiment.version}` : '';
  return [
    `Listed ${entries} attractions for ${users} users, at most ${limit} each, of ${where} at ${at}, by model ${model}${split}.`,
    ...feeds.map(({ feed, seq }) => `Put ${feed}, update ${seq}.`),
    `Done in ${seconds.toFixed(1)} s.`,
  ].join('\n');
}
