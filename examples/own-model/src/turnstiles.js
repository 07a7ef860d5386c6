import { createReadStream } from 'node:fs';
import { basename, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { defineSource } from '@attractions/etl';
import { z } from 'zod';

/**
 * The file that the turnstiles of our park write, a line for each visitor who passes one. A source gives rows, and may give what it cannot read as refused; the
 * pipeline finds repeats, joins rows to visits, counts and keeps what was refused.
 */
export const turnstiles = defineSource({
  type: 'turnstiles',
  options: z.strictObject({ file: z.string() }),

  /** Looks whether the data is there, and at its first rows: `attractions check` shows them. */
  async probe({ file }, { baseFolder }) {
    const sample = [];
    for await (const row of passages(resolve(baseFolder, file))) if (sample.push(row) === 5) break;
    return { found: `The turnstiles wrote '${file}'.`, sample };
  },

  visits: ({ file }, { baseFolder }) => passages(resolve(baseFolder, file)),
});

/** `[2026-05-01 10:02] log-flume: card 1017` */
const LINE = /^\[(\S+) (\S+)\] (\S+): card (\d+)$/;

/**
 * @param {string} path
 * @returns {AsyncGenerator<import('@attractions/etl').VisitRow | import('@attractions/etl').RefusedRow>}
 */
async function* passages(path) {
  let line = 0;
  for await (const text of createInterface({ input: createReadStream(path) })) {
    const place = { file: basename(path), line: ++line, text };
    const [, day, time, attraction, user] = LINE.exec(text) ?? [];
    if (user === undefined) yield { ...place, refused: `"${text}" is not a passage.` };
    else yield { ...place, user, attraction, park: 'Harbour', time: `${day}T${time}:00Z` };
  }
}
