/**
 * A temporary copy of this workspace: the files on disk, committed once to a separate repository. Nothing is installed. The copy's `node_modules` holds a
 * link to each installed package, and its own packages link to themselves, so a change in the copy is seen by the copy alone.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const original = join(import.meta.dirname, '../../..');
const scope = '@attractions';

const author = { GIT_AUTHOR_NAME: 'scratch', GIT_AUTHOR_EMAIL: 'scratch@localhost' };
const committer = { GIT_COMMITTER_NAME: 'scratch', GIT_COMMITTER_EMAIL: 'scratch@localhost' };
const environment = { ...process.env, ...author, ...committer, NX_DAEMON: 'false', FORCE_COLOR: '0', CI: 'true' };
// Set by an outer `nx run`, they would make the inner Nx believe that it is the outer one.
for (const name of Object.keys(environment))
  if (name.startsWith('NX_') && name !== 'NX_DAEMON') Reflect.deleteProperty(environment, name);
// Set by an outer `node --test`, it would make the inner one report to the outer one.
Reflect.deleteProperty(environment, 'NODE_TEST_CONTEXT');

const linkAll = (from, to, skip = []) => {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from)) if (!skip.includes(entry)) symlinkSync(join(from, entry), join(to, entry));
};

/** Links what is installed, at the root and below packages that have dependencies of their own. */
function linkInstalled(root) {
  linkAll(join(original, 'node_modules'), join(root, 'node_modules'), ['.cache', scope]);
  mkdirSync(join(root, 'node_modules', scope));
  for (const name of readdirSync(join(root, 'packages'))) {
    symlinkSync(join(root, 'packages', name), join(root, 'node_modules', scope, name));
    const own = join(original, 'packages', name, 'node_modules');
    if (existsSync(own)) linkAll(own, join(root, 'packages', name, 'node_modules'));
  }
}

/**
 * @returns the copy: `root`; `run(command, ...arguments)` -> `{ status, stdout, stderr }`; `git(...arguments)` -> trimmed stdout, throws when
 * git fails; `commit(message)` of everything; `remove()`.
 */
export function scratchWorkspace() {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'attractions-scratch-')));
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: original,
  });
  for (const path of listed.toString().split('\0')) {
    if (path === '' || !existsSync(join(original, path))) continue;
    mkdirSync(dirname(join(root, path)), { recursive: true });
    cpSync(join(original, path), join(root, path));
  }
  linkInstalled(root);

  const run = (command, ...parameters) =>
    spawnSync(command, parameters, { cwd: root, env: environment, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  const git = (...parameters) =>
    execFileSync('git', parameters, { cwd: root, env: environment, encoding: 'utf8' }).trim();
  const commit = (message) => {
    git('add', '--all');
    git('commit', '--quiet', '--message', message);
    return git('rev-parse', 'HEAD');
  };

  git('init', '--quiet', '--initial-branch=main');
  commit('chore: the workspace as it is');
  return { root, run, git, commit, remove: () => rmSync(root, { recursive: true, force: true }) };
}
