import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { attractions, rejects } from '@attractions/contracts';
import { canonicalJson, parentOf } from '@attractions/feeds';
import type { FeedStore, OpenedUpdate, Producer, PutOptions, UpdateRecord } from '@attractions/feeds';
import type { RecordedChecks } from './checks/checks.js';
import type { EtlConfig } from './settings.js';
import type { SourceSettings } from './source/choose.js';
import { keyNameOf, pseudonymKeyOf } from './source/pseudonym.js';
import type { WrittenLoad } from './write.js';

/** What the records of a run say besides what was read. */
interface Recorded extends Pick<PutOptions, 'guard' | 'runId' | 'after'> {
  readonly recorded: RecordedChecks;
  readonly labels: Readonly<Record<string, string>>;
  readonly from?: SourceSettings;
  readonly pseudonymize?: boolean | undefined;
  /** Stops before visits are committed, when it aborts. */
  readonly signal?: AbortSignal;
}

/** Puts the attractions and rejects of a run, and commits its visits, which name them as their parents. Gives the three records in this order. */
export async function commit(
  loaded: WrittenLoad,
  opened: OpenedUpdate,
  store: FeedStore,
  config: EtlConfig,
  { from, pseudonymize, runId, after, signal, recorded, labels, guard }: Recorded,
): Promise<readonly UpdateRecord[]> {
  const options: PutOptions = {
    producer: producer(config, from, pseudonymize),
    sources: loaded.sources,
    checks: recorded,
    labels,
    ...(guard && { guard }),
  };
  // A repeated run may find other raw data. The visits are what it commits; what belongs to them must be of the same raw data.
  const made = createHash('sha256')
    .update(canonicalJson([loaded.sources, labels]))
    .digest('hex');
  const beside = { ...options, ...(runId !== undefined && { runId: `${runId} ${made}` }) };
  const [attractionsRecord, rejectsRecord] = await Promise.all([
    store.feed(attractions).put([...loaded.attractions], beside),
    store.feed(rejects).put([...loaded.rejects], beside),
  ]);
  signal?.throwIfAborted();
  const parents = [parentOf(attractionsRecord), parentOf(rejectsRecord)];
  const last = { ...options, parents, ...(after !== undefined && { after }), ...(runId !== undefined && { runId }) };
  const visitsRecord = await opened.commit(loaded.written, last);
  return [attractionsRecord, rejectsRecord, visitsRecord];
}

function producer(settings: EtlConfig, from?: SourceSettings, pseudonymize?: boolean): Producer {
  const { rawDataPath, maxRejectShare, sequenceGapHours } = settings;
  const key = pseudonymKeyOf(settings, pseudonymize);
  const { name, version } = manifest();
  // Only the types of configured sources: their options may hold a password.
  const types = from && { visits: from.visits.type, ...(from.attractions && { attractions: from.attractions.type }) };
  return {
    id: 'etl',
    package: name,
    version,
    config: {
      ...(types ? { sources: types } : { rawDataPath: String(rawDataPath) }),
      maxRejectShare,
      sequenceGapHours,
      ...(key !== undefined && { pseudonymKey: keyNameOf(key) }),
    },
  };
}

/** The name and version of this package. */
export function manifest(): { readonly name: string; readonly version: string } {
  return JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
}

/** The attractions and rejects that belong to an update of visits. */
export async function parentsOf({ parents }: UpdateRecord, store: FeedStore) {
  const seqOf = (path: string): number => parents.find(({ feed }) => feed === path)?.seq ?? 0;
  const [known, refused] = await Promise.all([
    store.feed(attractions).at(seqOf(attractions.path)),
    store.feed(rejects).at(seqOf(rejects.path)),
  ]);
  return { attractions: await known.read(), rejects: await refused.read() };
}
