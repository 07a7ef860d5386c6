/** What events weigh counts in answers as it does in training: by a configuration, a run and requests to the service. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { emptyFolder } from './support/command-line.js';
import { PROGRAM } from './support/paths.js';
import { attractionsIn } from './support/process.js';

/** Ten visitors like the arch and the boat, ten the drop and the eagle. Lea and Hal both like the arch; Lea likes the drop, which Hal dislikes. */
const EVENTS = [
  ...Array.from({ length: 10 }, (_, n) => [`u${n}`, 'arch', 'like'].concat([`u${n}`, 'boat', 'like'])),
  ...Array.from({ length: 10 }, (_, n) => [`v${n}`, 'drop', 'like'].concat([`v${n}`, 'eagle', 'like'])),
  ['lea', 'arch', 'like', 'lea', 'drop', 'like'],
  ['hal', 'arch', 'like', 'hal', 'drop', 'dislike'],
].flatMap((row) => [row.slice(0, 3), row.slice(3)]);

interface Answer {
  readonly recommendations: readonly {
    readonly attractionId: string;
    readonly score: number;
    readonly source: string;
  }[];
}

/** Runs the pipeline with one kind of model, and asks the service for lists. */
async function asked<T>(model: string, work: (ask: (path: string) => Promise<Answer>) => Promise<T>): Promise<T> {
  const cwd = await emptyFolder();
  const columns = { user: 'user', attraction: 'item', time: 'ts', event: 'event' };
  const sources = { visits: { type: 'csv', files: 'events.csv', columns } };
  const config = { sources, events: { like: 3, dislike: -3 }, models: [model] };
  await writeFile(join(cwd, 'attractions.config.json'), JSON.stringify(config));
  const lines = EVENTS.map(([user, item, event], n) => `${user},${item},${new Date(Date.UTC(2026, 4, 1, 0, n)).toISOString()},${event}`); // prettier-ignore
  await writeFile(join(cwd, 'events.csv'), ['user,item,ts,event', ...lines, ''].join('\n'));
  const ran = await attractionsIn(cwd, ['run']);
  expect({ exitCode: ran.exitCode, stderr: ran.stderr }).toEqual({ exitCode: 0, stderr: '' });
  const env = { PATH: process.env['PATH'] ?? '', PORT: '0', LOG_LEVEL: 'silent', FORCE_COLOR: '0', LOG_EXPOSURES: 'false' }; // prettier-ignore
  const service = spawn(process.execPath, [PROGRAM, 'serve', '--json'], { cwd, env, stdio: ['ignore', 'pipe', 'inherit'] }); // prettier-ignore
  const ended = once(service, 'close');
  try {
    const [line] = await once(service.stdout, 'data');
    const { url } = JSON.parse(String(line)) as { url: string };
    return await work(async (path) => (await fetch(`${url}/v1/users/${path}`)).json() as Promise<Answer>);
  } finally {
    service.kill('SIGTERM');
    await ended;
  }
}

const scoresOf = ({ recommendations }: Answer): Map<string, number> =>
  new Map(recommendations.map(({ attractionId, score }) => [attractionId, score]));

test.each(['item-knn', 'ease'])('%s does not take a disliked attraction for one that the visitor went to', async (model) => {
  await asked(model, async (ask) => {
    const [lea, hal] = [await ask('lea/recommendations'), await ask('hal/recommendations')];
    const ofModel = ({ recommendations }: Answer) => ({ recommendations: recommendations.filter(({ source }) => source === model) });
    const [by, without] = [scoresOf(ofModel(lea)), scoresOf(ofModel(hal))];
    expect(by.get('eagle')).toBeGreaterThan(0.05);
    expect(without.get('boat')).toBeGreaterThan(0.05);
    // The eagle goes with the drop alone.
    expect(without.get('eagle') ?? 0).toBeLessThan(0.05);
  });
}, 60_000); // prettier-ignore

test('als folds in what a known visitor did with the weights of training, together with the visits of the request', async () => {
  await asked('als', async (ask) => {
    const [lea, hal] = [await ask('lea/recommendations?visits=boat'), await ask('hal/recommendations?visits=boat')];
    for (const { recommendations } of [lea, hal]) expect(recommendations[0]?.source).toBe('fold-in');
    // By counts, both did the same.
    expect(scoresOf(hal).get('eagle')).toBeLessThan(0.5 * (scoresOf(lea).get('eagle') as number));
  });
}, 60_000);
