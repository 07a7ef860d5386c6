/** What a scheduler does: it starts a command while the last one still runs, kills it, and tries it again. */
import { execFileSync } from 'node:child_process';
import { appendFile, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { als, attractions, lists, runs, visits } from '@attractions/contracts';
import { openFeeds } from '@attractions/feeds';

import { emptyFolder } from './support/command-line.js';
import { attractionsIn, documentOf } from './support/process.js';

const packages = fileURLToPath(new URL('../../../node_modules', import.meta.url));

/** Where `PAUSE` names a place, a process waits there: it opens the pipe `reading`, and goes on when somebody writes to the pipe `go`. */
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
    const users = (await readFile('users', 'utf8')).trim().split('\\n');
    for (const user of users)
      for (let n = 0; n < 4; n++)
        yield { user, attraction: user === 'new' ? 'new-ride' : 'ride-' + ((n + user.length) % 6), time: Date.UTC(2026, 4, 1, 10 + n) };
    await gate('reading visits');
  },
};
const kinds = trainedKinds({ rank: 2, iterations: 1 });
const als = kinds.find(({ name }) => name === 'als');
const popular = kinds.find(({ name }) => name === 'popular');
const train = async (...given) => {
  await gate('training');
  return als.train(...given);
};
const models = process.env.PAUSE === 'training' ? { models: [popular, { ...als, train }] } : {};
export default { sources: { visits: { type: gated } }, ...models };
`;

async function site() {
  const cwd = await emptyFolder();
  await symlink(packages, join(cwd, 'node_modules'));
  await writeFile(join(cwd, 'attractions.config.mjs'), CONFIG);
  await writeFile(join(cwd, 'users'), ['u1', 'u22', 'u333', 'u4444', ''].join('\n'));
  for (const pipe of ['reading', 'go']) execFileSync('mkfifo', [join(cwd, pipe)]);
  const command = (argv: readonly string[], env: Record<string, string> = {}) => attractionsIn(cwd, argv, env);
  const json = (...argv: string[]) => documentOf(cwd, argv, { LOG_LEVEL: 'fatal' });
  return { cwd, command, json, store: openFeeds(join(cwd, 'feeds')) };
}

type Site = Awaited<ReturnType<typeof site>>;

/** Runs a command up to a place, does something, and lets the command end. */
async function pausedAt({ cwd, command }: Site, place: string, argv: readonly string[], act: () => Promise<unknown>) {
  const ended = command(argv, { PAUSE: place });
  await readFile(join(cwd, 'reading'));
  await act();
  await writeFile(join(cwd, 'go'), '1');
  return ended;
}

test.each([
  ['etl', 'reading visits', visits],
  ['run', 'reading visits', visits],
  ['train', 'training', als],
  ['run', 'training', als],
] as const)(
  'attractions %s that is overtaken while %s leaves what the other one committed, and says so with exit code 1',
  async (name, place, { path }) => {
    const given = await site();
    const { cwd, command, json, store } = given;
    await json('run');
    const { exitCode, stderr } = await pausedAt(given, place, [name, '--full'], async () => {
      await appendFile(join(cwd, 'users'), 'new\n');
      await json('run');
    });
    expect(stderr).toContain(
      `${path} has update 2 by now, not 1: another run has committed meanwhile, and nothing was committed here. Run again, on what is new.`,
    );
    expect(exitCode).toBe(1);
    const last = await (await store.feed(runs).latest()).read();
    expect(last).toMatchObject({ command: name, outcome: 'failed', code: 'FEEDS_OVERTAKEN' });
    const { record } = await store.feed(als).latest();
    const visited = await store.feed(visits).latest();
    expect(record.parents).toContainEqual(expect.objectContaining({ feed: visits.path, seq: visited.seq }));
    expect(new Set((await visited.read()).getChild('user_id') ?? [])).toContain('new');
    expect(await command(['run'])).toMatchObject({ exitCode: 0 });
    expect(await command(['feeds', 'verify'])).toMatchObject({ exitCode: 0 });
  },
  120_000,
);

test('a run that is tried again after a kill commits visits and attractions of the same raw data', async () => {
  const given = await site();
  const { cwd, json, store } = given;
  // As a kill leaves it between attractions and visits: attractions of the first try are there, its visits are not.
  await json('etl', '--run-id', 'night 1');
  const names = await store.feed(attractions).latest();
  const { producer } = names.record;
  const second = await site();
  await second.store.feed(attractions).put(await names.read(), { producer, runId: String(names.record.runId) });
  await writeFile(join(second.cwd, 'users'), `${await readFile(join(cwd, 'users'), 'utf8')}new\n`);
  await second.json('etl', '--run-id', 'night 1');
  const [parent] = (await second.store.feed(visits).latest()).record.parents;
  const known = await (await second.store.feed(attractions).at(parent?.seq ?? 0)).read();
  expect(known.map(({ attractionId }) => attractionId)).toContain('new-ride');
}, 120_000);

test('every command that is repeated with the same run id commits once', async () => {
  const { json, command, store } = await site();
  const night = ['--run-id', 'night 1'];
  const commands = [['etl', '--full'], ['train', '--full'], ['recommend', '--all'], ['evaluate'], ['run', '--full']];
  for (const argv of commands) {
    const first = await json(...argv, ...night);
    const again = await command([...argv, ...night], { LOG_LEVEL: 'info' });
    expect(again).toMatchObject({ exitCode: 0 });
    if (argv[0] !== 'evaluate')
      expect(again.stderr).toContain('This run has committed before; nothing new was committed.');
    expect(await json(...argv, ...night)).toMatchObject({ feeds: first['feeds'] });
  }
  expect(await store.feed(visits).refs()).toEqual({ latest: 1 });
  expect(await store.feed(lists).refs()).toEqual({ latest: 1 });
  expect(await json('recommend', '--all', '--run-id', 'night 2')).toMatchObject({
    feeds: [{ feed: lists.path, seq: 2 }],
  });
  expect(await command(['recommend', 'u1', ...night])).toMatchObject({ exitCode: 2 });
  expect(await command(['etl', '--run-id', ''])).toMatchObject({ exitCode: 2 });
}, 240_000);
