import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The generated sample data. */
export const SAMPLE_DATA = fileURLToPath(new URL('../../../../tools/sample-data/', import.meta.url));

/** The real theme park visits, which stand beside the repository where they stand at all. */
export const REAL_DATA = fileURLToPath(new URL('../../../../../shared/data/sigir17/', import.meta.url));

/** The built command line. */
export const PROGRAM = fileURLToPath(new URL('../../bin/attractions.js', import.meta.url));

/** Whether the real data are here; says so once where they are not. */
export function realDataIsHere(): boolean {
  const here = existsSync(REAL_DATA);
  if (!here)
    process.stderr.write(`Skipped: the real visits are not in ${REAL_DATA}; see the README for where to get them.\n`);
  return here;
}
