import { readFile, readdir, rm, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ServiceError } from '../errors.js';
import type { FeedStore, Producer } from '@attractions/feeds';
import { REJECTS, batchesIn, commitBatches } from './batch.js';
import { KNOWN } from './known-ids.js';
import type { Sink } from './sink.js';

/**
 * Commits all that waits in a spool, also while services add to it, and removes lines of users from those that the feed refused. What comes from now on
 * is not looked at.
 *
 * @returns how many refused lines were removed
 * @throws Error where a batch cannot be committed
 */
export async function settleSpool<R>(
  sink: Sink<R>,
  store: FeedStore,
  spool: string,
  users: ReadonlySet<string>,
  producer: Producer,
): Promise<number> {
  const names = await batchesIn(spool).catch(() => []);
  const { failed } = await commitBatches(sink, store, spool, names, producer);
  const [first] = failed;
  if (first)
    throw new ServiceError(
      'SERVICE_SPOOL_UNUSABLE',
      `What waits in '${join(spool, first.batch)}' cannot be committed (${first.problem}); fix the cause and try again.`,
    );
  await rm(join(spool, KNOWN), { recursive: true, force: true });
  let removed = 0;
  const folder = join(spool, REJECTS);
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name);
    const lines = (await readFile(path, 'utf8')).split('\n');
    const kept = lines.filter((line) => ![...users].some((id) => line.includes(id)));
    if (kept.length === lines.length) continue;
    removed += lines.length - kept.length;
    if (kept.some((line) => line !== '')) await writeFile(path, kept.join('\n'), { flush: true });
    else await unlink(path);
  }
  return removed;
}
