/**
 * Runs pages: the blocks of `sh` in the order of the page, in an empty folder that has the packages of this repository in `node_modules`. What a block exports, and
 * the folder it goes to, hold for the next. A comment of HTML before a block says more:
 *
 * - `<!-- file: NAME -->`: the block, of any language, is written to that file.
 * - `<!-- background -->`: the block goes on running, until the page ends; the next one begins when something answers at PORT.
 * - `<!-- exit: 3 -->`: the block ends with this code. Otherwise it is 0.
 * - `<!-- output -->`: a `text` or `json` block that is what the block before it prints on stdout, where `…` stands for anything.
 * - `<!-- not-run: REASON -->`: the block is not run. The long form prints these.
 *
 * Ports 3000 and 3001 of a page are ones that the system gives.
 *
 *     node tools/site/run.mjs PAGE…        # docs/serve.md
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { blocksIn } from './blocks.mjs';
import { root } from './pages.mjs';

/** The pages that are run: in `npm test`, and in the long form beside those. All others have the checks of `blocks.mjs`. */
export const SHORT = ['docs/feed-format.md'];
export const LONG = ['docs/notebook-to-production.md', 'docs/serve.md', 'docs/runbook.md', 'docs/index.md'];

const LIMIT_MS = 120_000;

async function freePort() {
  const server = createServer();
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address();
  await new Promise((closed) => server.close(closed));
  return port;
}

/** Whether what a block printed is what the page shows, in which a `…` stands for any text. */
export function isShown(shown, printed) {
  const parts = shown
    .trimEnd()
    .split('…')
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('[^]*')}$`).test(printed.trimEnd());
}

async function answers(port, process) {
  const end = Date.now() + LIMIT_MS;
  while (process.exitCode === null && Date.now() < end) {
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
    if (answer?.ok) return true;
    await new Promise((next) => setTimeout(next, 100));
  }
  return false;
}

/**
 * @param file a page, below the root: `docs/serve.md`
 * @returns `{ ran, left }`: how many blocks ran, and `AT: REASON` of those that did not
 * @throws Error at the first block that does not do what the page says, with what it printed
 */
export async function runPage(file) {
  const folder = mkdtempSync(join(tmpdir(), 'attractions-page-'));
  const state = join(folder, '.state');
  const work = join(folder, 'work');
  mkdirSync(work);
  symlinkSync(join(root, 'node_modules'), join(work, 'node_modules'));
  const ports = { 3000: String(await freePort()), 3001: String(await freePort()) };
  const env = {
    ...process.env,
    PORT: ports[3000],
    PATH: `${join(root, 'node_modules/.bin')}${delimiter}${process.env.PATH}`,
  };
  Object.assign(env, { FORCE_COLOR: '0', REPOSITORY: root });
  for (const name of ['FEEDS_ROOT', 'RAW_DATA_PATH', 'LOG_LEVEL', 'NODE_TEST_CONTEXT'])
    Reflect.deleteProperty(env, name);
  const going = [];
  const left = [];
  let ran = 0;
  let printed = '';
  // A command before && that fails does not end a shell with -e.
  const apart = (code) => code.replaceAll(/^[^|'"#\n]* && [^|\n]*$/gm, (line) => line.replaceAll(' && ', '\n'));
  const wrapped = (code) =>
    `set -eo pipefail\n[ -f '${state}' ] && . '${state}'\n${apart(code)}\n{ declare -p | grep -E '^declare -[-x] '; printf 'cd %q\\n' "$PWD"; } > '${state}'\n`;
  try {
    for (const { language, notes, code, at } of blocksIn([file])) {
      const text = code.replaceAll(/(127\.0\.0\.1:|\bPORT=)(300[01])\b/g, (_, before, port) => before + ports[port]);
      if ('file' in notes) {
        mkdirSync(dirname(join(work, notes.file)), { recursive: true });
        writeFileSync(join(work, notes.file), text);
      } else if ('output' in notes) {
        if (!isShown(text, printed))
          throw new Error(`${at}: the page shows\n${text}\nbut this was printed:\n${printed}`);
      } else if (language === 'sh' && 'not-run' in notes) left.push(`${at}: ${notes['not-run']}`);
      else if (language === 'sh' && 'background' in notes) {
        const child = spawn('bash', ['-c', wrapped(text)], { cwd: work, env, detached: true, stdio: 'ignore' });
        going.push(child);
        const [, port = ports[3000]] = /\bPORT=(\d+)/.exec(text) ?? [];
        if (!(await answers(port, child))) throw new Error(`${at}: nothing answers at port ${port}`);
        ran++;
      } else if (language === 'sh') {
        const { status, stdout, stderr } = spawnSync('timeout', [String(LIMIT_MS / 1_000), 'bash', '-c', wrapped(text)], { cwd: work, env, encoding: 'utf8' }); // prettier-ignore
        const expected = Number(notes.exit ?? 0);
        if (status !== expected) throw new Error(`${at}: ended with ${status}, not ${expected}\n${code}\n${stdout}\n${stderr}`); // prettier-ignore
        printed = stdout;
        ran++;
      }
    }
  } finally {
    await Promise.all(going.map(ended));
    rmSync(folder, { recursive: true, force: true });
  }
  return { ran, left };
}

/** Ends a block that goes on, and all that it started. */
function ended(child) {
  if (child.exitCode !== null || child.signalCode !== null) return undefined;
  const exit = new Promise((resolve) => child.once('exit', resolve));
  process.kill(-child.pid, 'SIGTERM');
  return exit;
}

if (process.argv[1] === import.meta.filename)
  for (const file of process.argv.slice(2)) {
    const { ran, left } = await runPage(file);
    console.log(`${file}: ${ran} blocks ran`);
    for (const one of left) console.log(`  not run: ${one}`);
  }
