/** Preloaded into the command that is measured: says as its last line how much memory it had resident at most. */
import { writeSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

if (isMainThread)
  process.on('exit', () => {
    writeSync(2, `${JSON.stringify({ peakBytes: process.resourceUsage().maxRSS * 1024 })}\n`);
  });
