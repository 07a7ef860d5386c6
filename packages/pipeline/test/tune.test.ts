import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { openFeeds } from '@attractions/feeds';
import { trials } from '@attractions/contracts';
import type { Trial } from '@attractions/contracts';

import { attractions, emptyFolder, quick } from './support/command-line.js';
import { writePlanted } from './support/planted.js';

const BIN = fileURLToPath(new URL('../bin/attractions.js', import.meta.url));
const small = { users: 120, items: 80, most: 16 };

/** Every trial in the feeds, in the order of their commits. */
async function keptIn(feedsRoot: string): Promise<Trial[]> {
  const feed = openFeeds(feedsRoot).feed(trials);
  const kept: Trial[] = [];
  for await (const { seq } of feed.history()) kept.unshift(await (await feed.at(seq)).read());
  return kept;
}

const timeless = (all: readonly Trial[]) => all.map((trial) => ({ ...trial, seconds: 0 }));

/** The command as a process of its own; sends it a signal once it has said so many trials. */
async function tuneProcess(feedsRoot: string, argv: readonly string[], stopWith?: NodeJS.Signals, after = Infinity) {
  const env = { ...process.env, FEEDS_ROOT: feedsRoot, LOG_LEVEL: 'info', FORCE_COLOR: '0' };
  const child = spawn(process.execPath, [BIN, 'tune', '--json', ...argv], { env });
  const exited = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  let stdout = '';
  child.stdout.on('data', (text: Buffer) => (stdout += text.toString()));
  let said = 0;
  for await (const line of createInterface({ input: child.stderr }))
    if (line.includes('"value"') && ++said === after && stopWith) child.kill(stopWith);
  const [exitCode, signal] = await exited;
  return { exitCode, signal, said, stdout };
}

test.each([4, 8, 16])(
  'finds the planted rank %i among 2 to 64',
  async (rank) => {
    const folder = await emptyFolder();
    const { train, test: found } = await writePlanted(folder, rank);
    const argv = ['tune', '--train', train, '--test', found, '--workers', '1'];
    const { exitCode, stdout } = await attractions(quick(folder), ...argv, '--json');
    expect(exitCode).toBe(0);
    const { best, trials: all, ran, study } = JSON.parse(stdout);
    expect(best.options.rank).toBe(rank);
    expect(ran).toBe(all.length);
    // Asked again, it knows already, and tells people what to set.
    const again = await attractions(quick(folder), ...argv);
    expect(again.stdout).toContain(`Study ${study}: ${all.length} trials, 0 of them now`);
    expect(again.stdout).toMatch(new RegExp(`Best: .*ALS_RANK=${rank} ALS_REGULARIZATION=\\S+ .*ALS_ITERATIONS=16`));
  },
  120_000,
);

test('expired trials are counted, run again if they are needed, and stored again', async () => {
  const folder = await emptyFolder();
  const { train, test: found } = await writePlanted(folder, 4, small);
  const config = quick(folder);
  const argv = ['tune', '--train', train, '--test', found, '--workers', '1', '--points', '6'];
  const tuned = async () => JSON.parse((await attractions(config, ...argv, '--json')).stdout);
  const first = await tuned();
  expect(first).toMatchObject({ expired: 0, ran: first.trials.length });
  for (let round = 0; round < 2; round++) {
    const before = round === 0 ? 0 : first.trials.length - 1;
    await attractions(config, 'feeds', 'expire', 'evaluation/trials', '--keep-last', '1', '--grace', '0', '--yes');
    const again = await tuned();
    expect(again).toMatchObject({ best: { key: first.best.key }, ran: first.trials.length - 1 });
    expect(timeless(again.trials)).toEqual(timeless(first.trials));
    expect(again.expired).toBe(before + first.trials.length - 1);
    const text = await attractions(config, ...argv);
    expect(text.stdout).toContain(`Passed over ${again.expired} trials of the study whose data are gone.`);
    expect(text.stdout).toContain(`${first.trials.length} trials, 0 of them now`);
  }
});

test('on visits, the second-last new attraction decides; trials name the visits they were made from', async () => {
  const feedsRoot = await emptyFolder();
  await attractions(quick(feedsRoot), 'etl');
  const { exitCode, stdout } = await attractions(quick(feedsRoot), 'tune', '--points', '3', '--workers', '1', '--json');
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout).best.metric).toBe('ndcg@5');
  const { record } = await openFeeds(feedsRoot).feed(trials).latest();
  expect(record.parents.map(({ feed }) => feed)).toEqual(['etl/visits/v1.0', 'etl/attractions/v1.0']);
});

test('options that contradict each other, or are none, are wrong usage', async () => {
  const config = quick(await emptyFolder());
  expect((await attractions(config, 'tune', '--train', 'a')).exitCode).toBe(2);
  expect((await attractions(config, 'tune', '--points', '0')).exitCode).toBe(2);
  expect((await attractions(config, 'tune', '--train', '/nowhere', '--test', '/nowhere')).exitCode).toBe(3);
  expect((await attractions(config, 'tune')).exitCode).toBe(1);
});

describe('as a process', () => {
  test('killed again and again it goes on, repeats no trial, and finds what one run finds', async () => {
    const folder = await emptyFolder();
    const files = await writePlanted(folder, 4, small);
    const argv = ['--train', files.train, '--test', files.test, '--points', '12', '--workers', '2'];
    const whole = await tuneProcess(`${folder}/whole`, argv);
    expect(whole.exitCode).toBe(0);
    let said = 0;
    for (const after of [1, 4, 2, 5]) {
      const run = await tuneProcess(`${folder}/killed`, argv, 'SIGKILL', after);
      expect(run.signal).toBe('SIGKILL');
      said += run.said;
    }
    const last = await tuneProcess(`${folder}/killed`, argv);
    expect(last.exitCode).toBe(0);
    const [expected, result] = [JSON.parse(whole.stdout), JSON.parse(last.stdout)];
    expect(timeless(result.trials)).toEqual(timeless(expected.trials));
    expect(result.best.key).toBe(expected.best.key);
    const kept = await keptIn(`${folder}/killed`);
    expect(new Set(kept.map(({ key }) => key)).size).toBe(kept.length);
    expect(kept).toHaveLength(expected.trials.length);
    // A trial may be kept and the process killed before it says so; none is said that is not kept.
    expect(said + result.ran).toBeLessThanOrEqual(kept.length);
  }, 120_000);

  test.each([['1'], ['2']])(
    'stops at once on SIGINT with %s workers: exit code 1, whole trials only',
    async (workers) => {
      const folder = await emptyFolder();
      const files = await writePlanted(folder, 8);
      const argv = ['--train', files.train, '--test', files.test, '--workers', workers];
      const { exitCode, said, stdout } = await tuneProcess(`${folder}/feeds`, argv, 'SIGINT', 3);
      expect(exitCode).toBe(1);
      expect(JSON.parse(stdout).error.message).toContain('Stopped by a signal');
      const kept = await keptIn(`${folder}/feeds`);
      expect(kept.length).toBeGreaterThanOrEqual(said);
      expect(kept.length).toBeLessThan(78);
    },
    60_000,
  );
});
