import { textsKeptOf } from '@attractions/recommender';
import { exposureProblem } from '@attractions/contracts';
import type { Exposure } from '@attractions/contracts';
import type { Shown, ShownList } from '../routes/recommendations.js';

/** What a line says of a list itself: all but when, in which request and to whom. Spelt once for a list that is remembered. */
function tailOf(list: ShownList): string {
  const kept = textsKeptOf(list);
  return kept === undefined ? spelt(list) : (kept.exposure ??= spelt(list));
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

/** The lines of a chunk. */
export interface Lines {
  readonly rows: readonly Exposure[];
  /** Lines that the contract of the feed refuses, as they stand, and why: each would hold up all others. */
  readonly refused: readonly { readonly reason: string; readonly line: string }[];
}

/** The exposures of a chunk. */
export function exposuresIn(chunk: string): Lines {
  const rows: Exposure[] = [];
  const refused: { reason: string; line: string }[] = [];
  for (const line of chunk.split('\n')) {
    if (line === '') continue;
    const row = parsed(line);
    const reason = typeof row === 'string' ? row : exposureProblem(row);
    if (typeof row === 'string' || reason !== undefined) refused.push({ reason: String(reason), line });
    else rows.push(row);
  }
  return { rows, refused };
}

/** A row that may still break the contract; a text that says why where it is not even one. */
function parsed(line: string): Exposure | string {
  try {
    const { shownAt, userId, ...rest } = JSON.parse(line) as Omit<Exposure, 'shownAt'> & { shownAt: string };
    return { shownAt: new Date(shownAt), ...(userId !== undefined && { userId: wellFormed(userId) }), ...rest };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** A body may name a user by half a character, which no UTF-8 column holds. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}
