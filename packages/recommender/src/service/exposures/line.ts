import type { Exposure } from '@attractions/feeds';
import type { Shown, ShownList } from '../routes/recommendations.js';

const tails = new WeakMap<ShownList['recommendations'], string>();

/** What a line says of a list itself: all but when, in which request and to whom. Spelt once for a list that is remembered. */
function tailOf(list: ShownList): string {
  let tail = tails.get(list.recommendations);
  if (tail === undefined) tails.set(list.recommendations, (tail = spelt(list)));
  return tail;
}

function spelt({ panel, source, generation, recommendations }: ShownList): string {
  const items = recommendations.map(({ attractionId }) => attractionId);
  const { experiment, version, panel: name, bucket } = panel ?? {};
  const rest = { experiment, version, panel: name, bucket, source, modelSeq: generation.model, items };
  return `${JSON.stringify(rest).slice(1)}\n`;
}

/**
 * A list that went out as a line of a segment, with its line break: an {@link Exposure} in JSON. A list of the popular ones for want of time took
 * no part in an experiment, and has no panel.
 */
export function lineOf({ requestId, userId, list }: Shown, shownAt: string): string {
  const user = userId === undefined ? '' : `"userId":${JSON.stringify(userId)},`;
  return `{"shownAt":"${shownAt}","requestId":${JSON.stringify(requestId)},${user}${tailOf(list)}`;
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
