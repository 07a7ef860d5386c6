import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openFeeds } from '@attractions/feeds';
import { askAt } from './support/service.js';
import { putGeneration } from '@attractions/models/testing';

const cli = fileURLToPath(new URL('../dist/cli.js', import.meta.url));

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'recommender-cli-'));
  await putGeneration(openFeeds(join(folder, 'feeds')));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** The built command as a process of its own, which knows only the variables given. */
function start(args: readonly string[], variables: Readonly<Record<string, string>> = {}) {
  const env = { PATH: process.env['PATH'] ?? '', LOG_LEVEL: 'warn', FEEDS_ROOT: join(folder, 'feeds'), ...variables };
  const child = spawn(process.execPath, [cli, ...args], { cwd: folder, env });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => (out += String(chunk)));
  child.stderr.on('data', (chunk) => (err += String(chunk)));
  const ended = once(child, 'close').then(([code]) => ({ code: Number(code), out, err }));
  return { child, ended };
}

describe('attractions-serve', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('answers until %s, then exits with 0', async (signal) => {
    const { child, ended } = start(['--json'], { PORT: '0' });
    const [line] = await once(child.stdout, 'data');
    const { url, generation, experiment } = JSON.parse(String(line));
    expect({ generation, experiment }).toEqual({
      generation: { model: 1, visits: 1, attractions: 1 },
      experiment: null,
    });
    expect(await askAt(url, '/v1/users/ana/recommendations')).toMatchObject({ status: 200 });
    child.kill(signal);
    expect(await ended).toMatchObject({ code: 0, err: '' });
  });

  test('exits with 1 and a sentence while there is no model', async () => {
    const { code, out, err } = await start([], { FEEDS_ROOT: join(folder, 'none') }).ended;
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/^There is no model in '.*none' yet; run 'attractions train' first.*\n$/);
  });

  test('exits with 2 for a wrong setting or option', async () => {
    const wrong = await start([], { PORT: 'eighty' }).ended;
    expect(wrong).toMatchObject({ code: 2, err: expect.stringContaining('PORT') });
    expect(await start(['--prot', '1']).ended).toMatchObject({ code: 2, err: expect.stringContaining('--prot') });
  });

  test('explains itself', async () => {
    const { code, out } = await start(['--help']).ended;
    expect(code).toBe(0);
    for (const word of ['--json', 'HOST', 'PORT', 'FEEDS_ROOT', 'Exit codes']) expect(out).toContain(word);
  });
});
