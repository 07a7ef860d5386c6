import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { canonicalJson, sha256 } from './canonical.js';
import type { Parent, Source, UpdateRecord } from './log/record.js';

/** A run event of OpenLineage 2-0-2, with what a record can tell: https://openlineage.io/spec/2-0-2/OpenLineage.json */
export interface OpenLineageEvent {
  readonly eventType: 'START' | 'COMPLETE';
  /** The time of the commit: a record does not say when its run began. */
  readonly eventTime: string;
  readonly run: { readonly runId: string };
  readonly job: { readonly namespace: string; readonly name: string };
  readonly inputs: readonly OpenLineageDataset[];
  readonly outputs: readonly OpenLineageDataset[];
  readonly producer: string;
  readonly schemaURL: string;
}

/** A feed or a raw file, with what is known of it. */
export interface OpenLineageDataset {
  readonly namespace: string;
  readonly name: string;
  readonly facets?: Readonly<Record<string, object>>;
  readonly outputFacets?: Readonly<Record<string, object>>;
}

const SPEC = 'https://openlineage.io/spec';

/**
 * How an update was made, as the two events that OpenLineage asks for a run. The job is the producer; updates with one `runId` are outputs
 * of one run. Feeds are named as OpenLineage names files: `file` and the path, or `s3://bucket` and the key.
 *
 * @param root where the feeds are: `FeedStore.root`
 */
export function openLineageOf(record: UpdateRecord, root: string): readonly OpenLineageEvent[] {
  const { producer, timestamp, parents, sources } = record;
  const program = `pkg:npm/${producer.package.replace('@', '%40')}@${producer.version}`;
  const common = {
    eventTime: timestamp,
    run: { runId: runUuid(record) },
    job: { namespace: producer.package, name: producer.id },
    inputs: [...parents.map((parent) => parentDataset(parent, root, program)), ...sources.map(sourceDataset)],
    producer: program,
    schemaURL: `${SPEC}/2-0-2/OpenLineage.json#/$defs/RunEvent`,
  };
  return [
    { ...common, eventType: 'START', outputs: [] },
    { ...common, eventType: 'COMPLETE', outputs: [outputDataset(record, root, program)] },
  ];
}

/** One id for all updates of a run, in the form OpenLineage asks for: a UUID (RFC 9562, version 8) made from a hash. */
function runUuid({ commitId, producer, runId }: UpdateRecord): string {
  if (runId === undefined) return commitId;
  const hex = sha256(canonicalJson([producer.package, producer.id, runId]));
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function outputDataset({ feed, seq, schema, totals }: UpdateRecord, root: string, program: string): OpenLineageDataset {
  const fields = schema.fields.map(({ name, type, description }) => ({ name, type, description }));
  const statistics = { rowCount: totals.rows, size: totals.bytes };
  return {
    ...feedName(root, feed),
    facets: {
      version: versionFacet(seq, program),
      ...(fields.length > 0 && { schema: facet('1-0-0/SchemaDatasetFacet', program, { fields }) }),
    },
    outputFacets: {
      outputStatistics: facet('1-0-2/OutputStatisticsOutputDatasetFacet', program, statistics),
    },
  };
}

function parentDataset({ feed, seq }: Parent, root: string, program: string): OpenLineageDataset {
  return { ...feedName(root, feed), facets: { version: versionFacet(seq, program) } };
}

function sourceDataset({ path }: Source): OpenLineageDataset {
  return { namespace: 'file', name: path };
}

function versionFacet(seq: number, program: string): object {
  return facet('1-0-0/DatasetVersionDatasetFacet', program, { datasetVersion: String(seq) });
}

function facet(schema: string, program: string, content: object): object {
  const type = schema.slice(schema.indexOf('/') + 1);
  return { _producer: program, _schemaURL: `${SPEC}/facets/${schema}.json#/$defs/${type}`, ...content };
}

function feedName(root: string, feed: string): { readonly namespace: string; readonly name: string } {
  const [, bucket, prefix] = /^(s3:\/\/[^/?]+)\/?([^?]*)/.exec(root) ?? [];
  if (bucket !== undefined) return { namespace: bucket, name: [prefix, feed].filter(Boolean).join('/') };
  if (root === 'memory:') return { namespace: 'memory', name: feed };
  return { namespace: 'file', name: join(root.startsWith('file:') ? fileURLToPath(root) : resolve(root), feed) };
}
