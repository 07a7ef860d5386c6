/**
 * Checks what the commits between BASE and HEAD change: lint, typecheck, build and test of every project that changed or depends on a changed one. Without a
 * base (none given, all zeros as for a new branch, or not in this clone) it checks everything, and says so.
 *
 *     node tools/affected.mjs BASE HEAD           # check
 *     node tools/affected.mjs --print BASE HEAD   # only name the projects, one a line
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { nx } from './nx.mjs';

const root = join(import.meta.dirname, '..');
process.env['NX_DAEMON'] = 'false';

const git = (...parameters) => spawnSync('git', parameters, { cwd: root, encoding: 'utf8' }).status === 0;
const isCommit = (name) => git('rev-parse', '--quiet', '--verify', '--end-of-options', `${name}^{commit}`);

function refuse(problem) {
  console.error(problem);
  process.exit(2);
}

const print = process.argv[2] === '--print';
const commits = process.argv.slice(print ? 3 : 2);
if (commits.length !== 2) refuse('usage: node tools/affected.mjs [--print] BASE HEAD');
const [base, head] = commits;
if (!isCommit(head)) refuse(`HEAD '${head}' is not a commit of this clone: fetch it first.`);

// Nx compares from the merge base, so two commits without a common ancestor have no base either.
const isKnown = isCommit(base) && git('merge-base', base, head);
const between = [`--base=${base}`, `--head=${head}`];
console.error(
  isKnown
    ? `Affected by the commits from ${base} to ${head}.`
    : `Base '${base}' is unknown here: everything counts as affected.`,
);

if (print) {
  const selection = isKnown ? ['--affected', ...between] : [];
  const { status, stdout } = nx(['show', 'projects', ...selection, '--json'], { stdio: ['ignore', 'pipe', 'inherit'] });
  if (status === 0) for (const name of JSON.parse(stdout).sort()) console.log(name);
  process.exitCode = status ?? 1;
} else {
  const targets = ['-t', 'lint', 'typecheck', 'build', 'test', '--output-style=static'];
  process.exitCode = nx([...(isKnown ? ['affected', ...between] : ['run-many']), ...targets]).status ?? 1;
}
