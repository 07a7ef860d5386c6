import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { describe, expect, test } from '@jest/globals';

import { trainAls } from '../src/train.js';
import { randomInteractions } from './support/interactions.js';

const many = randomInteractions(3000, 400, 0.1);
const long = { rank: 64, iterations: 1000 };

/** Worker threads that live, of this test or of the runner. */
function workers(): number {
  const report = process.report?.getReport() as { workers: unknown[] };
  return report.workers.length;
}

describe('a training that is cancelled', () => {
  test.each([1, 3])('with %i threads rejects within a second and leaves no worker', async (threads) => {
    const before = workers();
    const stop = new AbortController();
    let cancelledAt = 0;
    let during = 0;
    const cancel = () => {
      cancelledAt = performance.now();
      stop.abort(new Error('enough'));
    };
    // Once all workers live, and then in the middle of an iteration.
    const onIteration = ({ iteration }: { iteration: number }) => {
      if (during < before + threads - 1 || iteration === 1) during = workers();
      else if (!cancelledAt) setTimeout(cancel, 1);
    };
    await expect(trainAls(many, long, { threads, signal: stop.signal, onIteration })).rejects.toThrow('enough');
    expect(performance.now() - cancelledAt).toBeLessThan(1000);
    expect(during).toBe(before + threads - 1);
    expect(workers()).toBe(before);
  });

  test('that has not begun does no work', async () => {
    const training = trainAls(many, long, { signal: AbortSignal.abort(new Error('too late')) });
    await expect(training).rejects.toThrow('too late');
  });
});

test('a process ends by itself after training on several threads, with the model complete', () => {
  const program = fileURLToPath(new URL('../dist/index.js', import.meta.url));
  const script = `
    const { trainAls } = await import(${JSON.stringify(program)});
    const n = 3000, users = Uint32Array.from({ length: n }, (_, k) => k % 300), items = users.map((u, k) => (u * 7 + k) % 50);
    const { history } = await trainAls({ userCount: 300, itemCount: 50, users, items }, { iterations: 3 }, { threads: 4 });
    process.stdout.write(String(history.length));
  `;
  const options = { encoding: 'utf8', timeout: 20_000 } as const;
  expect(execFileSync(process.execPath, ['--input-type=module', '-e', script], options)).toBe('3');
});
