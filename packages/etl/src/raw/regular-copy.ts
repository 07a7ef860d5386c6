import { open } from 'node:fs/promises';
import { readBlocks } from './blocks.js';
import { eachLine } from './lines.js';
import type { Survey } from './survey.js';

/**
 * Stands in the first field of a line that was hidden: SUB, the control character for "substitute". No regular line can hold it,
 * since {@link judgeLine} refuses control characters.
 */
export const HIDDEN_LINE_MARK = '\x1a';

const LF = Buffer.from('\n');

/**
 * Writes a copy of a raw file that any CSV reader takes and that has its line numbers: every ending is LF, and each
 * hidden line is a row of empty fields behind {@link HIDDEN_LINE_MARK}. The header is hidden too.
 */
export async function writeRegularCopy(survey: Survey, path: string): Promise<void> {
  const substitute = Buffer.from(`${HIDDEN_LINE_MARK}${';'.repeat(survey.header.length - 1)}`);
  const copy = await open(path, 'wx');
  try {
    let lineNumber = 0;
    for await (const block of readBlocks(survey.file.path)) {
      const pieces: Buffer[] = [];
      eachLine(block, lineNumber === 0, (start, end) => {
        lineNumber++;
        const isHidden = lineNumber === 1 || survey.hidden.has(lineNumber);
        pieces.push(isHidden ? substitute : block.subarray(start, end), LF);
      });
      await copy.writeFile(Buffer.concat(pieces));
    }
  } finally {
    await copy.close();
  }
}
