/** The built service as a separate process on loopback, with feeds in a temporary folder. Every answer shows which generation it is from. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Int32, Table, TimestampMillisecond, Utf8, vectorFromArray } from 'apache-arrow';

const packages = join(import.meta.dirname, '../../packages');
const cli = join(packages, 'service/dist/cli.js');
if (!existsSync(cli)) {
  console.error('This needs the built packages: npx nx run-many -t build');
  process.exit(2);
}
export const { als, attractions, events, experiments, exposures, visits } = await import(
  join(packages, 'contracts/dist/index.js')
);
export const { openFeeds, parentOf, streamed } = await import(join(packages, 'feeds/dist/index.js'));

/** Who puts things into the feeds here. */
export const producer = { id: 'stress', package: 'stress', version: '0.0.0' };

/** What the figures were measured on. */
export const machine = `node ${process.version}, ${cpus().length} x ${cpus()[0]?.model}`;

/** A folder of feeds that goes when the process ends. */
export function scratchFeeds() {
  const folder = mkdtempSync(join(tmpdir(), 'stress-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return { folder, store: openFeeds(folder) };
}

export const parkOf = (item) => `park${item % 5}`;
export const attractionIdOf = (item) => `${parkOf(item)}:${item}`;
export const userIdOf = (user) => `user-${user}@N0${user % 10}`;

/**
 * Puts attractions, visits and a model that names both. The names end with the edition, and the whole part of every score by factors is
 * the edition: the first factor of a user is 1, that of an attraction the edition and a fraction, all others 0.
 */
export async function putEdition(store, edition, { users = 2_000, items = 1_000, rank = 32, nameless = false } = {}) {
  const named = Array.from({ length: items }, (_, item) => ({
    attractionId: attractionIdOf(item),
    park: parkOf(item),
    name: nameless ? '' : `Ride ${item}, edition ${edition}`,
    themes: [item % 2 === 0 ? 'water' : 'thrill'],
  }));
  const userFactors = new Float32Array(users * rank);
  for (let user = 0; user < users; user++) userFactors[user * rank] = 1;
  const itemFactors = new Float32Array(items * rank);
  for (let item = 0; item < items; item++) itemFactors[item * rank] = edition + ((item * 7_919) % items) / (2 * items);
  const model = {
    rank,
    userIds: Array.from({ length: users }, (_, user) => userIdOf(user)),
    attractionIds: named.map(({ attractionId }) => attractionId),
    userFactors,
    itemFactors,
    seen: {
      offsets: Uint32Array.from({ length: users + 1 }, (_, user) => user),
      items: Uint32Array.from({ length: users }, (_, user) => user % items),
    },
    visitors: Uint32Array.from({ length: items }, (_, item) => items - item),
    options: {
      preset: 'ials',
      implicitFeedback: true,
      alpha: 10,
      unobservedWeight: 1,
      regularization: 0.1,
      regularizationExponent: 1,
    },
    history: [],
  };
  const names = await store.feed(attractions).put(named, { producer });
  const seen = await store.feed(visits).put(visitsOf(users, items), { producer, parents: [parentOf(names)] });
  return store.feed(als).put(model, { producer, parents: [parentOf(seen), parentOf(names)] });
}

function visitsOf(users, items) {
  const column = (value, type) =>
    vectorFromArray(
      Array.from({ length: users }, (_, user) => value(user)),
      type,
    );
  return new Table({
    user_id: column(userIdOf, new Utf8()),
    attraction_id: column((user) => attractionIdOf(user % items), new Utf8()),
    visited_at: column((user) => user * 1_000, new TimestampMillisecond('UTC')),
    photos: column(() => 1, new Int32()),
  });
}

const NAMESPACE = ['--pid', '--fork', '--mount-proc', '--kill-child'];

/** A command that runs another in a PID namespace of its own: as root, or else as root of a user namespace; empty where the system allows neither. */
export const isolation =
  [NAMESPACE, ['--user', '--map-root-user', ...NAMESPACE]]
    .map((flags) => ['unshare', ...flags])
    .find(([program, ...args]) => spawnSync(program, [...args, 'true']).status === 0) ?? [];

/**
 * Starts the service; `ended` settles with its exit code and signal, `said()` is what it wrote to its log. With a command before it, such as `isolation`, signals go to the
 * service itself and not to that command.
 */
export async function startService(folder, settings = {}, before = []) {
  const env = { PATH: process.env.PATH, FEEDS_ROOT: folder, PORT: '0', LOG_LEVEL: 'warn', ...settings };
  const [program, ...args] = [...before, process.execPath, cli, '--json'];
  const child = spawn(program, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (log += text));
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const ended = once(child, 'close').finally(() => process.off('exit', kill));
  const line = await Promise.race([once(child.stdout, 'data').then(String), ended.then(() => undefined)]);
  if (line === undefined) throw new Error(`The service did not start:\n${log}`);
  const pid =
    before.length === 0 ? child.pid : Number(readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8'));
  return { url: JSON.parse(line).url, pid, ended, said: () => log, kill: (signal) => process.kill(pid, signal) };
}

/** Resident memory of a process, in MB. */
export function residentMb(pid) {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024;
}

/** Prints each verdict; the process fails if one does not hold. */
export function verdict(sentence, holds) {
  console.log(`${holds ? 'holds' : 'FAILS'}: ${sentence}`);
  if (!holds) process.exitCode = 1;
}
