import { expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { experiments } from '../support/contracts.js';
import { openFeeds } from '../../src/open.js';
import { temporaryFolder } from '../support/folders.js';
import { producer } from '../support/samples.js';

const script = fileURLToPath(new URL('write_update.py', import.meta.url));

const experiment = {
  experiment: 'façade',
  version: 1,
  layerSalt: 'home',
  layerBuckets: [0, 10_000],
  salt: 'a',
  panels: [{ name: 'control', recommender: 'popular', buckets: [[0, 10_000]] }],
};

function putFromPython(root: string, runId: string, value: unknown): { status: number | null; stdout: string } {
  return spawnSync('python3', [script, root, runId], { input: JSON.stringify(value), encoding: 'utf8' });
}

const python = spawnSync('python3', ['--version']).status === 0;
if (!python) process.stderr.write('Skipped the writer in another language: there is no python3 here.\n');

(python ? test : test.skip)(
  'what Python writes from the page of the README, this package reads and builds on',
  async () => {
    const root = temporaryFolder();
    const feed = openFeeds(root).feed(experiments);
    expect(putFromPython(root, 'one', experiment)).toMatchObject({ status: 0, stdout: '1\n' });
    expect(await (await feed.latest()).read()).toEqual(experiment);
    const second = { ...experiment, version: 2 };
    expect((await feed.put(second, { producer, runId: 'two' })).seq).toBe(2);
    expect(putFromPython(root, 'three', { ...experiment, version: 3 })).toMatchObject({ status: 0, stdout: '3\n' });
    const seqs: number[] = [];
    for await (const { seq } of feed.history()) seqs.push(seq);
    expect(seqs).toEqual([3, 2, 1]);
    expect(await (await openFeeds(root).feed(experiments).latest()).read()).toEqual({ ...experiment, version: 3 });
  },
);

(python ? test : test.skip)(
  'a run that Python committed is committed for this package too, and the other way',
  async () => {
    const root = temporaryFolder();
    const feed = openFeeds(root).feed(experiments);
    putFromPython(root, 'night', experiment);
    expect((await feed.put(experiment, { producer: { ...producer, id: 'python' }, runId: 'night' })).seq).toBe(1);
    await feed.put(experiment, { producer: { ...producer, id: 'python' }, runId: 'day' });
    expect(putFromPython(root, 'day', experiment)).toMatchObject({ status: 1, stdout: '' });
  },
);
