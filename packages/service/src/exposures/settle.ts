import { readFile, readdir, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ServiceError } from '../errors.js';
import type { FeedStore, Producer } from '@attractions/feeds';
import { REJECTS, batchesIn, commitBatches } from './batch.js';

/**
 * Commits all that waits in a spool, also while services add to it, and removes lines of users from those that the feed refused. What is shown from now on
 * is not looked at.
 *
 * @returns how many refused lines were removed
 * @throws Error where a batch cannot be committed
 */
export async function settleSpool(
  store: FeedStore,
  spool: string,
  users: ReadonlySet<string>,
  producer: Producer,
): Promise<number> {
  const names = await batchesIn(spool).catch(() => []);
  const { failed } = await commitBatches(store, spool, names, producer);
  const [first] = failed;
  if (first)
    throw new ServiceError(
      'SERVICE_SPOOL_UNUSABLE',
      `The lists shown in '${join(spool, first.batch)}' cannot be committed (${first.problem}); fix the cause and try again.`,
    );
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
