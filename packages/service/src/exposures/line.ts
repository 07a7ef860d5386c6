import { textsKeptOf } from '@attractions/recommender';
import { exposureProblem } from '@attractions/contracts';
import type { Exposure } from '@attractions/contracts';
import type { Shown, ShownList } from '../routes/recommendations.js';

/** The part of a line that depends only on the list: all but time, request and user. Made once for a cached list. */
function listPartOf(list: ShownList): string {
  const kept = textsKeptOf(list);
  return kept === undefined ? formatted(list) : (kept.exposure ??= formatted(list));
}

function formatted({ panel, source, generation, recommendations }: ShownList): string {
  const items = recommendations.map(({ attractionId }) => attractionId);
  const { experiment, version, panel: name, bucket, forced } = panel ?? {};
  const rest = { experiment, version, panel: name, bucket, forced, source, modelSeq: generation.model, items };
  return `${JSON.stringify(rest).slice(1)}\n`;
}

/**
 * One shown list as a line of a chunk, with its line break: an {@link Exposure} in JSON. A popular list given because of the load is not part of an
 * experiment, and has no panel.
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

/** The lines of a chunk. */
export interface Lines {
  readonly rows: readonly Exposure[];
  /** Lines that the contract of the feed refuses, unchanged, with the reason. They are kept apart, since one of them would block all others. */
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

/** A row, which may still break the contract; or a text that says why the line is not a row. */
function parsed(line: string): Exposure | string {
  try {
    const { shownAt, userId, ...rest } = JSON.parse(line) as Omit<Exposure, 'shownAt'> & { shownAt: string };
    return { shownAt: new Date(shownAt), ...(userId !== undefined && { userId: wellFormed(userId) }), ...rest };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Replaces lone surrogates, which a JSON body may contain but UTF-8 cannot store. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}
