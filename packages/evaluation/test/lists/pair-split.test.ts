import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { pairSplitOf, readIdPairs } from '../../src/lists/pair-split.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lists-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(content: string | Uint8Array) {
  const path = join(folder, 'pairs');
  await writeFile(path, content);
  return readIdPairs(path);
}

const pairs = [
  ['7', '1'],
  ['7', '2'],
  ['x', '1'],
];

test.each([
  ['one user a line', '7 1 2\nx 1\n9\n\n'],
  ['CSV', '7,1\n7,2\nx,1\n'],
  ['CSV with a header, more columns and CRLF', 'user_id,item_id,rating\r\n7,1,5\r\n"7","2",4\r\nx,1,3\r\n'],
])('%s, gzipped or not', async (_, content) => {
  expect(await read(content)).toEqual(pairs);
  expect(await read(gzipSync(content))).toEqual(pairs);
});

test('what is no pair is refused with its line; so are an empty file and none', async () => {
  await expect(read('7,1\n7\n')).rejects.toThrow(/line 2 is '7'/);
  await expect(read('\n')).rejects.toMatchObject({ code: 'EVALUATION_LISTS_INVALID', exitCode: 3 });
  await expect(readIdPairs(join(folder, 'gone'))).rejects.toThrow(/gone cannot be read/);
});

test('both sides are numbered alike; what was seen is known by user', () => {
  const split = pairSplitOf(
    [
      ['b', 'y'],
      ['a', 'x'],
      ['b', 'x'],
      ['b', 'x'],
    ],
    [
      ['a', 'z'],
      ['c', 'y'],
    ],
  );
  expect(split.userIds).toEqual(['b', 'a', 'c']);
  expect(split.itemIds).toEqual(['y', 'x', 'z']);
  expect(split.seen.map((items) => [...items])).toEqual([[0, 1], [1], []]);
  expect([...split.heldOut.users]).toEqual([1, 2]);
  expect([...split.heldOut.items]).toEqual([2, 0]);
  expect(split.heldOut.popularity).toEqual(Uint32Array.of(1, 2, 0));
  expect(split.training).toMatchObject({ userCount: 3, itemCount: 3 });
});
