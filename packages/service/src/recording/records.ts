import type { FeedStore } from '@attractions/feeds';
import type { FastifyBaseLogger } from 'fastify';
import type { Metrics } from '../telemetry/metrics.js';
import type { Committer } from './committer.js';
import { EVENT_LINES, takeEvents } from './events.js';
import type { EventParts, Events } from './events.js';
import { EXPOSURE_LINES, recordExposures } from './exposures.js';
import type { ExposureParts, Exposures } from './exposures.js';
import { watchSpool } from './recorder.js';

/** What is recorded, where it waits and how often it is committed. */
export interface Recorded {
  /** Absent: lists shown are not recorded. */
  readonly exposures?: Pick<ExposureParts, 'folder' | 'syncMs' | 'commitMs'> | undefined;
  /** Absent: events are not taken. */
  readonly events?: Pick<EventParts, 'folder' | 'commitMs' | 'recent'> | undefined;
}

/** What a tenant records, and with what. */
interface RecordParts extends Recorded {
  readonly store: FeedStore;
  readonly committer: Committer;
  readonly logger: FastifyBaseLogger;
  readonly metrics: Pick<Metrics, 'exposed' | 'reported'>;
  /** As for a recorder. */
  readonly watched?: boolean;
}

/** The lists shown and the events of one tenant. */
export interface Records {
  readonly exposures: Exposures | undefined;
  readonly events: Events | undefined;
  /** Writes and commits what was recorded. */
  stop(): Promise<void>;
}

/** How often events are synced that a sync has failed for; the others do not wait for it. */
const EVENT_SYNC_MS = 200;

/** Records lists shown and events. Throws as `recordIn`. */
export async function recordsOf(parts: RecordParts): Promise<Records> {
  const exposures = parts.exposures && (await recordExposures({ ...common(parts, 'exposures'), ...parts.exposures }));
  const events =
    parts.events && (await takeEvents({ ...common(parts, 'events'), syncMs: EVENT_SYNC_MS, ...parts.events }));
  return {
    exposures,
    events,
    async stop() {
      await Promise.all([exposures?.stop(), events?.stop()]);
    },
  };
}

function common<S extends 'exposures' | 'events'>(parts: RecordParts, sink: S) {
  const { store, committer, logger, metrics, watched = true } = parts;
  const folder = parts[sink]?.folder ?? '';
  return {
    logger,
    watched,
    commit: (names: readonly string[]) => committer.commit(store, sink, folder, names),
    onResult: (sink === 'exposures' ? metrics.exposed : metrics.reported) as Metrics['exposed'] & Metrics['reported'],
  };
}

/**
 * Looks for what processes that have ended left in the spools of a tenant, and commits it.
 * @param records of this process, if there are any yet
 * @returns a function that looks, and returns how many batches of other processes there are
 */
export function watchRecords(parts: RecordParts, records: () => Records | undefined): () => Promise<number> {
  const looks = [
    ...(parts.exposures
      ? [
          watchSpool({
            ...common(parts, 'exposures'),
            ...parts.exposures,
            what: EXPOSURE_LINES,
            isOwn: (name) => records()?.exposures?.isOwn(name) === true,
          }),
        ]
      : []),
    ...(parts.events
      ? [
          watchSpool({
            ...common(parts, 'events'),
            ...parts.events,
            what: EVENT_LINES,
            isOwn: (name) => records()?.events?.isOwn(name) === true,
          }),
        ]
      : []),
  ];
  return async () => {
    let found = 0;
    for (const look of looks) found += await look();
    return found;
  };
}
