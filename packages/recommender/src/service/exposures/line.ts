import type { Exposure } from '@attractions/feeds';
import type { Shown } from '../routes/recommendations.js';

/** A list that went out, as the feed holds it. A list of the popular ones for want of time took no part in an experiment, and has no panel. */
export function exposureOf({ requestId, userId, list }: Shown, shownAt: Date): Exposure {
  const { panel, source, generation, recommendations } = list;
  return {
    shownAt,
    requestId,
    ...(userId !== undefined && { userId }),
    ...(panel && { experiment: panel.experiment, version: panel.version, panel: panel.panel, bucket: panel.bucket }),
    source,
    modelSeq: generation.model,
    items: recommendations.map(({ attractionId }) => attractionId),
  };
}

/** One exposure as a line of a segment, with its line break. */
export function lineOf(exposure: Exposure): string {
  return `${JSON.stringify(exposure)}\n`;
}

/**
 * The exposures of a segment. What follows the last line break was being written when its process died, and never counted; nor does a line
 * that a dying disk has spoilt, since it would hold up all others for good.
 */
export function exposuresIn(segment: string): Exposure[] {
  const whole = segment.slice(0, segment.lastIndexOf('\n') + 1);
  return whole.split('\n').flatMap((line) => parsed(line) ?? []);
}

function parsed(line: string): Exposure | undefined {
  try {
    const { shownAt, userId, ...rest } = JSON.parse(line) as Omit<Exposure, 'shownAt'> & { shownAt: string };
    return { shownAt: new Date(shownAt), ...(userId !== undefined && { userId: wellFormed(userId) }), ...rest };
  } catch {
    return undefined;
  }
}

/** A body may name a user by half a character, which no UTF-8 column holds. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}
