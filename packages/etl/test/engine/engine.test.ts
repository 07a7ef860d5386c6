import { afterAll, expect, test } from '@jest/globals';
import { duckDbEngine } from '../../src/engine/duckdb.js';
import { logFrames } from '../../src/engine/engine.js';
import { frame, sql } from '../../src/frame/frame.js';

const engine = duckDbEngine();
afterAll(() => engine.close());

test('frames are logged with their first rows and a summary', async () => {
  const lines: { fields: object; message: string }[] = [];
  const log = { info: (fields: object, message: string) => void lines.push({ fields, message }) };
  const numbers = frame('numbers')`SELECT n FROM range(10) t(n)`;
  await logFrames(log, 2)(frame('squares')`SELECT n * n AS square FROM ${numbers}`, engine);
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

test('composing runs nothing', () => {
  expect(() => sql`SELECT nothing FROM ${frame('broken')`SELECT nothing FROM nowhere(1)`}`).not.toThrow();
});
