import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { emptyFolder } from './support/command-line.js';

const bin = fileURLToPath(new URL('../bin/attractions.js', import.meta.url));

/** 30 users who each visit six of nine rides, two minutes apart; one line cannot be read. */
function eventsCsv(): string {
  const lines = Array.from({ length: 30 }, (_, user) =>
    Array.from({ length: 6 }, (_, n) => {
      const time = new Date(Date.UTC(2026, 4, 1 + user, 10, 2 * n)).toISOString();
      return `user-${user},ride-${(user + n * (1 + (user % 2))) % 9},${time},${n === 5 ? 'left' : 'visit'}`;
    }),
  ).flat();
  return ['user,item,ts,event', ...lines, 'user-1,ride-1,yesterday,visit', ''].join('\n');
}

test('a file of events with columns of its own becomes visits, a model and lists', async () => {
  const cwd = await emptyFolder();
  await writeFile(join(cwd, 'events.csv'), eventsCsv());
  const columns = { user: 'user', attraction: 'item', time: 'ts', event: 'event' };
  const config = {
    sources: { visits: { type: 'csv', files: '*.csv', columns } },
    events: { visit: 1, left: -1 },
  };
  await writeFile(join(cwd, 'attractions.config.json'), JSON.stringify(config));
  const env = { PATH: process.env['PATH'] ?? '', FORCE_COLOR: '0', ALS_RANK: '4', ALS_ITERATIONS: '3' };
  const { stdout } = await promisify(execFile)(process.execPath, [bin, 'run', '--json'], { cwd, env });
  const { rows, kept, rejected, users, attractions, recommendations } = JSON.parse(stdout);
  expect({ rows, kept, rejected, users, attractions }).toEqual({
    rows: 181,
    kept: 180,
    rejected: 1,
    users: 30,
    attractions: 9,
  });
  expect(recommendations.length).toBeGreaterThan(0);
});
