import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { surveyFile } from '../../src/sigir17/survey.js';
import type { Survey } from '../../src/sigir17/survey.js';
import { rawFolder } from '../support/raw-folder.js';

function survey(content: string | Uint8Array): Promise<Survey> {
  const path = join(rawFolder({ 'userVisits-p.csv': content }), 'userVisits-p.csv');
  return surveyFile({ kind: 'visits', park: 'p', path, name: 'userVisits-p.csv' });
}

test('a clean file is regular, whatever its line endings', async () => {
  for (const content of ['a;b\r\n1;2\r\n', 'a;b\n1;2', '\ufeff"a";"b"\n"1";2\n']) {
    const seen = await survey(content);
    expect(seen).toMatchObject({ header: ['a', 'b'], rows: 1, blank: 0, faults: [], padded: false, regular: true });
    expect(seen.bytes).toBe(Buffer.byteLength(content));
    expect(seen.sha256).toBe(createHash('sha256').update(content).digest('hex'));
  }
});

test('faults are told with their lines, and every line is counted', async () => {
  const content = Buffer.concat([
    Buffer.from('a;b\n1;2\n\n1;2;3\n'),
    Buffer.from([0x31, 0x3b, 0xe9, 0x0a]),
    Buffer.from('"x;y\n;\n1;\u00e9\n   \n\0;1\n'),
  ]);
  const seen = await survey(content);
  expect(seen.faults.map(({ line, reason, text }) => [line, reason.split(' ').slice(0, 4).join(' '), text])).toEqual([
    [4, 'The line has 3', '1;2;3'],
    [5, 'The line is not', '1;\ufffd'],
    [6, 'A quote is never', '"x;y'],
    [7, 'Every field is empty.', ';'],
    [10, 'The line holds the', '\0;1'],
  ]);
  expect(seen).toMatchObject({ rows: 7, blank: 2, regular: false });
  expect([...seen.hidden]).toEqual([3, 4, 5, 6, 7, 9, 10]);
});

test.each([
  ['mixed endings', 'a;b\r\n1;2\n'],
  ['a CR at the very end', 'a;b\n1;2\r'],
  ['a blank line', 'a;b\n\n1;2\n'],
])('a file with %s is not regular, though no line of it is at fault', async (_, content) => {
  expect(await survey(content)).toMatchObject({ faults: [], rows: 1, regular: false });
});

test('spaces around a value are seen', async () => {
  expect((await survey('a;b\n1; 2\n')).padded).toBe(true);
});

test('only the beginning of a line that is too long is kept', async () => {
  const { faults } = await survey(`a;b\n${'x'.repeat(3_000_000)}\n1;2\n`);
  expect(faults).toHaveLength(1);
  expect(faults[0]?.text).toBe('x'.repeat(1_000));
});

test.each([
  ['is empty', ''],
  ['begins with a blank line', '\na;b\n'],
  ['begins with a line that is not a header', '"a;b\n1;2\n'],
  ['begins with a line that is not a header', 'a\0;b\n1;2\n'],
  ['begins with a line that is not a header', Buffer.from('caf\u00e9;b\n1;2\n', 'latin1')],
  ['begins with a line that is not a header', Buffer.from('a;b\n1;2\n', 'utf16le')],
  ['begins with a line that is not a header', 'x'.repeat(100_000)],
])('a file that %s is refused', async (state, content) => {
  await expect(survey(content)).rejects.toMatchObject({
    code: 'ETL_HEADER_UNKNOWN',
    exitCode: 3,
    message: `'userVisits-p.csv' ${state}; line 1 must name the columns, separated by semicolons.`,
  });
});
