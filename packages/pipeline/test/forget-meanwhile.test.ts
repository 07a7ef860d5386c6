/** A visitor is forgotten while another process is between reading and committing: nothing of the visitor comes back. */
import { execFileSync } from 'node:child_process';
import { readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { als, runs, visits } from '@attractions/contracts';
import { openFeeds } from '@attractions/feeds';

import { emptyFolder } from './support/command-line.js';
import { attractionsIn } from './support/process.js';
import { tracesOf } from './support/traces.js';

const ANN = 'ann.4711@example.org';
const packages = fileURLToPath(new URL('../../../node_modules', import.meta.url));

/** A process that opens the pipe `reading` is waited for there, and goes on when somebody writes to the pipe `go`. */
const CONFIG = `import { readFile, writeFile } from 'node:fs/promises';
import { trainedKinds } from '@attractions/als-trainer';

const gate = async (name) => {
  if (process.env.PAUSE !== name) return;
  await writeFile('reading', '1');
  await readFile('go');
};
const gated = {
  type: 'gated',
  options: { '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) } },
  probe: async () => ({ found: 'Visits.', sample: [] }),
  async *visits() {
    for (const user of ['u1', 'u2', 'u3', 'u4', '${ANN}'])
      for (let n = 0; n < 4; n++)
        yield { user, attraction: 'ride-' + ((n + user.length) % 6), time: Date.UTC(2026, 4, 1, 10 + n) };
    await gate('reading visits');
  },
};
const kinds = trainedKinds({ rank: 2, iterations: 1 });
const als = kinds.find(({ name }) => name === 'als');
const train = async (...given) => {
  await gate('training');
  return als.train(...given);
};
export default { sources: { visits: { type: gated } }, models: [{ ...als, train }] };
`;

async function site() {
  const cwd = await emptyFolder();
  await symlink(packages, join(cwd, 'node_modules'));
  await writeFile(join(cwd, 'attractions.config.mjs'), CONFIG);
  for (const pipe of ['reading', 'go']) execFileSync('mkfifo', [join(cwd, pipe)]);
  const command = (argv: readonly string[], env: Record<string, string> = {}) => attractionsIn(cwd, argv, env);
  return { cwd, command, store: openFeeds(join(cwd, 'feeds')), traces: () => tracesOf(ANN, join(cwd, 'feeds')) };
}

/** Runs a command up to a place, does something, and lets the command end. */
async function pausedAt(
  { cwd, command }: Awaited<ReturnType<typeof site>>,
  place: string,
  argv: readonly string[],
  act: () => Promise<unknown>,
) {
  const ended = command(argv, { PAUSE: place });
  await readFile(join(cwd, 'reading'));
  await act();
  await writeFile(join(cwd, 'go'), '1');
  return ended;
}

const forgotten = async ({ command }: Awaited<ReturnType<typeof site>>) => {
  const { exitCode, stderr } = await command(['forget', ANN, '--yes']);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
};

test.each([
  ['etl', 'reading visits'],
  ['run', 'reading visits'],
  ['run', 'training'],
  ['train', 'training'],
])('attractions %s that was %s commits nothing, says why with exit code 1, and can be run again', async (name, place) => {
  const given = await site();
  const { command, store, traces } = given;
  expect(await command(['etl'])).toMatchObject({ exitCode: 0 });
  expect(await traces()).not.toEqual([]);
  const more = name === 'run' || name === 'etl' ? ['--full'] : [];
  const { exitCode, stderr } = await pausedAt(given, place, [name, ...more], () => forgotten(given));
  expect(stderr).toContain('A user was forgotten meanwhile, and may be in what was made; nothing was committed. Run again.');
  expect(exitCode).toBe(1);
  expect(await traces()).toEqual([]);
  expect(await store.feed(als).head()).toBeUndefined();
  const [last] = [await (await store.feed(runs).latest()).read()];
  expect(last).toMatchObject({ command: name, outcome: 'failed', code: 'CONTRACTS_INPUT_GONE' });
  expect(await command(['run'])).toMatchObject({ exitCode: 0 });
  const users = (await (await store.feed(visits).latest()).read()).getChild('user_id') ?? [];
  expect(new Set(users)).toEqual(new Set(['u1', 'u2', 'u3', 'u4']));
  expect(await traces()).toEqual([]);
}, 120_000); // prettier-ignore

test('a training on visits that forget has given up by its commit commits nothing', async () => {
  const given = await site();
  const { command, store, traces } = given;
  await command(['etl']);
  // The visitor is in the list already when the training begins; the visits are written anew after it has read them.
  await forgotten(given);
  const back = await store.feed(visits).latest();
  const { producer } = back.record;
  expect(await traces()).toEqual([]);
  const ended = await pausedAt(given, 'training', ['train'], async () => {
    await store.feed(visits).put(await back.read(), { producer, parents: back.record.parents });
    await store.feed(visits).expire({ updates: [back.seq] }, { producer, dryRun: false, graceMs: 0 });
  });
  expect(ended.stderr).toMatch(/Update 2 of etl\/visits\/v1\.0, which this was made from, was given up meanwhile; nothing was committed\. Run again\./);
  expect(ended.exitCode).toBe(1);
  expect(await store.feed(als).head()).toBeUndefined();
}, 120_000); // prettier-ignore
