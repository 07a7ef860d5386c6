import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRecommender } from '@attractions/recommender';
import { loadGeneration } from '@attractions/models';
import type { Generation } from '@attractions/models';
import type { RecommendationRequest } from '@attractions/recommender';
import { openFeeds } from '@attractions/feeds';
import { lists } from '@attractions/contracts';

import { attractions, quick } from './support/command-line.js';

let config: ReturnType<typeof quick>;
let generation: Generation;

beforeAll(async () => {
  config = quick(await mkdtemp(join(tmpdir(), 'attractions-recommend-')));
  await attractions(config, 'etl');
  await attractions(config, 'train');
  generation = await loadGeneration(openFeeds(config.feedsRoot ?? ''));
});

afterAll(() => rm(config.feedsRoot ?? '', { recursive: true }));

const inLibrary = (request: RecommendationRequest) =>
  JSON.parse(JSON.stringify(createRecommender(generation).recommend({ limit: 10, explain: true, ...request })));

async function asked(...argv: string[]) {
  const { exitCode, stdout } = await attractions(config, 'recommend', ...argv, '--json');
  return { exitCode, answer: JSON.parse(stdout) };
}

describe('attractions recommend', () => {
  test('asks what the library asks: user, park, time and visits, in a list or repeated', async () => {
    const [first, second, third] = generation.attractions;
    const park = first?.park ?? '';
    const [a = '', b = '', c = ''] = [first, second, third].map((attraction) => attraction?.attractionId);
    const userId = generation.model.userIds[0] ?? '';
    const at = '2015-07-01T12:30';
    const visits = [a, { attractionId: b, visitedAt: '2015-07-01T12:10:00Z' }, c];
    const expected = inLibrary({ userId, park, at, visits });
    const list = await asked(userId, '--park', park, '--at', at, '--visits', `${a},${b}@2015-07-01T12:10:00Z,${c}`);
    expect(list).toEqual({ exitCode: 0, answer: { userId, ...expected } });
    const repeated = ['--visits', `${a}, ${b}@2015-07-01T12:10:00Z`, '--visits', c];
    expect((await asked(userId, '--park', park, '--at', at, ...repeated)).answer).toEqual(list.answer);
    // What is said of the time and the visits makes a difference.
    expect(inLibrary({ userId, park, at })).not.toEqual(expected);
    expect(inLibrary({ userId, park, at: '2015-07-01T20:30', visits })).not.toEqual(expected);
  });

  test('has every filter of a request: themes, allow, exclude, includeVisited', async () => {
    const userId = generation.model.userIds[0] ?? '';
    const at = '2015-07-01T12:30';
    const themes = [...generation.themes].slice(0, 2);
    const allow = generation.attractions.slice(0, 9).map(({ attractionId }) => attractionId);
    const exclude = allow.slice(0, 2);
    const filters = { themes, allow, exclude, includeVisited: true };
    const flags = Object.entries({ themes, allow, exclude }).flatMap(([name, list]) => [`--${name}`, list.join(', ')]);
    const ask = async (...more: string[]) => (await asked(userId, '--at', at, ...more)).answer;
    expect(await ask(...flags, '--include-visited')).toEqual({ userId, ...inLibrary({ userId, at, ...filters }) });
    expect(await ask('--exclude', exclude[0] ?? '', '--exclude', exclude[1] ?? '')).toEqual({
      userId,
      ...inLibrary({ userId, at, exclude }),
    });
    // Each of them makes a difference.
    for (const [name, value] of Object.entries(filters))
      expect(inLibrary({ userId, at, limit: 100, [name]: value })).not.toEqual(inLibrary({ userId, at, limit: 100 }));
  });

  test('similar has the filters of lists that are about an attraction', async () => {
    const [first] = generation.attractions;
    const themes = [...generation.themes].slice(0, 2);
    const { exitCode, stdout } = await attractions(
      config,
      'similar',
      first?.attractionId ?? '',
      '--themes',
      themes.join(),
      '--json',
    );
    const of = (id: string) => generation.attractions.find(({ attractionId }) => attractionId === id);
    const found: { attractionId: string }[] = JSON.parse(stdout).recommendations;
    expect(exitCode).toBe(0);
    expect(found.length).toBeGreaterThan(0);
    for (const { attractionId } of found)
      expect(of(attractionId)?.themes.some((theme) => themes.includes(theme))).toBe(true);
    const unknown = await attractions(config, 'similar', first?.attractionId ?? '', '--themes', 'Opera', '--json');
    expect(JSON.parse(unknown.stdout).error.code).toBe('RECOMMENDER_UNKNOWN_THEME');
  });

  test('--all: each user gets in the feed what the command answers them, and `feeds cat` shows it', async () => {
    const at = '2015-07-01T12:30';
    const { exitCode, answer } = await asked('--all', '--at', at, '--limit', '7', '--threads', '2');
    const users = generation.model.userIds;
    expect(exitCode).toBe(0);
    expect(answer).toMatchObject({ model: 1, users: users.length, limit: 7, at, threads: 2, experiments: [] });
    const shown = await attractions(config, 'feeds', 'cat', 'serving/lists');
    const rows: Record<string, unknown>[] = shown.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rows).toHaveLength(answer.entries);
    for (const userId of [0, 0.2, 0.4, 0.6, 0.8].map((share) => users[Math.floor(share * users.length)] ?? '')) {
      const alone = await asked(userId, '--at', at, '--limit', '7');
      const own = rows.filter((row) => row['user_id'] === userId);
      expect(
        own.map((row) => [row['place'], row['attraction_id'], row['name'], row['score'], row['source'], row['reason']]),
      ).toEqual(
        alone.answer.recommendations.map((entry: Record<string, unknown>, n: number) => [
          n + 1,
          entry['attractionId'],
          entry['name'],
          entry['score'],
          entry['source'],
          entry['reason'],
        ]),
      );
    }
  });

  test('--all says for people what it did', async () => {
    const { exitCode, stdout } = await attractions(
      config,
      'recommend',
      '--all',
      '--limit',
      '1',
      '--at',
      '2015-07-01T12:30',
    );
    expect(exitCode).toBe(0);
    const { seq } = (
      await openFeeds(config.feedsRoot ?? '')
        .feed(lists)
        .latest()
    ).record;
    expect(stdout).toMatch(
      /^Listed \d+ attractions for \d+ users, at most 1 each, of all parks at 2015-07-01T12:30, by model 1\.\n/,
    );
    expect(stdout).toContain(`\nPut serving/lists/v1.0, update ${seq}.\nDone in `);
  });

  test.each([
    [[], 'Give the id of a visitor, or --all for the lists of all users.'],
    [['ana', '--all'], "Give --all or the visitor 'ana', not both."],
    ...['--visits', '--themes', '--allow', '--exclude', '--include-visited'].map((flag): [string[], string] => [
      ['--all', flag, ...(flag === '--include-visited' ? [] : ['a'])],
      `${flag} is for one visitor; the options that go with --all are --park, --at, --limit, --threads and --run-id.`,
    ]),
    [['ana', '--threads', '2'], '--threads needs --all: one list is made on one thread.'],
  ])('refuses %j as wrong usage', async (argv, message) => {
    const { exitCode, answer } = await asked(...argv);
    expect(exitCode).toBe(2);
    expect(answer.error).toEqual({ code: 'PIPELINE_USAGE', message });
  });

  test('says what it assumed', async () => {
    const zoned = { ...config, parkTimeZones: 'Asia/Tokyo' };
    const { stdout } = await attractions(zoned, 'recommend', 'nobody', '--limit', '3');
    expect(stdout).toMatch(
      /^For visitor nobody, at \d{4}-\d\d-\d\dT\d\d:\d\d \(Asia\/Tokyo\), in all parks, without a recent visit, answered by popular:/,
    );
    const [first] = generation.attractions;
    const visits = `${first?.attractionId}@2015-07-01T12:10`;
    const { answer } = await asked('nobody', '--at', '2015-07-01T13:00', '--visits', visits);
    expect(answer.assumed).toEqual({ park: first?.park, parkFrom: 'last-visit' });
  });

  test.each([
    [['--at', 'noon'], "The time is 'noon'; give RFC 3339, such as 2014-08-05T14:30:00"],
    [['--visits', 'a@2015-07-01'], "The time is '2015-07-01'; give RFC 3339"],
  ])('refuses %j with exit code 2', async (flags, words) => {
    const { exitCode, answer } = await asked('nobody', ...flags);
    expect(exitCode).toBe(2);
    expect(answer.error).toMatchObject({
      code: 'RECOMMENDER_REQUEST_INVALID',
      message: expect.stringContaining(words),
    });
  });
});
