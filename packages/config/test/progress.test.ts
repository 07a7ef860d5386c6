import { expect, test } from '@jest/globals';

import { progressOn } from '../src/progress.js';

function shown(isTTY: boolean, json = false) {
  let atMs = 0;
  const drawn: string[] = [];
  const logged: string[] = [];
  const stderr = { isTTY, write: (text: string) => drawn.push(text) };
  const logger = { info: (_: object, message: string) => logged.push(message) };
  const show = progressOn({ stderr, logger, json }, () => atMs);
  return { show, pass: (ms: number) => (atMs += ms), drawn, logged };
}

test('on a terminal, a bar with rate and time left that is drawn over itself, at most every 50 ms, and ended by the last step', () => {
  const { show, pass, drawn, logged } = shown(true);
  for (const done of [0, 1, 2, 3, 4]) {
    show({ what: 'training', done, total: 4, unit: 'iterations', detail: `loss ${9 - done}` });
    pass(done === 1 ? 10 : 2_000);
  }
  expect(drawn).toEqual([
    '\r\x1b[2Ktraining [........................] 0/4 iterations  loss 9',
    '\r\x1b[2Ktraining [######..................] 1/4 iterations  0.5/s  6.0 s left  loss 8',
    '\r\x1b[2Ktraining [##################......] 3/4 iterations  0.7/s  1.3 s left  loss 6',
    '\r\x1b[2Ktraining [########################] 4/4 iterations  0.7/s  loss 5\n',
  ]);
  expect(logged).toEqual([]);
});

test.each([
  ['elsewhere', false, false],
  ['with --json', true, true],
])('%s, log lines every ten seconds, and nothing is drawn', (_, isTTY, json) => {
  const { show, pass, drawn, logged } = shown(isTTY, json);
  for (let done = 0; done <= 100; done += 10) {
    show({ what: 'reading', done, total: 100 });
    pass(4_000);
  }
  expect(drawn).toEqual([]);
  expect(logged).toEqual(['reading: 30 %  28.0 s left', 'reading: 60 %  16.0 s left', 'reading: 90 %  4.0 s left']);
});

test('other work begins a rate of its own', () => {
  const { show, pass, drawn } = shown(true);
  show({ what: 'one', done: 0, total: 2, unit: 'files' });
  pass(10_000);
  show({ what: 'one', done: 2, total: 2, unit: 'files' });
  show({ what: 'two', done: 0, total: 2, unit: 'files' });
  pass(1_000);
  show({ what: 'two', done: 1, total: 2, unit: 'files' });
  expect(drawn.at(-1)).toBe('\r\x1b[2Ktwo [############............] 1/2 files  1.0/s  1.0 s left');
});
