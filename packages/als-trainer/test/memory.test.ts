import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { expect, test } from '@jest/globals';

const PROGRAM = fileURLToPath(new URL('memory.mjs', import.meta.url));

/** The least peak of three runs: on a busy machine the collector comes late, which is memory that a training does not need. */
function peakBytes(pairs: number): number {
  const run = () =>
    JSON.parse(execFileSync(process.execPath, [PROGRAM, String(pairs)], { encoding: 'utf8' })).peakBytes;
  return Math.min(run(), run(), run());
}

test('an interaction more takes the bytes that the README says: 10 in the kernel, 12 as given, 1 while codes are found', () => {
  const [few, many] = [2_000_000, 10_000_000];
  const bytesAPair = (peakBytes(many) - peakBytes(few)) / (many - few);
  expect(bytesAPair).toBeGreaterThan(8 + 12);
  expect(bytesAPair).toBeLessThan(1.15 * (10 + 12 + 1));
});
