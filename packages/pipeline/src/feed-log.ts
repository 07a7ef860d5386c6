import type { FeedLog, FeedStore, UpdateRecord } from '@attractions/feeds';

import { PipelineError } from './errors.js';

/** The log of a feed by its path, or by its path without the version (`etl/visits`), which means the newest version. */
export async function logNamed(store: FeedStore, name: string): Promise<FeedLog> {
  const paths = await store.list();
  const path = paths.includes(name)
    ? name
    : paths
        .filter((each) => each.startsWith(`${name}/v`))
        .sort(byVersion)
        .at(-1);
  if (path !== undefined) return store.log(path);
  const there = paths.length > 0 ? `there are ${paths.join(', ')}` : `there is none; run 'attractions run' first`;
  throw new PipelineError('PIPELINE_NO_SUCH_FEED', `No feed '${name}' in ${store.root}: ${there}.`);
}

/** An update by its name: `etl/visits` is the latest, `etl/visits#3` is number 3, `training/als#champion` is the one with that alias. */
export async function updateNamed(store: FeedStore, name: string): Promise<UpdateRecord> {
  const [feed = '', which = 'latest'] = name.split(/#(.*)/s);
  const log = await logNamed(store, feed);
  return log.record(/^\d+$/.test(which) ? Number(which) : which);
}

function byVersion(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}
