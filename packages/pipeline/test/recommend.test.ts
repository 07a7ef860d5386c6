import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRecommender } from '@attractions/recommender';
import { loadGeneration } from '@attractions/models';
import type { Generation } from '@attractions/models';
import type { RecommendationRequest } from '@attractions/recommender';
import { openFeeds } from '@attractions/feeds';

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
