/**
 * Runs a Dockerfile without a Docker daemon: each stage is a folder with /usr and /etc of the system, each RUN is a shell with that folder as its root, and a
 * container is a process that is PID 1 of a separate namespace, with the user of the image and a read-only root. Linux and root only. The base image is this
 * machine: its Node and its libraries. Supports the instructions of our Dockerfile and refuses others.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, lstatSync, mkdirSync, readFileSync, readlinkSync, symlinkSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/** Why nothing can be built here; false where it can. */
export function cannotBuild() {
  if (process.platform !== 'linux' || process.getuid() !== 0) return 'it needs Linux, and root to make namespaces';
  const { status, stderr } = spawnSync('unshare', [
    '--mount',
    '--pid',
    '--fork',
    'mount',
    '-t',
    'tmpfs',
    'none',
    '/mnt',
  ]);
  return status === 0 ? false : `no namespaces can be made here: ${stderr}`;
}

/** Instructions of a Dockerfile, `{ name, text }[]`: comments gone, lines joined, JSON arrays left as they are. */
function instructionsOf(path) {
  const lines = readFileSync(path, 'utf8')
    .replaceAll(/^\s*#.*\n/gm, '')
    .replaceAll(/\\\n/g, ' ');
  return [...lines.matchAll(/^([A-Z]+) +(.*)$/gm)].map(([, name, text]) => ({ name, text: text.trim() }));
}

const pairs = (text) => Object.fromEntries(text.split(/\s+/).map((pair) => pair.split(/=(.*)/s, 2)));

/** A shell script that makes a root of a folder: the system's programs, /proc, /dev, and folders of this machine under other names. */
function rootScript(root, mounts, readOnly) {
  const lines = ['set -e', `mount --bind '${root}' '${root}'`];
  for (const [from, to, how] of [['/usr', '/usr', 'ro'], ['/etc', '/etc', 'ro'], ['/dev', '/dev', 'rw'], ...mounts]) {
    mkdirSync(join(root, to), { recursive: true });
    lines.push(`mount --rbind '${from}' '${join(root, to)}'`);
    if (how === 'ro') lines.push(`mount -o remount,bind,ro '${join(root, to)}'`);
  }
  for (const name of ['bin', 'sbin', 'lib', 'lib64'])
    if (
      lstatSync(`/${name}`, { throwIfNoEntry: false })?.isSymbolicLink() &&
      !lstatSync(join(root, name), { throwIfNoEntry: false })
    )
      symlinkSync(readlinkSync(`/${name}`), join(root, name));
  for (const name of ['proc', 'tmp']) mkdirSync(join(root, name), { recursive: true });
  if (readOnly) lines.push(`mount -o remount,bind,ro '${root}'`);
  lines.push(`mount -t proc proc '${root}/proc'`, `mount -t tmpfs -o mode=1777 tmpfs '${root}/tmp'`);
  return lines.join('\n');
}

const NAMESPACES = ['--mount', '--pid', '--fork', '--kill-child'];

/** The command line of a process that is PID 1 below `root`. Its environment is its own; what it is started with is not seen. */
function inRoot({ root, cwd, env, user = '0:0', mounts = [], readOnly = false }, command) {
  const enter = `${rootScript(root, mounts, readOnly)}\ncd '${root}'; exec chroot --userspec=${user} . env -i --chdir="$0" "$@"`;
  const assignments = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  return [...NAMESPACES, 'sh', '-c', enter, cwd, ...assignments, ...command];
}

/**
 * Builds the last stage of a Dockerfile, all stages below `folder`.
 *
 * @returns the image: `root`, `cwd`, `env`, `user`, `entrypoint`, `command`, `healthcheck`
 */
export function buildImage(dockerfile, context, folder) {
  const node = dirname(process.execPath);
  const base = { PATH: `${node}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin` };
  const system = node.startsWith('/usr/') ? [] : [[resolve(node, '..'), resolve(node, '..'), 'ro']];
  // The registry setting and the cache of npm on this machine. A build by Docker has neither.
  const home = [[homedir(), '/root', 'rw']];
  const npm = Object.entries(process.env).filter(([name]) =>
    /^(npm_config_|https?_proxy|no_proxy|ssl_|node_extra)/i.test(name),
  );
  const stages = new Map();
  let stage;
  for (const { name, text } of instructionsOf(dockerfile)) {
    const at = (path) => join(stage.root, resolve(stage.cwd, path));
    if (name === 'FROM') {
      const title = / AS (.*)$/.exec(text)?.[1] ?? 'image';
      stage = { root: join(folder, title), cwd: '/', env: base, user: '0:0', mounts: system };
      mkdirSync(stage.root);
      stages.set(title, stage);
    } else if (name === 'WORKDIR') mkdirSync(join(stage.root, (stage.cwd = text)), { recursive: true });
    else if (name === 'ENV') stage.env = { ...stage.env, ...pairs(text) };
    else if (name === 'USER') stage.user = `${text}:${text}`;
    else if (name === 'ENTRYPOINT') stage.entrypoint = JSON.parse(text);
    else if (name === 'CMD') stage.command = JSON.parse(text);
    else if (name === 'HEALTHCHECK') stage.healthcheck = JSON.parse(/CMD (.*)$/.exec(text)[1]);
    else if (name === 'COPY') {
      const [, from, source, target] = /^(?:--from=(\S+) )?(\S+) (\S+)$/.exec(text);
      if (from === undefined) copyContext(join(context, source), at(target), dockerfile);
      else cpSync(join(stages.get(from).root, source), at(target), { recursive: true, verbatimSymlinks: true });
    } else if (name === 'RUN') {
      const env = { ...stage.env, HOME: '/root', TARGETARCH: '', ...Object.fromEntries(npm) };
      const args = inRoot({ ...stage, env, mounts: [...system, ...home] }, ['/bin/sh', '-c', text]);
      execFileSync('unshare', args, { stdio: ['ignore', 'ignore', 'inherit'] });
    } else if (name !== 'EXPOSE' && name !== 'ARG')
      throw new Error(`${dockerfile} has ${name}, which is not known here.`);
  }
  return stage;
}

/** Copies the files that Git tracks or would track, except those in the ignore file of the Dockerfile. */
function copyContext(from, to, dockerfile) {
  const ignored = readFileSync(`${dockerfile}.dockerignore`, 'utf8').split('\n').filter(Boolean);
  const isIgnored = (path) =>
    ignored.some((pattern) =>
      pattern.startsWith('**/') ? path.split('/').includes(pattern.slice(3)) : path.split('/')[0] === pattern,
    );
  const list = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  for (const path of execFileSync('git', list, { cwd: from, encoding: 'utf8' }).split('\0'))
    if (path !== '' && existsSync(join(from, path)) && !isIgnored(path)) cpSync(join(from, path), join(to, path));
}

/**
 * Starts a container, like `docker run --read-only --tmpfs /tmp` with variables, volumes (`[folder, path, 'ro' | 'rw'][]`) and another command than that of
 * the image.
 *
 * @returns the process, with `stdout` and `stderr` piped. Its signals do not reach the container: see `stop`.
 */
export function startContainer(
  image,
  { env = {}, volumes = [], command = image.command, entrypoint = image.entrypoint } = {},
) {
  const mounts = [...image.mounts, ...volumes];
  const settings = { ...image, env: { ...image.env, ...env }, mounts, readOnly: true };
  return spawn('unshare', inRoot(settings, [...entrypoint, ...command]), { stdio: ['ignore', 'pipe', 'pipe'] });
}

/** What `docker stop` does first: sends PID 1 of the container SIGTERM, from outside of its namespace. */
export function stop({ pid }) {
  const [inner] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
  process.kill(Number(inner), 'SIGTERM');
}
