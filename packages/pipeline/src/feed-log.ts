import type { Feed, FeedContract, FeedStore } from '@attractions/feeds';

import { PipelineError } from './errors.js';

/**
 * The feed that a person means: its path, or the path without the version (`etl/visits`), which is then the newest version there.
 * Its records can be read, whoever wrote them; its values cannot, since no contract is involved.
 */
export async function feedNamed(store: FeedStore, name: string): Promise<Feed<never>> {
  const paths = await store.list();
  const path = paths.includes(name)
    ? name
    : paths
        .filter((each) => each.startsWith(`${name}/v`))
        .sort(byVersion)
        .at(-1);
  if (path !== undefined) return store.feed(recordsOnly(path));
  const there = paths.length > 0 ? `there are ${paths.join(', ')}` : `there is none; run 'attractions run' first`;
  throw new PipelineError('PIPELINE_NO_SUCH_FEED', `No feed '${name}' in ${store.root}: ${there}.`);
}

function byVersion(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

function recordsOnly(path: string): FeedContract<never> {
  const refuse = () => {
    throw new TypeError(`The feed ${path} was opened for its records alone.`);
  };
  return { path, description: '', schema: [], codec: { format: '', encode: refuse, decode: refuse } };
}
