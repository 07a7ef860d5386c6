/** Interleaved lists from the command that starts the experiment to the report, over HTTP. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';

const bin = fileURLToPath(new URL('../../bin/attractions.js', import.meta.url));
const SAMPLE_DATA = fileURLToPath(new URL('../../../../tools/sample-data/', import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'attractions-interleaving-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const env = () => ({
  PATH: process.env['PATH'] ?? '',
  FORCE_COLOR: '0',
  LOG_LEVEL: 'warn',
  FEEDS_ROOT: join(folder, 'feeds'),
  RAW_DATA_PATH: SAMPLE_DATA,
  ALS_RANK: '4',
  ALS_ITERATIONS: '3',
  PORT: '0',
  MAX_DELAY_MS: '60000',
});

const command = (...argv: string[]): Promise<Record<string, unknown>> =>
  new Promise((resolve, reject) => {
    const options = { cwd: folder, env: env(), maxBuffer: 1e8 };
    execFile(process.execPath, [bin, ...argv, '--json'], options, (error, stdout, stderr) =>
      error === null ? resolve(JSON.parse(stdout)) : reject(new Error(`${argv.join(' ')}: ${stderr}${stdout}`)),
    );
  });

interface List {
  readonly requestId: string;
  readonly recommendations: readonly { readonly attractionId: string; readonly team?: string }[];
}

test('visitors who choose what one panel gave are in the report as preferring it', async () => {
  await command('run');
  await command('experiment', 'start', 'taste', '--panels', 'als=50,popular=50', '--design', 'interleaving');
  const service = spawn(process.execPath, [bin, 'serve', '--json'], {
    cwd: folder,
    env: env(),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(service, 'close');
  const [line] = await once(service.stdout, 'data');
  const { url } = JSON.parse(String(line));

  // Of 180 visitors, 120 choose what ALS gave and 60 what is popular; where both panels share a list evenly, each gives something.
  const events: object[] = [];
  for (let n = 0; n < 180; n++) {
    const userId = `visitor-${n}`;
    const answer = await fetch(`${url}/v1/users/${userId}/recommendations?limit=6`);
    const { requestId, recommendations } = (await answer.json()) as List;
    const teams = recommendations.map(({ team }) => team);
    expect(new Set(teams)).toEqual(new Set(['als', 'popular']));
    const chosen = recommendations.find(({ team }) => team === (n % 3 === 2 ? 'popular' : 'als'));
    events.push({ eventId: `click-${n}`, userId, type: 'click', attractionId: chosen?.attractionId, requestId });
  }
  const headers = { 'content-type': 'application/json' };
  const sent = await fetch(`${url}/v1/events`, { method: 'POST', headers, body: JSON.stringify({ events }) });
  expect(await sent.json()).toEqual({ taken: 180, known: 0 });
  service.kill('SIGTERM');
  await ended;

  const report = await command('experiment', 'report', 'taste');
  expect(report).toMatchObject({
    design: 'interleaving',
    refusals: [],
    interleaved: { preferred: { a: 120, b: 60, ties: 0 } },
  });
  expect(report['verdict']).toMatch(/als/);
});
