import { expect, test } from '@jest/globals';
import { getPriority } from 'node:os';
import { Worker } from 'node:worker_threads';

const program = new URL('../dist/step-back.js', import.meta.url).href;

(process.platform === 'linux' ? test : test.skip)('a thread steps back, its process does not', async () => {
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
  expect(await new Promise((resolve) => thread.once('message', resolve))).toBe(10);
  expect(getPriority()).toBe(before);
});
