import type { Csr } from './csr.js';
import type { AlsOptions } from './options.js';

/** Pairs after which a range of rows ends: a millisecond or two of work, at any rank. */
function rangePairs({ rank, solver }: AlsOptions): number {
  return solver === 'cholesky' ? Math.max(64, 2 ** 26 / rank ** 2) : Math.max(1024, 2 ** 20 / rank);
}

/**
 * Bounds of the row ranges that are solved as one piece: `bounds[k]` to `bounds[k + 1]`. They follow from pairs and options alone, so
 * sums taken by range and added in order are the same for any number of threads. Between ranges a signal can be heard.
 */
export function rowRanges({ rowCount, offsets }: Csr, options: AlsOptions): Uint32Array {
  const limit = rangePairs(options);
  const bounds = [0];
  for (let row = 1, begin = 0; row <= rowCount; row++) {
    const pairs = (offsets[row] as number) - (offsets[begin] as number);
    // A row costs its pairs and, however few they are, the work with the Gramian: about as much as `rank` pairs.
    if (row < rowCount && pairs + options.rank * (row - begin) < limit) continue;
    bounds.push(row);
    begin = row;
  }
  return Uint32Array.from(bounds);
}
