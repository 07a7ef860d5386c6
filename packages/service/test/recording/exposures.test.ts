import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exposures } from '@attractions/contracts';
import type { Exposure } from '@attractions/contracts';
import { openFeeds } from '@attractions/feeds';
import { producer } from '@attractions/models/testing';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { batchesIn, chunkName, commitBatches } from '../../src/recording/batch.js';
import { lineOf, recordExposures } from '../../src/recording/exposures.js';
import type { ExposureParts } from '../../src/recording/exposures.js';
import { watchLeases } from '../../src/recording/recorder.js';
import { exposureSink } from '../../src/recording/sinks.js';
import { MAX_BATCH_LINES, MAX_WAITING, spoolIn } from '../../src/recording/spool.js';
import type { Shown } from '../../src/routes/recommendations.js';
import { exposuresIn } from '../support/exposures.js';
import { silent } from '../support/service.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'recommender-exposures-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

const shown = (requestId: string): Shown => ({
  requestId,
  userId: 'ana',
  list: {
    recommendations: [{ attractionId: 'bay:slide', name: 'Big Slide', score: 1, source: 'als' }],
    source: 'als',
    panel: { experiment: 'demo', version: 2, panel: 'a', bucket: 7 },
    generation: { model: 3, visits: 2, attractions: 1 },
  },
});

const shownAt = '2026-01-02T03:04:05.678Z';

const exposure: Exposure = {
  shownAt: new Date(shownAt),
  requestId: 'r-1',
  userId: 'ana',
  experiment: 'demo',
  version: 2,
  panel: 'a',
  bucket: 7,
  source: 'als',
  modelSeq: 3,
  items: ['bay:slide'],
};

const line = (requestId: string): string => lineOf(shown(requestId), shownAt);

const rowsIn = async (store: ReturnType<typeof openFeeds>): Promise<Exposure[]> => {
  const rows: Exposure[] = [];
  for await (const { seq } of store.feed(exposures).since(0))
    rows.push(...(await (await store.feed(exposures).at(seq)).read()));
  return rows;
};

const idsIn = async (store: ReturnType<typeof openFeeds>): Promise<string[]> =>
  (await rowsIn(store)).map(({ requestId }) => requestId);

/** A batch of a process that has ended, or stands still. */
const leave = async (name: string, chunks: Readonly<Record<number, string>>): Promise<void> => {
  await mkdir(join(folder, name), { recursive: true });
  for (const [n, text] of Object.entries(chunks)) await writeFile(join(folder, name, chunkName(Number(n))), text);
};

const OTHER = '00000000-0000-4000-8000-000000000000-1';

describe('a line', () => {
  test('holds what was shown', () => {
    expect(exposuresIn(line('r-1') + line('r-1'))).toEqual({ rows: [exposure, exposure], refused: [] });
  });

  test('of a list that was shown before has its own request, user and time', () => {
    const first = shown('r-1');
    lineOf(first, shownAt);
    const again = lineOf({ ...first, requestId: 'r "2"', userId: undefined }, '2026-01-02T03:04:06.000Z');
    expect(exposuresIn(again).rows).toEqual([
      { ...exposure, requestId: 'r "2"', userId: undefined, shownAt: new Date('2026-01-02T03:04:06.000Z') },
    ]);
  });

  test('replaces half a character in a user id, as the hash of the experiment does', () => {
    const half = lineOf({ ...shown('r-1'), userId: '\ud83c' }, shownAt);
    expect(exposuresIn(half).rows).toEqual([{ ...exposure, userId: '\ufffd' }]);
  });

  test.each([
    ['damaged by the disk', '\0\0\0', /JSON/],
    ['not written to the end', line('r-2').slice(0, -20), /JSON/],
    ['with a bucket that there is not', line('r-2').replace('"bucket":7', '"bucket":10000'), /^bucket is 10000/],
    ['with half a character', line('r-2').replace('r-2', '\\ud83c'), /^request_id is .* lone surrogate/],
    ['without items', line('r-2').replace('"items"', '"item"'), /^items is undefined/],
    ['of another kind', '17', /^shown_at is Invalid Date/],
  ])('%s is refused, and no other with it', (_, bad, reason) => {
    const { rows, refused } = exposuresIn(`${line('r-1')}${bad.trimEnd()}\n${line('r-3')}`);
    expect(rows.map(({ requestId }) => requestId)).toEqual(['r-1', 'r-3']);
    expect(refused).toEqual([{ reason: expect.stringMatching(reason), line: bad.trimEnd() }]);
  });
});

