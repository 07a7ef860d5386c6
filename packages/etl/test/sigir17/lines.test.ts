import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { readBlocks } from '../../src/sigir17/lines.js';
import { MAX_LINE_BYTES } from '../../src/sigir17/line.js';
import { eachLine } from '../../src/sigir17/lines.js';
import { rawFolder } from '../support/raw-folder.js';

async function linesOf(
  content: string | Uint8Array,
): Promise<{ lines: [text: string, ending: string][]; sha256: string }> {
  const hash = createHash('sha256');
  const lines: [string, string][] = [];
  const path = join(rawFolder({ file: content }), 'file');
  for await (const block of readBlocks(path, (bytes) => hash.update(bytes))) {
    eachLine(block, lines.length === 0, (start, end, ending) => {
      lines.push([block.toString('utf8', start, end), ending]);
    });
  }
  return { lines, sha256: hash.digest('hex') };
}

test.each([
  ['', []],
  ['\n', [['', '\n']]],
  ['a', [['a', '']]],
  ['a\r', [['a', '\r']]],
  [
    'a\nb\r\n\r\nc',
    [
      ['a', '\n'],
      ['b', '\r\n'],
      ['', '\r\n'],
      ['c', ''],
    ],
  ],
  ['a\rb\n', [['a\rb', '\n']]],
  [
    '\ufeffa\n\ufeffb\n',
    [
      ['a', '\n'],
      ['\ufeffb', '\n'],
    ],
  ],
])('%j has the lines %j', async (content, expected) => {
  expect((await linesOf(content)).lines).toEqual(expected);
});

test('lines are whole across blocks, and the hash is of the file', async () => {
  const content = Array.from({ length: 60_000 }, (_, i) => `${i};${'\u00e9x'.repeat(i % 29)}\n`).join('');
  const { lines, sha256 } = await linesOf(content);
  expect(lines.map(([text]) => `${text}\n`).join('')).toBe(content);
  expect(sha256).toBe(createHash('sha256').update(content).digest('hex'));
});

test.each([1, 3, 5])('a line of %i MiB is cut but stays too long, and its neighbours stay whole', async (mebibytes) => {
  const long = 'x'.repeat(mebibytes * 1_048_576 + 17);
  const content = `before\n${long}\nafter\n${long}`;
  const { lines, sha256 } = await linesOf(content);
  expect(lines.map(([text]) => text.length > MAX_LINE_BYTES)).toEqual([false, true, false, true]);
  expect([lines[0]?.[0], lines[2]?.[0]]).toEqual(['before', 'after']);
  expect(sha256).toBe(createHash('sha256').update(content).digest('hex'));
});

test('a file that cannot be read is refused', async () => {
  const folder = rawFolder();
  await expect(readBlocks(join(folder, 'absent')).next()).rejects.toMatchObject({ code: 'ETL_FILE_UNREADABLE' });
  await expect(readBlocks(folder).next()).rejects.toMatchObject({ code: 'ETL_FILE_UNREADABLE' });
});
