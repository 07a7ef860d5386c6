import type { Command } from 'commander';
import { openLineageOf, parentOf } from '@attractions/feeds';
import type { FeedStore, OpenLineageEvent, Parent, Source, UpdateRecord } from '@attractions/feeds';

import { updateNamed } from '../../feed-log.js';
import { grouped, paint } from '../../text.js';
import { commandOf } from '../command.js';
import type { Runner } from '../command.js';
import { UPDATE } from './inspect.js';

/** An update with everything that it was made from, back to the raw files. */
interface Lineage {
  readonly feed: string;
  readonly seq: number;
  readonly timestamp?: string;
  readonly producer?: UpdateRecord['producer'];
  /** Why the tree ends too early: the record is gone, or is not the one that was used. */
  readonly problem?: string;
  readonly parents: readonly Lineage[];
  readonly sources: readonly Source[];
}

/** `lineage`: a tree from an update back to its raw files. */
export function lineageCommand(run: Runner): Command {
  return commandOf('lineage', 'what an update was made from, back to the raw files')
    .argument('<update>', UPDATE)
    .option('--openlineage', 'as OpenLineage run events, oldest first: one line of JSON each, or one array with --json')
    .action(async (name: string, { openlineage }: { openlineage?: true }) =>
      run(async ({ store }) => {
        const record = await updateNamed(store, name);
        if (openlineage) {
          const events = await eventsOf(store, record);
          return { document: events, text: () => events.map((event) => JSON.stringify(event)).join('\n') };
        }
        const lineage = await lineageOf(store, record);
        return { document: lineage, text: () => drawn(lineage).join('\n') };
      }),
    );
}

/** The events of everything that an update was made from, each once, its own event last. Throws if a record is gone. */
async function eventsOf(store: FeedStore, record: UpdateRecord): Promise<OpenLineageEvent[]> {
  const found = new Map<string, UpdateRecord>();
  async function visit(update: UpdateRecord): Promise<void> {
    for (const parent of update.parents) {
      if (!found.has(`${parent.feed}#${parent.seq}`)) await visit(await store.log(parent.feed).record(parent.seq));
    }
    found.set(`${update.feed}#${update.seq}`, update);
  }
  await visit(record);
  return [...found.values()].flatMap((update) => openLineageOf(update, store.root));
}

async function lineageOf(store: FeedStore, record: UpdateRecord): Promise<Lineage> {
  const { feed, seq, timestamp, producer, sources } = record;
  const parents = await Promise.all(record.parents.map((parent) => ancestor(store, parent)));
  return { feed, seq, timestamp, producer, parents, sources };
}

/** Checks a parent against the hash in the record of its child. */
async function ancestor(store: FeedStore, { feed, seq, sha256 }: Parent): Promise<Lineage> {
  const end = (problem: string): Lineage => ({ feed, seq, problem, parents: [], sources: [] });
  try {
    const record = await store.log(feed).record(seq);
    if (parentOf(record).sha256 !== sha256) return end('is not the update that was used: its hash differs');
    return await lineageOf(store, record);
  } catch (cause) {
    return end(cause instanceof Error ? cause.message : String(cause));
  }
}

function drawn({ feed, seq, timestamp, producer, problem, parents, sources }: Lineage): string[] {
  const made = producer ? paint('dim', `  ${producer.package}@${producer.version}, ${timestamp}`) : '';
  const below = [
    ...parents.map(drawn),
    ...sources.map(({ path, bytes }) => [`${path}${paint('dim', `  ${grouped(bytes)} bytes`)}`]),
  ];
  return [
    `${paint('bold', `${feed}#${seq}`)}${made}${problem === undefined ? '' : paint('red', `  ${problem}`)}`,
    ...below.flatMap((lines, i) => {
      const last = i === below.length - 1;
      return lines.map((line, n) => (n === 0 ? (last ? '└─ ' : '├─ ') : last ? '   ' : '│  ') + line);
    }),
  ];
}
