import type { Command } from 'commander';
import type { FeedStore, UpdateRecord } from '@attractions/feeds';

import { logNamed, updateNamed } from '../../feed-log.js';
import { paint, table } from '../../text.js';
import { isDocument, propertiesOf, rowsOf } from '../../update-rows.js';
import { commandOf } from '../command.js';
import type { Runner } from '../command.js';
import { countOf } from '../count.js';

/** How an update is named on the command line; in the help of every command that takes one. */
export const UPDATE = 'an update: etl/visits (its latest), etl/visits#3, training/als#champion';
/** How a feed is named. */
export const FEED = 'path of the feed, with or without its version: etl/visits';

/** `ls`: all feeds with their latest update. */
export function listCommand(run: Runner): Command {
  return commandOf('ls', 'all feeds with their latest update').action(async () =>
    run(async ({ store }) => {
      const heads = await latestOfEach(store);
      return {
        document: heads,
        text: () =>
          heads.length === 0
            ? `No feeds in ${store.root} yet; run 'attractions run' first.`
            : headed(table([HEADING, ...heads.map((record) => [record.feed, ...row(record)])])),
      };
    }),
  );
}

/** `history`: the updates of one feed. */
export function historyCommand(run: Runner): Command {
  return commandOf('history', 'the updates of one feed, newest first')
    .argument('<feed>', FEED)
    .option('--limit <count>', 'updates shown at most', countOf, 20)
    .action(async (name: string, { limit }: { limit: number }) =>
      run(async ({ store }) => {
        const records: UpdateRecord[] = [];
        for await (const record of (await logNamed(store, name)).history()) if (records.push(record) === limit) break;
        return { document: records, text: () => headed(table([HEADING.slice(1), ...records.map(row)])) };
      }),
    );
}

/** `show`: one record as it is. */
export function showCommand(run: Runner): Command {
  return commandOf('show', 'the whole record of one update, as it was committed')
    .argument('<update>', UPDATE)
    .argument('[seq]', 'sequence number of the update, if the first argument has none', countOf)
    .action(async (name: string, seq: number | undefined) =>
      run(async ({ store }) => {
        const record = await updateNamed(store, seq === undefined ? name : `${name}#${seq}`);
        return { document: record, text: () => JSON.stringify(record, null, 2) };
      }),
    );
}

/** `schema`: the columns of an update. */
export function schemaCommand(run: Runner): Command {
  return commandOf('schema', 'the columns of an update, as its record describes them')
    .argument('<update>', UPDATE)
    .action(async (name: string) =>
      run(async ({ store }) => {
        const { schema } = await updateNamed(store, name);
        const lines = schema.fields.map((field) => [
          field.name,
          field.type + (field.nullable ? '?' : ''),
          field.range?.join(' to ') ?? '',
          field.description,
        ]);
        return { document: schema, text: () => headed(table([['column', 'type', 'range', 'is'], ...lines])) };
      }),
    );
}

/** `head`: the first rows as a table; of a document, its first properties. */
export function headCommand(run: Runner): Command {
  return commandOf('head', 'the first rows of an update; of a JSON feed, the first properties of its document')
    .argument('<update>', UPDATE)
    .option('--rows <count>', 'rows shown at most', countOf, 10)
    .action(async (name: string, { rows: limit }: { rows: number }) =>
      run(async ({ store }) => {
        const record = await updateNamed(store, name);
        const rows: Readonly<Record<string, unknown>>[] = [];
        for await (const each of isDocument(record) ? propertiesOf(store, record) : rowsOf(store, record))
          if (rows.push({ ...each }) >= limit) break;
        const columns = [...new Set(rows.flatMap((each) => Object.keys(each)))];
        const lines = rows.map((each) => columns.map((column) => cell(each[column])));
        return { document: rows, text: () => headed(table([columns, ...lines])) };
      }),
    );
}

/** `cat`: all rows, for other programs. */
export function catCommand(run: Runner): Command {
  return commandOf(
    'cat',
    'all rows of an update as lines of JSON, one at a time; a JSON feed has one row, its document; with --json all rows as one array',
  )
    .argument('<update>', UPDATE)
    .action(async (name: string) =>
      run(async ({ store, json }) => {
        const rows = rowsOf(store, await updateNamed(store, name));
        return { lines: json ? arrayOf(rows) : linesOf(rows) };
      }),
    );
}

/** One JSON array with one row on each line. */
async function* arrayOf(rows: AsyncIterable<unknown>): AsyncGenerator<string> {
  let before: string | undefined;
  for await (const row of rows) {
    yield before === undefined ? '[' : `${before},`;
    before = JSON.stringify(row);
  }
  yield before === undefined ? '[]' : `${before}]`;
}

async function* linesOf(rows: AsyncIterable<unknown>): AsyncGenerator<string> {
  for await (const row of rows) yield JSON.stringify(row);
}

const HEADING = ['feed', 'update', 'committed', 'rows', 'bytes', 'producer', 'made from'];

function row({ seq, timestamp, totals, producer, parents }: UpdateRecord): (string | number)[] {
  const made = parents.map((parent) => `${parent.feed}#${parent.seq}`).join(' ');
  return [seq, timestamp, totals.rows, totals.bytes, `${producer.package}@${producer.version}`, made];
}

async function latestOfEach(store: FeedStore): Promise<UpdateRecord[]> {
  const heads = await Promise.all((await store.list()).map((path) => store.log(path).head()));
  return heads.filter((record) => record !== undefined);
}

/** A table whose first line is its heading. */
function headed(text: string): string {
  const [heading = '', ...lines] = text.split('\n');
  return [paint('bold', heading), ...lines].join('\n');
}

/** Characters of a list or an object that a table shows. */
const CELL_LENGTH = 60;

function cell(value: unknown): string | number {
  if (typeof value === 'number' || typeof value === 'string') return value;
  const shown = value === undefined || value === null ? '' : JSON.stringify(value);
  return shown.length > CELL_LENGTH ? `${shown.slice(0, CELL_LENGTH - 1)}…` : shown;
}
