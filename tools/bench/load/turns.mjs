/**
 * Preloaded into the service by the benchmark: the longest turn of its event loop since the question before, and how much of a turn its main thread was
 * on a processor at most, by Linux's own count. The latter leaves out what other processes of the machine take.
 */
import { openSync, readSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

if (isMainThread && process.send) {
  const file = openSync(`/proc/self/task/${process.pid}/schedstat`);
  const bytes = Buffer.alloc(64);
  const onProcessorMs = () => Number.parseInt(bytes.toString('latin1', 0, readSync(file, bytes, 0, 64, 0)), 10) / 1e6;
  let [turnMs, processorMs] = [0, 0];
  let [beganMs, usedMs] = [performance.now(), onProcessorMs()];
  setInterval(() => {
    const [nowMs, nowUsedMs] = [performance.now(), onProcessorMs()];
    turnMs = Math.max(turnMs, nowMs - beganMs);
    processorMs = Math.max(processorMs, nowUsedMs - usedMs);
    [beganMs, usedMs] = [nowMs, nowUsedMs];
  }, 1).unref();
  process.on('message', () => {
    process.send({ turnMs, processorMs });
    [turnMs, processorMs] = [0, 0];
  });
  process.channel.unref();
}
