import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import { FeedsError } from '@attractions/feeds';
import type { Feed, FeedStore, UpdateRecord } from '@attractions/feeds';

import { feedNamed } from '../feed-log.js';
import { table } from '../table.js';
import { commandOf } from './command.js';
import type { Runner } from './command.js';

/** `attractions feeds`: what is in the feeds and how it came there. */
export function feedsCommand(run: Runner): Command {
  return commandOf('feeds', 'the feeds: what they hold, and the history of their updates')
    .addCommand(listCommand(run), { isDefault: true })
    .addCommand(historyCommand(run))
    .addCommand(showCommand(run));
}

function listCommand(run: Runner): Command {
  return commandOf('ls', 'all feeds with their latest update').action(async () =>
    run(async ({ store }) => {
      const heads = await latestOfEach(store);
      return {
        document: heads,
        text: () =>
          heads.length === 0
            ? `No feeds in ${store.root} yet; run 'attractions run' first.`
            : table([HEADING, ...heads.map((record) => [record.feed, ...row(record)])]),
      };
    }),
  );
}

function historyCommand(run: Runner): Command {
  return commandOf('history', 'the updates of one feed, newest first')
    .argument('<feed>', 'path of the feed, with or without its version: etl/visits')
    .option('--limit <count>', 'updates shown at most', countOf, 20)
    .action(async (name: string, { limit }: { limit: number }) =>
      run(async ({ store }) => {
        const records = await take(await feedNamed(store, name), limit);
        return { document: records, text: () => table([HEADING.slice(1), ...records.map(row)]) };
      }),
    );
}

function showCommand(run: Runner): Command {
  return commandOf('show', 'the whole record of one update, as it was committed')
    .argument('<feed>', 'path of the feed, with or without its version: etl/visits')
    .argument('[seq]', 'sequence number of the update; the latest where absent', countOf)
    .action(async (name: string, seq: number | undefined) =>
      run(async ({ store }) => {
        const record = await recordOf(await feedNamed(store, name), seq);
        return { document: record, text: () => JSON.stringify(record, null, 2) };
      }),
    );
}

const HEADING = ['feed', 'update', 'committed', 'rows', 'bytes', 'producer', 'made from'];

function row({ seq, timestamp, totals, producer, parents }: UpdateRecord): (string | number)[] {
  const made = parents.map((parent) => `${parent.feed}#${parent.seq}`).join(' ');
  return [seq, timestamp, totals.rows, totals.bytes, `${producer.package}@${producer.version}`, made];
}

async function latestOfEach(store: FeedStore): Promise<UpdateRecord[]> {
  const feeds = await Promise.all((await store.list()).map((path) => feedNamed(store, path)));
  const heads = await Promise.all(feeds.map((feed) => feed.head()));
  return heads.filter((record) => record !== undefined);
}

async function take(feed: Feed<never>, limit: number): Promise<UpdateRecord[]> {
  const records: UpdateRecord[] = [];
  for await (const record of feed.history()) if (records.push(record) === limit) break;
  return records;
}

/** Goes through the history, which is checked on the way, so what is shown is what was committed. */
async function recordOf(feed: Feed<never>, seq: number | undefined): Promise<UpdateRecord> {
  for await (const record of feed.history()) if (seq === undefined || record.seq === seq) return record;
  throw new FeedsError(
    'FEEDS_NO_SUCH_UPDATE',
    `The feed ${feed.contract.path} has no update ${seq}; see 'attractions feeds history'.`,
  );
}

function countOf(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new InvalidArgumentError(`'${text}' is not a whole number above 0.`);
}
