import { textsKeptOf } from '@attractions/recommender';
import type { Shown, ShownList } from '../routes/recommendations.js';
import type { ExposureResult } from '../telemetry/metrics.js';
import { isoClock, recordIn } from './recorder.js';
import type { RecorderParts } from './recorder.js';

/** The part of a line that depends only on the list: all but time, request and user. Made once for a cached list. */
function listPartOf(list: ShownList): string {
  const kept = textsKeptOf(list);
  return kept === undefined ? formatted(list) : (kept.exposure ??= formatted(list));
}

function formatted({ panel, source, generation, recommendations }: ShownList): string {
  const items = recommendations.map(({ attractionId }) => attractionId);
  const { experiment, version, panel: name, bucket, forced } = panel ?? {};
  const teams = recommendations[0]?.team === undefined ? undefined : recommendations.map(({ team = '' }) => team);
  const rest = { experiment, version, panel: name, bucket, forced, source, modelSeq: generation.model, items, teams };
  return `${JSON.stringify(rest).slice(1)}\n`;
}

/**
 * One shown list as a line of a chunk, with its line break: an `Exposure` in JSON, which `sinks.ts` reads. A popular list given because of the load is not
 * part of an experiment, and has no panel.
 */
export function lineOf({ requestId, userId, park, attributes, list }: Shown, shownAt: string): string {
  const user = userId === undefined ? '' : `"userId":${JSON.stringify(userId)},`;
  const where = park === undefined ? '' : `"park":${JSON.stringify(park)},`;
  const known = attributes === undefined ? '' : `"attributes":${JSON.stringify(textOf(attributes))},`;
  return `{"shownAt":"${shownAt}","requestId":${JSON.stringify(requestId)},${user}${where}${known}${listPartOf(list)}`;
}

/** Attributes as the feed has them: JSON with the names in order. */
function textOf(attributes: Readonly<Record<string, string>>): string {
  return JSON.stringify(attributes, Object.keys(attributes).sort());
}

/** Where exposures are written, how often, and who counts them. */
export interface ExposureParts extends Omit<RecorderParts, 'onResult' | 'what'> {
  onResult(result: ExposureResult, lists: number): void;
}

/** The record of lists shown. */
export interface Exposures {
  /** Does not throw and does not wait. */
  shown(shown: Shown): void;
  /** Whether a folder of the spool is a batch of this record. */
  isOwn(name: string): boolean;
  stop(): Promise<void>;
}

/** What the lines are, and what an operator can do where they cannot be recorded. */
export const EXPOSURE_LINES = {
  lines: 'Lists shown',
  fix: 'set EXPOSURE_SPOOL to a folder of this user, or LOG_EXPOSURES=false',
};

/** Records the lists shown. Throws as {@link recordIn}. */
export async function recordExposures(parts: ExposureParts): Promise<Exposures> {
  const onResult: RecorderParts['onResult'] = (result, lists) => {
    if (result !== 'known') parts.onResult(result, lists);
  };
  const { add, isOwn, stop } = await recordIn({ ...parts, onResult, what: EXPOSURE_LINES });
  const clock = isoClock();
  return {
    shown: (shown) => parts.onResult(add(lineOf(shown, clock())) ? 'spooled' : 'dropped', 1),
    isOwn,
    stop,
  };
}
