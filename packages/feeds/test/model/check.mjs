// Searches every order in which the processes of feed.pml may take their steps, with spin; then takes a rule of the format away at a
// time, which must be found out. Prints the states searched and what broke as JSON; fails where it is not as it must be. node check.mjs
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const model = join(import.meta.dirname, 'feed.pml');
const sound = [[], ['EXPIRY'], ['SHARING']];
const unsound = [
  ['BLIND'],
  ['WITHOUT_MARKERS'],
  ['HASTY_REPAIR'],
  ['EXPIRY', 'PLANS_ONCE'],
  ['EXPIRY', 'WITHOUT_GRACE'],
  ['SHARING', 'WITHOUT_GRACE'],
  ['SHARING', 'SHARES_ONCE'],
  ['SHARING', 'COUNTS_NOTHING'],
  ['SHARING', 'COUNTS_EARLY'],
];

/** The states that spin has seen under these definitions, and the first assertion that one of them broke. */
async function search(defined) {
  const cwd = await mkdtemp(join(tmpdir(), 'feeds-model-'));
  try {
    await run('spin', [...defined.map((name) => `-D${name}`), '-a', model], { cwd });
    await run('gcc', ['-O2', '-DSAFETY', '-DCOLLAPSE', '-o', 'pan', 'pan.c'], { cwd });
    const { stdout } = await run('./pan', ['-m100000'], { cwd });
    const states = Number(/(\d+) states, stored/.exec(stdout)?.[1]);
    const broken = /^pan:1: (.*)$/m.exec(stdout)?.[1];
    if (broken === undefined && !/errors: 0/.test(stdout)) throw new Error(stdout);
    return { defined: defined.join(' '), states, broken };
  } finally {
    await rm(cwd, { recursive: true });
  }
}

const held = [];
for (const defined of sound) held.push(await search(defined));
const foundOut = [];
for (const defined of unsound) foundOut.push(await search(defined));
console.log(JSON.stringify({ held, foundOut }, null, 2));
process.exitCode = held.every(({ broken }) => !broken) && foundOut.every(({ broken }) => broken) ? 0 : 1;
