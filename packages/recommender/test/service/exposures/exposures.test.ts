import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { exposures, openFeeds } from '@attractions/feeds';
import type { Exposure } from '@attractions/feeds';
import { commitBatch } from '../../../src/service/exposures/commit.js';
import { recordExposures } from '../../../src/service/exposures/exposures.js';
import type { ExposureParts } from '../../../src/service/exposures/exposures.js';
import { exposuresIn, lineOf } from '../../../src/service/exposures/line.js';
import { isAbandoned, ownFolder } from '../../../src/service/exposures/owner.js';
import { MAX_WAITING, spoolIn } from '../../../src/service/exposures/spool.js';
import type { Shown } from '../../../src/service/routes/recommendations.js';
import { silent } from '../../support/service.js';
import { producer } from '../../support/stored.js';

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

const rowsIn = async (store: ReturnType<typeof openFeeds>): Promise<Exposure[]> => {
  const rows: Exposure[] = [];
  for await (const { seq } of store.feed(exposures).since(0))
    rows.push(...(await (await store.feed(exposures).at(seq)).read()));
  return rows;
};

describe('a line', () => {
  test('holds what was shown', () => {
    const line = lineOf(shown('r-1'), shownAt);
    expect(exposuresIn(line + line)).toEqual([exposure, exposure]);
  });

  test('of a list that was shown before has its own request, user and time', () => {
    const first = shown('r-1');
    lineOf(first, shownAt);
    const again = lineOf({ ...first, requestId: 'r "2"', userId: undefined }, '2026-01-02T03:04:06.000Z');
    expect(exposuresIn(again)).toEqual([
      { ...exposure, requestId: 'r "2"', userId: undefined, shownAt: new Date('2026-01-02T03:04:06.000Z') },
    ]);
  });

  test('that was not written to the end, or is spoilt, is none', () => {
    const line = lineOf(shown('r-1'), shownAt);
    expect(exposuresIn(`${line}\0\0\0\n${line}${line.slice(0, -1)}`)).toEqual([exposure, exposure]);
    expect(exposuresIn(lineOf({ ...shown('r-1'), userId: '\ud83c' }, shownAt))).toEqual([
      { ...exposure, userId: '\ufffd' },
    ]);
  });
});

describe('the spool', () => {
  test('has on disk what was flushed, and begins another segment after a seal', async () => {
    const spool = spoolIn(folder);
    await spool.flush();
    expect(await readdir(folder)).toEqual([]);
    spool.add('a\n');
    spool.add('b\n');
    const both = [spool.flush(), spool.flush()];
    spool.add('c\n');
    await Promise.all(both);
    const first = spool.current() ?? '';
    await spool.seal();
    spool.add('d\n');
    await spool.flush();
    const second = spool.current() ?? '';
    expect((await readdir(folder)).sort()).toEqual([first, second].sort());
    const text = async (name: string) => readFile(join(folder, name), 'utf8');
    expect((await text(first)) + (await text(second))).toBe('a\nb\nc\nd\n');
    await spool.seal();
  });

  test('keeps what the disk refuses, up to a bound', async () => {
    await writeFile(join(folder, 'file'), '');
    const spool = spoolIn(join(folder, 'file'));
    for (let n = 0; n < MAX_WAITING; n++) expect(spool.add('x\n')).toBe(true);
    await expect(spool.flush()).rejects.toThrow();
    expect(spool.add('x\n')).toBe(false);
  });
});

describe('the owner of a folder', () => {
  test('is this process, and no dead one', () => {
    expect(isAbandoned(ownFolder())).toBe(false);
    expect(isAbandoned(`${process.pid}-1`)).toBe(true);
    expect(isAbandoned('999999999-5')).toBe(true);
    expect(isAbandoned('lost+found')).toBe(false);
  });
});

describe('recordExposures', () => {
  const record = (store: ReturnType<typeof openFeeds>, more: Partial<ExposureParts> = {}) =>
    recordExposures({
      folder,
      syncMs: 10,
      commitMs: 3_600_000,
      commit: (batch) => commitBatch(store, batch, producer),
      logger: silent,
      onResult: () => undefined,
      ...more,
    });

  test('commits what was shown, and leaves nothing behind', async () => {
    const store = openFeeds('memory:');
    const recording = await record(store);
    for (const id of ['r-1', 'r-2', 'r-3']) recording.shown(shown(id));
    await recording.stop();
    expect((await rowsIn(store)).map(({ requestId }) => requestId)).toEqual(['r-1', 'r-2', 'r-3']);
    expect(await readdir(folder)).toEqual([]);
  });

  test('commits what a dead process left, once, though it died after the commit', async () => {
    const store = openFeeds('memory:');
    const dead = join(folder, '999999999-5');
    const segment = 'segment.ndjson';
    await mkdir(dead);
    const leave = () => writeFile(join(dead, segment), `${lineOf(shown('r-1'), shownAt)}{"shown`);
    await leave();
    await commitBatch(store, { folder: dead, segments: [segment] }, producer);
    await leave();
    await (await record(store)).stop();
    expect(await rowsIn(store)).toEqual([exposure]);
    expect(await readdir(folder)).toEqual([]);
  });

  test('keeps in the spool what the feed refuses, and never throws', async () => {
    const store = openFeeds('memory:');
    const recording = await record(store, { commit: () => Promise.reject(new Error('no feed')) });
    recording.shown(shown('r-1'));
    await recording.stop();
    expect(await readdir(join(folder, ownFolder()))).toHaveLength(1);
    await (await record(store)).stop();
    expect((await rowsIn(store)).map(({ requestId }) => requestId)).toEqual(['r-1']);
  });

  test('says so where the folder cannot be made', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(record(openFeeds('memory:'), { folder: join(folder, 'file') })).rejects.toMatchObject({
      code: 'RECOMMENDER_SPOOL_UNUSABLE',
      exitCode: 2,
    });
  });
});
