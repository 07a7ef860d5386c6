import { afterAll, expect, test } from '@jest/globals';
import { LoggingDescriptor, silentDescriptor } from '../../src/frame/descriptor.js';
import { frame } from '../../src/frame/frame.js';
import { DuckDbSession } from '../../src/frame/session.js';

const session = new DuckDbSession();
afterAll(() => session.close());

test('the logging descriptor tells the first rows and a summary', async () => {
  const lines: { fields: object; message: string }[] = [];
  const log = { info: (fields: object, message: string) => void lines.push({ fields, message }) };
  const numbers = frame('numbers', 'SELECT n FROM range(10) t(n)');
  await new LoggingDescriptor(log, 2).describe(
    frame('squares', 'SELECT n * n AS square FROM numbers', numbers),
    session,
  );
  expect(lines).toEqual([
    {
      message: 'Frame squares',
      fields: {
        frame: 'squares',
        rows: [{ square: '0' }, { square: '1' }],
        summary: [expect.objectContaining({ column_name: 'square', min: '0', max: '81', count: '10' })],
      },
    },
  ]);
});

test('the silent descriptor runs nothing', async () => {
  await silentDescriptor.describe(frame('broken', 'SELECT * FROM nowhere'), session);
});