describe('the spool', () => {
  test('has on disk what was flushed, each flush a chunk, and begins another batch after a seal', async () => {
    const spool = spoolIn(folder);
    await spool.flush();
    expect(await readdir(folder)).toEqual([]);
    spool.add('a\n');
    spool.add('b\n');
    await Promise.all([spool.flush(), spool.flush()]);
    spool.add('c\n');
    await spool.flush();
    const first = spool.current() ?? '';
    await spool.seal();
    spool.add('d\n');
    await spool.flush();
    const second = spool.current() ?? '';
    expect(await batchesIn(folder)).toEqual([first, second].sort());
    expect([first, second].map(spool.isOwn)).toEqual([true, true]);
    expect(spoolIn(folder).isOwn(first)).toBe(false);
    const texts = async (batch: string) =>
      Promise.all(
        (await readdir(join(folder, batch))).sort().map((name) => readFile(join(folder, batch, name), 'utf8')),
      );
    expect(await texts(first)).toEqual(['a\nb\n', 'c\n']);
    expect(await texts(second)).toEqual(['d\n']);
  });

  test('ends a batch that has got large', async () => {
    const spool = spoolIn(folder);
    for (let n = 0; n < MAX_BATCH_LINES; n++) spool.add('x\n');
    await spool.flush();
    expect(spool.current()).toBeUndefined();
  });

  test('keeps what the disk refuses, up to a bound', async () => {
    await writeFile(join(folder, 'file'), '');
    const spool = spoolIn(join(folder, 'file'));
    for (let n = 0; n < MAX_WAITING; n++) expect(spool.add('x\n')).toBe(true);
    await expect(spool.flush()).rejects.toThrow();
    expect(spool.add('x\n')).toBe(false);
  });
});

describe('batches', () => {
  const commitAll = async (store: ReturnType<typeof openFeeds>) =>
    commitBatches(exposureSink, store, folder, await batchesIn(folder), producer);

  test('whose owners all take each other for dead all the time: each list is in the feed once', async () => {
    const store = openFeeds('memory:');
    const LISTS = 100;
    const write = async (owner: number) => {
      const spool = spoolIn(folder);
      // A process that is taken for dead twice in one flush keeps the lines for the next flush.
      let kept = false;
      for (let n = 0; n < LISTS || kept; n++) {
        if (n < LISTS) spool.add(line(`${owner}-${n}`));
        if (n % 2 === 1)
          kept = await spool.flush().then(
            () => false,
            () => true,
          );
      }
    };
    const takeAll = async () => {
      for (let round = 0; round < 25; round++) expect(await commitAll(store)).toMatchObject({ failed: [] });
    };
    await Promise.all([...[0, 1, 2].map(write), takeAll(), takeAll(), takeAll()]);
    for (let round = 0; round < 2; round++) await commitAll(store);
    const all = [0, 1, 2].flatMap((owner) => Array.from({ length: LISTS }, (_, n) => `${owner}-${n}`));
    expect((await idsIn(store)).sort()).toEqual(all.sort());
    expect(await readdir(folder)).toEqual([]);
  });

  test('are committed once, although the process died before it removed all of it', async () => {
    const store = openFeeds('memory:');
    await leave(OTHER, { 1: line('r-1'), 2: line('r-2') });
    await commitAll(store);
    await leave(`${OTHER}.2`, { 2: line('r-2') });
    await commitAll(store);
    expect(await idsIn(store)).toEqual(['r-1', 'r-2']);
    expect(await readdir(folder)).toEqual([]);
  });

  test('leave out chunks that came after they were closed: these become another update', async () => {
    const store = openFeeds('memory:');
    await leave(`${OTHER}.2`, { 1: line('r-1'), 2: line('r-2'), 3: line('r-3') });
    await commitAll(store);
    expect(await idsIn(store)).toEqual(['r-1', 'r-2']);
    await commitAll(store);
    expect(await idsIn(store)).toEqual(['r-1', 'r-2', 'r-3']);
    expect(await readdir(folder)).toEqual([]);
  });

  test('ignore a chunk that was not written completely, and folders of others', async () => {
    await leave(OTHER, {});
    await writeFile(join(folder, OTHER, `${chunkName(1)}.part`), line('r-1'));
    await mkdir(join(folder, 'lost+found'));
    const store = openFeeds('memory:');
    await commitAll(store);
    expect(await store.feed(exposures).head()).toBeUndefined();
    expect(await readdir(folder)).toEqual(['lost+found']);
  });

  test('with a line that the feed refuses are committed without it, and it is kept with the reason', async () => {
    const store = openFeeds('memory:');
    const bad = line('r-2').replace('"modelSeq":3', '"modelSeq":-1');
    await leave(OTHER, { 1: line('r-1'), 2: bad + line('r-3') });
    const { committed, rejected, failed } = await commitAll(store);
    const file = join(folder, '_rejects', `${OTHER}-${chunkName(2)}`);
    const reason = 'model_seq is -1, outside 0 to 2147483647';
    expect({ committed, rejected, failed }).toEqual({
      committed: 2,
      rejected: [{ file, lines: 1, reason }],
      failed: [],
    });
    expect(await idsIn(store)).toEqual(['r-1', 'r-3']);
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ reason, line: bad.trimEnd() });
    expect(await readdir(folder)).toEqual(['_rejects']);
  });

  test('that cannot be read do not block the others', async () => {
    const store = openFeeds('memory:');
    await mkdir(join(folder, OTHER, chunkName(1)), { recursive: true });
    await leave(OTHER.replace('-1', '-2'), { 1: line('r-1') });
    const { failed } = await commitAll(store);
    expect(failed).toEqual([{ batch: OTHER, problem: expect.stringContaining('EISDIR') }]);
    expect(await idsIn(store)).toEqual(['r-1']);
  });
});

