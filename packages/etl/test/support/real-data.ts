import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test } from '@jest/globals';

/** Where the real data set lies, beside the repository. It is not ours to ship. */
export const REAL_DATA = fileURLToPath(new URL('../../../../../shared/data', import.meta.url));

/** `test`, or where the real data set is absent a skip that says why. */
export const testOnRealData: (name: string, run: () => Promise<void>) => void = existsSync(REAL_DATA)
  ? test
  : skipAloud;

function skipAloud(name: string): void {
  process.stderr.write(`skipped, since ${REAL_DATA} is absent: ${name}\n`);
  test.skip(name, () => undefined);
}
