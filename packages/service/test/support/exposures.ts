import type { Exposure } from '@attractions/contracts';
import { exposureSink } from '../../src/recording/sinks.js';

/** The exposures in the text of a chunk, and the lines that the feed refuses. */
export function exposuresIn(chunk: string) {
  const rows: Exposure[] = [];
  const refused: { reason: string; line: string }[] = [];
  for (const line of chunk.split('\n').filter((one) => one !== '')) {
    const row = exposureSink.rowOf(line);
    const reason = typeof row === 'string' ? row : exposureSink.problem(row);
    if (typeof row === 'string' || reason !== undefined) refused.push({ reason: String(reason), line });
    else rows.push(row);
  }
  return { rows, refused };
}
