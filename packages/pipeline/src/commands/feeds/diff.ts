import type { Command } from 'commander';
import type { FeedStore, UpdateRecord } from '@attractions/feeds';

import { updateNamed } from '../../feed-log.js';
import { grouped, paint } from '../../text.js';
import { isDocument, propertiesOf, rowsOf } from '../../update-rows.js';
import { commandOf } from '../command.js';
import type { Runner } from '../command.js';
import { UPDATE } from './inspect.js';

/** A property of two records or documents that differs; undefined where one has none. */
interface Change {
  readonly property: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** How two updates differ. */
interface Difference {
  readonly changes: readonly Change[];
  /** Rows of the one, of the other, and of both; absent where both are documents. */
  readonly rows?: { readonly removed: number; readonly added: number; readonly same: number };
  /** Where both are documents: the values that differ, and how many are the same. */
  readonly values?: readonly Change[];
  readonly sameValues?: number;
}

/** `diff`: how two updates differ, in their records and their rows. */
export function diffCommand(run: Runner): Command {
  return commandOf(
    'diff',
    'how two updates differ: columns, totals, producer, parents, and how many rows, or which values of a JSON document',
  )
    .argument('<before>', UPDATE)
    .argument('<after>', 'the other')
    .action(async (before: string, after: string) =>
      run(async ({ store }) => {
        const found = await differenceOf(store, await updateNamed(store, before), await updateNamed(store, after));
        return { document: found, text: () => told(found) };
      }),
    );
}

async function differenceOf(store: FeedStore, a: UpdateRecord, b: UpdateRecord): Promise<Difference> {
  const { changes } = compared(facts(a), facts(b));
  if (!isDocument(a) || !isDocument(b)) return { changes, rows: await compareRows(rowsOf(store, a), rowsOf(store, b)) };
  const { changes: values, same } = compared(await valuesOf(store, a), await valuesOf(store, b));
  return { changes, values, sameValues: same };
}

function compared(before: ReadonlyMap<string, unknown>, after: ReadonlyMap<string, unknown>) {
  const all = [...new Set([...before.keys(), ...after.keys()])];
  const changes = all
    .map((property): Change => ({ property, before: before.get(property), after: after.get(property) }))
    .filter((change) => JSON.stringify(change.before) !== JSON.stringify(change.after));
  return { changes, same: all.length - changes.length };
}

async function valuesOf(store: FeedStore, record: UpdateRecord): Promise<Map<string, unknown>> {
  const values = new Map<string, unknown>();
  for await (const { property, value } of propertiesOf(store, record, { split: true })) values.set(property, value);
  return values;
}

/** The properties of a record that are compared, flattened. */
function facts({ version, schema, totals, parents, producer, checks, labels }: UpdateRecord): Map<string, unknown> {
  const { config = {}, ...program } = producer;
  return new Map<string, unknown>([
    ['version', version],
    ...schema.fields.map(({ name, type, nullable, range }) => [`column ${name}`, { type, nullable, range }] as const),
    ...within('totals', totals),
    ...parents.map(({ feed, seq }) => [`parent ${feed}`, seq] as const),
    ...within('producer', program),
    ...within('config', config),
    ...within('checks', checks),
    ...within('labels', labels),
  ]);
}

function within(name: string, values: object): (readonly [string, unknown])[] {
  return Object.entries(values).map(([key, value]) => [`${name}.${key}`, value]);
}

/** Compares rows as multisets: their order does not matter, but how often each one occurs does. */
async function compareRows(before: AsyncIterable<unknown>, after: AsyncIterable<unknown>) {
  const counts = new Map<string, number>();
  for await (const row of before) counts.set(JSON.stringify(row), (counts.get(JSON.stringify(row)) ?? 0) + 1);
  let [same, added] = [0, 0];
  for await (const row of after) {
    const key = JSON.stringify(row);
    const left = counts.get(key) ?? 0;
    if (left === 0) added++;
    else {
      same++;
      counts.set(key, left - 1);
    }
  }
  const removed = [...counts.values()].reduce((sum, left) => sum + left, 0);
  return { removed, added, same };
}

/** Most values of documents that the text shows; `--json` has all. */
const VALUES_TOLD = 20;

function told({ changes, rows, values, sameValues = 0 }: Difference): string {
  const lines = changes.flatMap(changeLines);
  if (rows) {
    const [removed, added, same] = [rows.removed, rows.added, rows.same].map(grouped);
    lines.push(`rows: ${removed} removed, ${added} added, ${same} in both`);
  }
  if (values) {
    lines.push(...values.slice(0, VALUES_TOLD).flatMap(changeLines));
    if (values.length > VALUES_TOLD) lines.push(`… and ${grouped(values.length - VALUES_TOLD)} more; --json has all`);
    lines.push(`values: ${grouped(values.length)} differ, ${grouped(sameValues)} in both`);
  }
  return lines.join('\n');
}

function changeLines({ property, before, after }: Change): string[] {
  return [
    ...(before === undefined ? [] : [paint('red', `- ${property}: ${JSON.stringify(before)}`)]),
    ...(after === undefined ? [] : [paint('green', `+ ${property}: ${JSON.stringify(after)}`)]),
  ];
}
