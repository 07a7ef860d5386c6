import { expect, test } from '@jest/globals';

import { residentMb, sizeOf, thisMachine } from '../../src/fleet/size.js';

test.each([
  // Three quarters of the memory, one worker per core as far as it goes.
  [{}, { cores: 2, memoryMb: 8_000 }, { workers: 2, memoryMb: 6_000, workerMb: 2_925 }],
  [{}, { cores: 16, memoryMb: 4_000 }, { workers: 5, memoryMb: 3_000, workerMb: 570 }],
  [{}, { cores: 4, memoryMb: 800 }, { workers: 1, memoryMb: 600, workerMb: 450 }],
  [
    { workers: 2, memoryMb: 1_150 },
    { cores: 16, memoryMb: 64_000 },
    { workers: 2, memoryMb: 1_150, workerMb: 500 },
  ],
  [{ workers: 2 }, { cores: 16, memoryMb: 2_000 }, { workers: 2, memoryMb: 1_500, workerMb: 675 }],
])('%j on %j', (asked, machine, expected) => {
  expect(sizeOf(asked, machine)).toEqual(expected);
});

test('what does not fit is wrong usage', () => {
  expect(() => sizeOf({ workers: 4, memoryMb: 1_000 }, { cores: 4, memoryMb: 64_000 })).toThrow(
    'A fleet with 4 workers needs 1550 MB, and has 1000 MB; give it more with --memory, or fewer --workers.',
  );
});

test('this machine has a core and some memory, and this process holds some of it', () => {
  const { cores, memoryMb } = thisMachine();
  expect(cores).toBeGreaterThanOrEqual(1);
  expect(memoryMb).toBeGreaterThan(100);
  if (process.platform === 'linux') {
    expect(residentMb(process.pid)).toBeGreaterThan(10);
    expect(residentMb(process.pid)).toBeLessThan(memoryMb);
  }
  expect(residentMb(2 ** 30)).toBeUndefined();
});
