import { expect, test } from '@jest/globals';
import { sampleGeneration } from '@attractions/models/testing';
import { listsOnThreads, listsSource } from '../../src/lists/threads.js';

test('a fault on a thread is the fault of the run', async () => {
  const order = {
    request: { at: 0 },
    experiments: [],
    timeZones: 'Mars/Olympus',
    generatedAtMs: 0,
    kinds: ['als'],
  };
  const parts = listsOnThreads(listsSource(sampleGeneration()), order, 2);
  await expect(parts.next()).rejects.toThrow("'Mars/Olympus' is not a time zone");
});
