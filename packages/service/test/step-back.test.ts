import { expect } from '@jest/globals';
import { getPriority } from 'node:os';
import { Worker } from 'node:worker_threads';
import { testIf } from './support/test-if.js';

const test = testIf(process.platform === 'linux', 'only Linux has priorities of threads');

const program = new URL('../dist/step-back.js', import.meta.url).href;

test('lowers the priority of a thread, not that of its process', async () => {
  const source = `
    const { parentPort } = require('node:worker_threads');
    const { readlinkSync } = require('node:fs');
    const { getPriority } = require('node:os');
    import(${JSON.stringify(program)}).then(({ stepBack }) => {
      stepBack();
      parentPort.postMessage(getPriority(Number(readlinkSync('/proc/thread-self').split('/').at(-1))));
    });
  `;
  const before = getPriority();
  const thread = new Worker(source, { eval: true });
  expect(await new Promise((resolve, reject) => thread.once('message', resolve).once('error', reject))).toBe(10);
  expect(getPriority()).toBe(before);
});
