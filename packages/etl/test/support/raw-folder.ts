import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from '@jest/globals';

const made: string[] = [];

afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

/** A temporary folder with the given files, by relative path; gone when the test file is done. */
export function rawFolder(files: Readonly<Record<string, string | Uint8Array>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'etl-test-'));
  made.push(folder);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

export const VISITS_HEADER = 'id;nsid;takenUnix;poiID;poiTheme;poiFreq;rideDuration;seqID';
export const POI_HEADER = 'poiID;poiName;lat;long;rideDuration;theme;theme2;theme3;theme4';

/** 2010-01-01T00:00:00Z, in seconds. */
export const NEW_YEAR = 1_262_304_000;

/** A visits file of the parks' layout. */
export function visitsFile(lines: readonly string[], ending = '\r\n'): string {
  return [VISITS_HEADER, ...lines, ''].join(ending);
}

/** One photo line of the parks' layout. */
export function photo(
  id: string | number,
  user: string,
  seconds: string | number,
  poi: string | number,
  sequence: string | number,
): string {
  return `${id};"${user}";${seconds};${poi};"Ride";10;300;${sequence}`;
}

/** An attractions file of the parks' layout, of attractions 1 to `count`. */
export function poiFile(count: number): string {
  const lines = Array.from(
    { length: count },
    (_, i) => `${i + 1};Ride ${i + 1};28.4${i};-81.5${i};1.5;Family;;;Indoor`,
  );
  return [POI_HEADER, ...lines, ''].join('\r\n');
}