describe('a lease', () => {
  test('is over when a batch has not changed for that long, by the clock of the process that watches it', () => {
    const look = watchLeases(100);
    const at = (nowMs: number, marks: Record<string, number>) => look(new Map(Object.entries(marks)), nowMs);
    expect(at(0, { dead: 5, alive: 5 })).toEqual([]);
    expect(at(99, { dead: 5, alive: 6 })).toEqual([]);
    expect(at(100, { dead: 5, alive: 7, young: 1 })).toEqual(['dead']);
    // Committing it failed, and the clock of its owner was set back.
    expect(at(150, { dead: 5, alive: 3, young: 1 })).toEqual([]);
    expect(at(200, { dead: 5, alive: 4, young: 1 })).toEqual(['dead', 'young']);
  });
});

describe('recordExposures', () => {
  const record = (store: ReturnType<typeof openFeeds>, more: Partial<ExposureParts> = {}) =>
    recordExposures({
      folder,
      syncMs: 10,
      commitMs: 3_600_000,
      commit: (names) => commitBatches(exposureSink, store, folder, names, producer),
      logger: silent,
      onResult: () => undefined,
      ...more,
    });

  test('commits what was shown, and leaves nothing behind', async () => {
    const store = openFeeds('memory:');
    const recording = await record(store);
    for (const id of ['r-1', 'r-2', 'r-3']) recording.shown(shown(id));
    await recording.stop();
    expect(await idsIn(store)).toEqual(['r-1', 'r-2', 'r-3']);
    expect(await readdir(folder)).toEqual([]);
  });

  test('syncs when it is due, and not before', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
    try {
      const recording = await record(openFeeds('memory:'), { syncMs: 200 });
      recording.shown(shown('r-1'));
      jest.advanceTimersByTime(199);
      expect(await readdir(folder)).toEqual([]);
      jest.advanceTimersByTime(1);
      const onDisk = async () =>
        (await Promise.all((await batchesIn(folder)).map((name) => readdir(join(folder, name))))).flat();
      while (!(await onDisk()).includes(chunkName(1))) await new Promise((resolve) => setImmediate(resolve));
      await recording.stop();
    } finally {
      jest.useRealTimers();
    }
  });

  test('commits what a dead process has left, but not before it is dead', async () => {
    const store = openFeeds('memory:');
    await leave(OTHER, { 1: line('r-1') });
    await (await record(store)).stop();
    expect(await batchesIn(folder)).toEqual([OTHER]);
    await new Promise<void>((resolve, reject) => {
      const recording = record(store, {
        leaseMs: 5,
        onResult: (result) =>
          void (result === 'committed' && recording.then(({ stop }) => stop()).then(resolve, reject)),
      });
    });
    expect(await rowsIn(store)).toEqual([exposure]);
    expect(await readdir(folder)).toEqual([]);
  });

  test('keeps in the spool what cannot be committed, and never throws', async () => {
    const store = openFeeds('memory:');
    const recording = await record(store, { commit: () => Promise.reject(new Error('no feed')) });
    recording.shown(shown('r-1'));
    await recording.stop();
    const [batch = ''] = await batchesIn(folder);
    await commitBatches(exposureSink, store, folder, [batch], producer);
    expect(await idsIn(store)).toEqual(['r-1']);
  });

  test('counts and logs what the feed refuses', async () => {
    const results: [string, number][] = [];
    const recording = await record(openFeeds('memory:'), { onResult: (...result) => results.push(result) });
    const { list, ...rest } = shown('r-1');
    recording.shown({ ...rest, list: { ...list, generation: { ...list.generation, model: -1 } } });
    await recording.stop();
    expect(results).toEqual([
      ['spooled', 1],
      ['committed', 0],
      ['rejected', 1],
    ]);
  });

  test('fails with a sentence if the folder cannot be created', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(record(openFeeds('memory:'), { folder: join(folder, 'file') })).rejects.toMatchObject({
      code: 'SERVICE_SPOOL_UNUSABLE',
      exitCode: 2,
    });
  });
});
